/// What a server does about answers: its parts, the settings that change while it runs, and its
/// metrics.
@NullMarked
package io.stoker.server.answers;

import org.jspecify.annotations.NullMarked;
