package io.stoker.examples.library;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.Time;
import io.stoker.examples.TestServers;
import io.stoker.sessions.RedisSessions;
import io.stoker.sessions.SessionKey;
import io.stoker.sessions.SessionLookup;
import io.stoker.testing.SessionSchema;
import io.stoker.testing.SessionSeed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TwentyLinesTest {

  private static final String MARK = "    // README";
  private static final Path SOURCE =
      Path.of("src/main/java/io/stoker/examples/library/TwentyLines.java");

  private final SessionSeed seed = SessionSeed.of(9).users(20).sessions(50);

  @Test
  void the_session_is_found_and_the_user_signed_out() {
    try (var servers = TestServers.empty()) {
      SessionSchema.create(servers.dataSource());
      seed.into(servers.dataSource());

      var session =
          TwentyLines.warmLookUpSignOut(servers.dataSource(), servers.redisUrl(), seed.rawToken(7));

      var store = new RedisSessions(servers.redis(), Time.system()).store();
      assertThat(session).isPresent();
      assertThat(store.read(List.of(key(8))).getFirst()).isInstanceOf(SessionLookup.Found.class);
      assertThat(store.read(List.of(key(7))).getFirst()).isNotInstanceOf(SessionLookup.Found.class);
    }
  }

  @Test
  void it_is_twenty_lines_at_the_most_and_the_readme_shows_them() throws IOException {
    var lines = Files.readAllLines(SOURCE);
    var shown =
        lines.subList(lines.indexOf(MARK) + 1, lines.lastIndexOf(MARK)).stream()
            .map(TwentyLinesTest::unspaced)
            .toList();

    assertThat(shown).hasSizeBetween(10, 20);
    assertThat(Files.readAllLines(Path.of("../README.md")))
        .extracting(TwentyLinesTest::unspaced)
        .containsSequence(shown);
  }

  /// The README lines its comments up.
  private static String unspaced(String line) {
    return line.strip().replaceAll(" +", " ");
  }

  private SessionKey key(long i) {
    return SessionKey.ofToken(seed.rawToken(i));
  }
}
