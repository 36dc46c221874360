/// I want several nodes to share one Postgres and one Redis, without doing anything twice.
@NullMarked
package io.stoker.examples.twonodes;

import org.jspecify.annotations.NullMarked;
