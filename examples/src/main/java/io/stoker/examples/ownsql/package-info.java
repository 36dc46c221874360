/// I want to warm sessions from tables of another shape, with tokens that are not hashed.
@NullMarked
package io.stoker.examples.ownsql;

import org.jspecify.annotations.NullMarked;
