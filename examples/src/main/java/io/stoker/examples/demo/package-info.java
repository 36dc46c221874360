/// `./stoker demo`: what warming is worth, measured on your machine with a Postgres and a Redis of
/// its own.
///
/// Start at `Demo`. `Visits` are the requests, `Lookups` what they measured, `SignOut` the proof
/// that a revoked session stays revoked, `WarmProgress` the bar, `Printout` the words.
@NullMarked
package io.stoker.examples.demo;

import org.jspecify.annotations.NullMarked;
