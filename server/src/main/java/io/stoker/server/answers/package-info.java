/// The answer services of a server, their stored settings, and their metrics.
@NullMarked
package io.stoker.server.answers;

import org.jspecify.annotations.NullMarked;
