/// The output format of the benchmarks.
@org.jspecify.annotations.NullMarked
package io.stoker.bench.page;
