/// A simulated provider for tests and demonstrations.
///
/// [SimulatedProvider] caches prompts like a real provider, and can be made to fail.
@org.jspecify.annotations.NullMarked
package io.stoker.prompts.simulator;
