/// The live overview of a server, shown by the console.
///
/// [io.stoker.server.overview.Overview] reads other systems by `CachedProbe`s, which limit the wait
/// for one that hangs, and keeps the last hour in an `OverviewHistory`.
/// [io.stoker.server.overview.OverviewWire] is its JSON.
@NullMarked
package io.stoker.server.overview;

import org.jspecify.annotations.NullMarked;
