/// I want to warm the sessions while my application starts.
@NullMarked
package io.stoker.examples.warmonstart;

import org.jspecify.annotations.NullMarked;
