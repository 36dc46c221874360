/// I want several nodes to share one Postgres and one Redis, and nothing done twice.
@NullMarked
package io.stoker.examples.twonodes;

import org.jspecify.annotations.NullMarked;
