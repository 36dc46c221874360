/// I want my own RAG application's answers ready before they are asked for.
@NullMarked
package io.stoker.examples.ragapp;

import org.jspecify.annotations.NullMarked;
