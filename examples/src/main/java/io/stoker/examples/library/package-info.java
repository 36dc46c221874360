/// I want to see all the code that my application needs, in 20 lines.
@NullMarked
package io.stoker.examples.library;

import org.jspecify.annotations.NullMarked;
