package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stoker.ManualTime;
import io.stoker.server.RunningServer;
import io.stoker.server.TestTokens;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// Single-use tickets for streams and sockets.
@ExtendWith(OutputCaptureExtension.class)
class TicketsTest {

  private static final Instant THEN = Instant.parse("2026-11-21T16:00:00Z");
  private static final String EVENTS = "/api/admin/warming/events";

  @TempDir private Path folder;
  private final ManualTime time = new ManualTime(THEN);
  private String token = "";

  @BeforeEach
  void makeAToken() {
    token = TestTokens.create(folder.resolve("tokens"), "shop", "viewer");
  }

  @Test
  void a_ticket_works_once() {
    var tokens = TestTokens.in(folder.resolve("tokens"));
    var tickets = new Tickets(tokens::isValid, time);
    var caller = tokens.find(token).orElseThrow();

    var ticket = tickets.issue(caller);

    assertThat(ticket.expiresAt()).isEqualTo(THEN.plusSeconds(30));
    assertThat(tickets.take(ticket.ticket())).contains(caller);
    assertThat(tickets.take(ticket.ticket())).isEmpty();
    assertThat(tickets.take("made up")).isEmpty();
  }

  @Test
  void a_ticket_ends_after_30_seconds() {
    var tokens = TestTokens.in(folder.resolve("tokens"));
    var tickets = new Tickets(tokens::isValid, time);
    var early = tickets.issue(tokens.find(token).orElseThrow());
    var late = tickets.issue(tokens.find(token).orElseThrow());

    time.advance(Duration.ofSeconds(29));
    assertThat(tickets.take(early.ticket())).isPresent();
    time.advance(Duration.ofSeconds(1));
    assertThat(tickets.take(late.ticket())).isEmpty();
  }

  @Test
  void a_ticket_of_a_revoked_token_opens_nothing() {
    var tokens = TestTokens.in(folder.resolve("tokens"));
    var tickets = new Tickets(tokens::isValid, time);
    var ticket = tickets.issue(tokens.find(token).orElseThrow());

    TestTokens.revoke(folder.resolve("tokens"), "shop");
    tokens.refresh();

    assertThat(tickets.take(ticket.ticket())).isEmpty();
  }

  @Test
  void at_most_ten_thousand_tickets_are_unused_at_a_time() {
    var tokens = TestTokens.in(folder.resolve("tokens"));
    var tickets = new Tickets(tokens::isValid, time);
    var caller = tokens.find(token).orElseThrow();
    for (int i = 0; i < 10_000; i++) {
      tickets.issue(caller);
    }

    assertThatThrownBy(() -> tickets.issue(caller))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refusal -> assertThat(refusal.problem().status().value()).isEqualTo(429));
    time.advance(Duration.ofSeconds(30));
    assertThat(tickets.issue(caller).ticket()).hasSize(43);
  }

  private static String ticket(RunningServer server, String token) {
    var answer = server.post("/api/tickets", "", "Authorization", "Bearer " + token);
    assertThat(answer.status()).isEqualTo(201);
    return answer.text("ticket");
  }

  @Test
  void tickets_open_only_streams_and_sockets_and_are_never_logged(CapturedOutput output) {
    var variables = Map.of("STOKER_ANSWERS_DATA", folder.toString());
    var client = TestTokens.create(folder.resolve("tokens"), "chat", "client");
    try (var server = RunningServer.with(variables)) {
      var ticket = ticket(server, token);
      try (var events = server.lines(EVENTS + "?ticket=" + ticket)) {
        assertThat(events.iterator().next()).isEqualTo("retry: 2000");
      }
      assertThat(server.get(EVENTS + "?ticket=" + ticket).status()).isEqualTo(401);
      assertThat(server.get(EVENTS + "?ticket=made-up").status()).isEqualTo(401);
      assertThat(server.get(EVENTS + "?ticket=").status()).isEqualTo(401);

      var forSocket = ticket(server, token);
      try (var socket = SocketClient.at(server.port(), "/ws?ticket=" + forSocket)) {
        assertThat(socket.next().path("type").asString()).isEqualTo("catalog");
        socket.toggle("c", "true");
        assertThat(socket.next("error").path("message").asString()).contains("of the role viewer");
      }
      assertThat(SocketClient.refusal(server.port(), "/ws?ticket=" + forSocket)).isEqualTo(401);

      var unused = ticket(server, token);
      assertThat(server.get("/api/admin/warming/queue?ticket=" + unused).status()).isEqualTo(401);
      assertThat(server.post("/api/tickets?ticket=" + unused, "").status()).isEqualTo(401);
      assertThat(server.get(EVENTS + "?ticket=" + ticket(server, client)).status()).isEqualTo(403);
      assertThat(output.getAll()).doesNotContain(ticket, forSocket, unused, token, client);
    }
  }

  @Test
  void a_stream_receives_its_parameters_without_the_ticket() {
    var variables = Map.of("STOKER_ANSWERS_DATA", folder.toString());
    try (var server = RunningServer.with(variables)) {
      var answer =
          server.get("/api/admin/warming/progress?batch_id=999&ticket=" + ticket(server, token));

      assertThat(answer.status()).as("%s", answer).isEqualTo(404);
      assertThat(answer.text("code")).isEqualTo("unknown-batch");
    }
  }

  @Test
  void tickets_work_without_tokens_too() {
    try (var server = RunningServer.with(Map.of())) {
      var ticket = server.post("/api/tickets", "").text("ticket");
      try (var events = server.lines(EVENTS + "?ticket=" + ticket)) {
        assertThat(Optional.of(events.iterator().next())).contains("retry: 2000");
      }
    }
  }
}
