/// What a server writes about itself for those who operate it: log lines that show every character,
/// and spans.
@NullMarked
package io.stoker.server.telemetry;

import org.jspecify.annotations.NullMarked;
