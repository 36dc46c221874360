/// Diagnostics of an installation, with advice (`stoker doctor`).
///
/// [io.stoker.server.doctor.Doctor] runs the `...Checks` concurrently; each returns one or more
/// [io.stoker.server.doctor.CheckResult]s.
@NullMarked
package io.stoker.server.doctor;

import org.jspecify.annotations.NullMarked;
