/// Benchmark code that needs package-private access to the library.
@NullMarked
package io.stoker.prompts;

import org.jspecify.annotations.NullMarked;
