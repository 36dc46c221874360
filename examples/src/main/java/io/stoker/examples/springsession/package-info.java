/// I want to move Spring Session from Postgres to Redis without signing anybody out.
@NullMarked
package io.stoker.examples.springsession;

import org.jspecify.annotations.NullMarked;
