/// Odd requests and frames, made from a seed: whatever comes, the server answers, keeps its state
/// and goes on.
package io.stoker.server.fuzz;
