/// I want my Spring application's first request after a deploy to hit.
@NullMarked
package io.stoker.examples.springapp;

import org.jspecify.annotations.NullMarked;
