/// Keeps the prompt caches of providers warm while that pays.
module io.stoker.prompts {
  requires transitive io.stoker.base;
  requires transitive io.stoker.state;
  requires org.slf4j;
  requires static transitive org.jspecify;
  requires tools.jackson.databind;

  exports io.stoker.prompts;
  exports io.stoker.prompts.policy;
}
