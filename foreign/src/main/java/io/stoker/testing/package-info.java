/// Real servers, faults and data for tests: Postgres, Redis, proxies between them, schemas and
/// seeds.
///
/// Everything here binds to the loopback interface, takes a free port and is gone when the JVM is.
package io.stoker.testing;
