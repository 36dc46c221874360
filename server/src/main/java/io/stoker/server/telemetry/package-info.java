/// Logging and tracing: log lines with escaped control characters, and spans.
@NullMarked
package io.stoker.server.telemetry;

import org.jspecify.annotations.NullMarked;
