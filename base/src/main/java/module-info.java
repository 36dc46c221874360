/// Types that all of Stoker shares, and HTTP calls.
@SuppressWarnings("module") // those that it is exported to are compiled later
module io.stoker.base {
  requires java.net.http;
  requires org.slf4j;
  requires static transitive org.jspecify;
  requires transitive tools.jackson.databind;

  exports io.stoker;
  exports io.stoker.wire to
      io.stoker.answers,
      io.stoker.prompts;
}
