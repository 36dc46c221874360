/// What measurements need to see of the library's own package of this name.
@NullMarked
package io.stoker.prompts;

import org.jspecify.annotations.NullMarked;
