/// What may be wrong with an installation, and what to do about it.
///
/// [io.stoker.server.doctor.Doctor] runs the `...Checks` side by side; each returns a
/// [io.stoker.server.doctor.CheckResult] per thing that it looked at.
@NullMarked
package io.stoker.server.doctor;

import org.jspecify.annotations.NullMarked;
