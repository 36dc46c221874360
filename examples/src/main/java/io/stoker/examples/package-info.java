/// Small programs, one for each "I want to ..."; the list with their commands is in
/// `examples/README.md`.
///
/// - [io.stoker.examples.demo]: see what warming is worth
/// - [io.stoker.examples.library]: see all that an application has to do, in 20 lines
/// - [io.stoker.examples.warmonstart]: warm while an application starts
/// - [io.stoker.examples.springapp]: have a Spring application's first requests hit
/// - [io.stoker.examples.lookup]: ask whose token it is, and sign users out
/// - [io.stoker.examples.ownsql]: read sessions from tables of another shape
/// - [io.stoker.examples.springsession]: warm the sessions of Spring Session
/// - [io.stoker.examples.ragapp]: have a RAG application's answers ready before they are asked for
/// - [io.stoker.examples.anthropicchat]: keep a chat's prompt warm at Anthropic
/// - [io.stoker.examples.twonodes]: share one Postgres and one Redis, and do nothing twice
///
/// `Servers` is what they run against.
@NullMarked
package io.stoker.examples;

import org.jspecify.annotations.NullMarked;
