/// Keeps the prompt caches of providers warm while that pays.
module io.stoker.prompts {
  requires transitive io.stoker.base;
  requires transitive io.stoker.state;
  requires org.slf4j;
  requires static transitive org.jspecify;
  requires com.github.benmanes.caffeine;
  requires tools.jackson.databind;

  exports io.stoker.prompts;
  exports io.stoker.prompts.policy;
  exports io.stoker.prompts.simulator;
}
