/// I want to know whose token it is, on every request, and to sign users out.
@NullMarked
package io.stoker.examples.lookup;

import org.jspecify.annotations.NullMarked;
