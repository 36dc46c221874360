package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.stoker.ManualTime;
import io.stoker.access.AccessStore;
import io.stoker.server.TestTokens;
import io.stoker.server.access.Caller;
import io.stoker.server.access.RevokedCookies;
import io.stoker.server.access.Tokens;
import io.stoker.state.StateDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The cookies that browsers send instead of a token.
class SessionCookiesTest {

  @TempDir private Path folder;
  private final ManualTime time = new ManualTime(Instant.parse("2026-11-21T16:00:00Z"));
  private Path file = Path.of("tokens");
  private StateDatabase state;
  private AccessStore store;
  private RevokedCookies revokedCookies;

  @BeforeEach
  void makeATokenToBeginWith() {
    file = folder.resolve("tokens");
    state = StateDatabase.sqlite(folder.resolve("stoker.db"));
    store = AccessStore.on(state);
    revokedCookies = new RevokedCookies(store, time);
    TestTokens.create(file, "ann", "viewer");
  }

  @AfterEach
  void close() {
    store.close();
    state.close();
  }

  private Caller ann(Tokens tokens) {
    return tokens.byName("ann").orElseThrow();
  }

  @Test
  void a_pass_names_its_token_for_12_hours() {
    var tokens = TestTokens.in(file);
    var cookies = new SessionCookies(null, tokens, revokedCookies, time);

    var cookie = cookies.issue(ann(tokens));

    time.advance(Duration.ofHours(12).minusSeconds(1));
    assertThat(cookies.read(cookie)).map(caller -> caller.withCookie("")).contains(ann(tokens));
    time.advance(Duration.ofSeconds(1));
    assertThat(cookies.read(cookie)).isEmpty();
  }

  @Test
  void another_name_or_a_later_expiry_invalidates_it() {
    TestTokens.create(file, "bob", "operator");
    var tokens = TestTokens.in(file);
    var cookies = new SessionCookies(null, tokens, revokedCookies, time);
    var cookie = cookies.issue(ann(tokens));

    assertThat(cookies.read(cookie.replace(".ann", ".bob"))).isEmpty();
    assertThat(cookies.read("9" + cookie)).isEmpty();
    assertThat(cookies.read(cookie.substring(1))).isEmpty();
    assertThat(cookies.read("")).isEmpty();
    assertThat(cookies.read("1.x.ann")).isEmpty();
  }

  @Test
  void a_revoked_token_s_cookie_is_invalid_even_if_its_name_is_used_again() {
    var tokens = TestTokens.in(file);
    var cookies = new SessionCookies(null, tokens, revokedCookies, time);
    var cookie = cookies.issue(ann(tokens));

    TestTokens.revoke(file, "ann");
    tokens.refresh();
    assertThat(cookies.read(cookie)).isEmpty();
    TestTokens.create(file, "ann", "operator");
    tokens.refresh();

    assertThat(tokens.byName("ann")).isPresent();
    assertThat(cookies.read(cookie)).isEmpty();
  }

  @Test
  void a_revoked_cookie_is_invalid_also_on_servers_that_share_the_state() {
    var own = TestTokens.own("correct-horse-battery-staple");
    var tokens = TestTokens.in(file);
    var cookies = new SessionCookies(own, tokens, revokedCookies, time);
    var elsewhere = new RevokedCookies(store, time);
    var other = new SessionCookies(own, tokens, elsewhere, time);
    var cookie = cookies.issue(ann(tokens));
    var another = cookies.issue(ann(tokens));
    assertThat(other.read(cookie)).isPresent();

    cookies.revoke(cookies.read(cookie).orElseThrow());
    elsewhere.refresh();

    assertThat(cookies.read(cookie)).isEmpty();
    assertThat(other.read(cookie)).isEmpty();
    assertThat(other.read(another)).as("of the same token").isPresent();
    var restarted = new SessionCookies(own, tokens, new RevokedCookies(store, time), time);
    assertThat(restarted.read(cookie)).as("after a restart").isEmpty();
  }

  @Test
  void the_token_file_alone_does_not_suffice_to_forge_a_cookie() {
    var tokens = TestTokens.in(file);

    var forged = new SessionCookies(null, tokens, revokedCookies, time).issue(ann(tokens));

    assertThat(new SessionCookies(null, tokens, revokedCookies, time).read(forged)).isEmpty();
  }

  @Test
  void nodes_with_the_same_configured_token_accept_each_other_s_cookies() {
    var own = TestTokens.own("correct-horse-battery-staple");
    var tokens = TestTokens.in(file);

    var cookie = new SessionCookies(own, tokens, revokedCookies, time).issue(ann(tokens));

    assertThat(new SessionCookies(own, tokens, revokedCookies, time).read(cookie))
        .map(Caller::name)
        .contains("ann");
    var other = TestTokens.own("other-horse-battery-staple");
    assertThat(new SessionCookies(other, tokens, revokedCookies, time).read(cookie)).isEmpty();
  }
}
