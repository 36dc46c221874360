/// A provider that asks nobody, for tests and demonstrations.
///
/// [SimulatedProvider] keeps a cache of prompts like a real provider, and can be made to fail.
@org.jspecify.annotations.NullMarked
package io.stoker.prompts.simulator;
