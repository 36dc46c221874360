/// Spring Boot auto-configuration of `io.stoker.sessions`: beans and properties, without logic of
/// its own.
///
/// Start with [io.stoker.spring.StokerSessionsAutoConfiguration], which defines the beans; each
/// backs off if the application defines its own. [io.stoker.spring.SessionProperties] are the
/// properties; [io.stoker.spring.SessionWarming] warms from the start of the application.
/// `StokerActuatorAutoConfiguration` adds an endpoint and health indicators,
/// `StokerMetricsAutoConfiguration` meters.
@NullMarked
package io.stoker.spring;

import org.jspecify.annotations.NullMarked;
