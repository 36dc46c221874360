/// What a server does about prompts: its parts and its metrics.
@NullMarked
package io.stoker.server.prompts;

import org.jspecify.annotations.NullMarked;
