/// Access data that must survive a restart or be shared by several servers: [AccessStore].
@NullMarked
package io.stoker.access;

import org.jspecify.annotations.NullMarked;
