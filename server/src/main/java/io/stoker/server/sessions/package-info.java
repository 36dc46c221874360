/// What a server does about sessions: SessionRuns has the runs of this process, AutomaticWarming
/// those that it begins by itself.
@NullMarked
package io.stoker.server.sessions;

import org.jspecify.annotations.NullMarked;
