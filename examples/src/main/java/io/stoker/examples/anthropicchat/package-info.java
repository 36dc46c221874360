/// I want my chat with Anthropic's models to stay cheap while the user thinks.
@NullMarked
package io.stoker.examples.anthropicchat;

import org.jspecify.annotations.NullMarked;
