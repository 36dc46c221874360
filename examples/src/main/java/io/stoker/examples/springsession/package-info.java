/// I want to move Spring Session from Postgres to Redis, and nobody signed out by it.
@NullMarked
package io.stoker.examples.springsession;

import org.jspecify.annotations.NullMarked;
