/// HTTP calls that end at once when their thread is interrupted, OpenAI's protocol, and JSON.
/// Independent of the warmers. Internal.
@NullMarked
package io.stoker.wire;

import org.jspecify.annotations.NullMarked;
