/// Keeps the sessions of a Spring Boot application warm: beans and properties over
/// `io.stoker.sessions`, and no rules of its own.
///
/// Start at [io.stoker.spring.StokerSessionsAutoConfiguration], which lists the beans; each of them
/// gives way to a bean of the application's. [io.stoker.spring.SessionProperties] is what can be
/// set, [io.stoker.spring.SessionWarming] what happens when the application starts.
/// `StokerActuatorAutoConfiguration` shows it to operators, `StokerMetricsAutoConfiguration` to
/// Micrometer.
@NullMarked
package io.stoker.spring;

import org.jspecify.annotations.NullMarked;
