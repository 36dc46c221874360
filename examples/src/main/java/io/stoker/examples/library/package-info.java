/// I want to see all that my application has to do, in 20 lines.
@NullMarked
package io.stoker.examples.library;

import org.jspecify.annotations.NullMarked;
