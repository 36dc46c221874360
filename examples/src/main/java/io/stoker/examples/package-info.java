/// Small programs, one for each "I want to ..."; the list with their commands is in
/// `examples/README.md`.
///
/// - [io.stoker.examples.demo]: see what warming is worth
/// - [io.stoker.examples.warmonstart]: warm while an application starts
/// - [io.stoker.examples.springapp]: have a Spring application's first requests hit
/// - [io.stoker.examples.lookup]: ask whose token it is, and sign users out
/// - [io.stoker.examples.ownsql]: read sessions from tables of another shape
/// - [io.stoker.examples.springsession]: warm the sessions of Spring Session
///
/// `Servers` is what they run against.
@NullMarked
package io.stoker.examples;

import org.jspecify.annotations.NullMarked;
