/// HTTP and JSON as pipelines need them: calls that end at once when their thread is interrupted.
/// Internal.
@NullMarked
package io.stoker.answers.wire;

import org.jspecify.annotations.NullMarked;
