/// Who may call a server, as far as that must survive a restart or be known to several servers:
/// [AccessStore].
@NullMarked
package io.stoker.access;

import org.jspecify.annotations.NullMarked;
