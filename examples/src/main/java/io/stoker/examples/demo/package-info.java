/// `./stoker demo`: measures the effect of warming on your machine, with its own Postgres and
/// Redis.
///
/// Start with `Demo`. `Visits` are the requests, `Lookups` their results, `SignOut` shows that a
/// revoked session stays revoked, `WarmProgress` is the progress bar, `Printout` the output.
@NullMarked
package io.stoker.examples.demo;

import org.jspecify.annotations.NullMarked;
