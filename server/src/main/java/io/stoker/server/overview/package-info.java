/// All that a server does, at a glance.
///
/// [io.stoker.server.overview.Overview] asks others by `Look`, so that nobody waits for one that
/// hangs, and keeps the last hour in an `OverviewHistory`. [io.stoker.server.overview.OverviewWire]
/// is how it is told.
@NullMarked
package io.stoker.server.overview;

import org.jspecify.annotations.NullMarked;
