/// HTTP and JSON as the warmers need them: calls that end at once when their thread is interrupted,
/// and OpenAI's protocol. Knows no warmer. Internal.
@NullMarked
package io.stoker.wire;

import org.jspecify.annotations.NullMarked;
