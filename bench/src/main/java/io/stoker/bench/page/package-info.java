/// How benchmarks write their results down.
@org.jspecify.annotations.NullMarked
package io.stoker.bench.page;
