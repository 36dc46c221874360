package io.stoker.server.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import io.stoker.server.RunningServer;
import io.stoker.server.TestTokens;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The console for viewers and clients.
class RolesTest {

  private static RunningServer server;
  private static Browser browser;
  private static String viewer;
  private static String client;
  private Visit visit;

  @BeforeAll
  static void start(@TempDir Path folder) {
    viewer = TestTokens.create(folder.resolve("tokens"), "wall", "viewer");
    client = TestTokens.create(folder.resolve("tokens"), "shop", "client");
    server =
        RunningServer.with(
            Map.of(
                "STOKER_ANSWERS_DATA", folder.toString(),
                "STOKER_TOKEN", "correct-horse-battery-staple",
                "STOKER_PROMPTS_SIMULATOR_PACE", "1ms"));
    browser = new Browser();
  }

  @AfterAll
  static void stop() {
    browser.close();
    server.close();
  }

  @BeforeEach
  void come() {
    visit = browser.visit(server.port());
  }

  @AfterEach
  void leave() {
    visit.close();
  }

  private void signIn(String token) {
    visit.to("#/").field("Token").fill(token);
    visit.button("Sign in").click();
    assertThat(visit.button("Sign out")).isVisible();
  }

  @Test
  @Tag("soak")
  void a_viewer_sees_everything_and_changes_nothing() {
    signIn(viewer);

    assertThat(visit.page().locator(".account")).containsText("wall");
    assertThat(visit.page().locator(".job")).hasCount(3);
    visit.to("#/answers");
    assertThat(visit.field("Questions, one per line")).isDisabled();
    visit.to("#/ask");
    assertThat(visit.button("Ask")).isDisabled();
    assertThat(visit.button("Ask"))
        .hasAttribute(
            "title", Pattern.compile("client or operator; your token has the role viewer"));
    visit.to("#/documents");
    var deletes = visit.page().locator("td button");
    assertThat(deletes.first()).isDisabled();
    for (Locator delete : deletes.all()) {
      assertThat(delete).isDisabled();
    }
    visit.to("#/settings");
    assertThat(visit.button("Save")).isDisabled();
    assertThat(visit.page().locator("server-info")).containsText("wall, viewer");
  }

  @Test
  void a_client_sees_only_asking_and_chats() {
    signIn(client);

    assertThat(visit.page().locator("header nav.areas li"))
        .hasText(new String[] {"Answers", "Prompts"});
    visit.field("Question").fill("What is a lease?");
    visit.button("Ask").click();
    Visit.hasState(visit.page().locator("article.answer"), "New");
    visit.link("Prompts").click();
    visit.page().getByLabel("Message").fill("Where shall we go?");
    visit.button("Send").click();
    assertThat(visit.page().locator(".end")).containsText("Last turn");
    assertThat(visit.requests()).noneMatch(address -> address.endsWith("/events"));
  }
}
