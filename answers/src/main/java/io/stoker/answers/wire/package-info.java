/// Calls as pipelines make them. Internal.
@NullMarked
package io.stoker.answers.wire;

import org.jspecify.annotations.NullMarked;
