package io.stoker.examples.anthropicchat;

import io.stoker.Time;
import io.stoker.prompts.AnthropicSettings;
import io.stoker.prompts.ChatEvent.Failed;
import io.stoker.prompts.ChatEvent.TextDelta;
import io.stoker.prompts.ChatEvent.TurnSealed;
import io.stoker.prompts.Conversation;
import io.stoker.prompts.PromptChat;
import io.stoker.prompts.PromptProvider;
import io.stoker.prompts.PromptProviders;
import io.stoker.prompts.PromptSettings;
import io.stoker.prompts.PromptStore;
import io.stoker.prompts.PromptWarmer;
import io.stoker.prompts.ProviderFacts;
import io.stoker.prompts.WarmingPolicy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// A command-line chat whose prompt stays in Anthropic's cache while the user is away: every four
/// minutes, a request with the same prefix reads the cache, which renews its TTL.
public final class AnthropicChat implements AutoCloseable {

  private static final String KEY = "ANTHROPIC_API_KEY";
  private static final String CHAT = "the chat";
  private static final PromptSettings SETTINGS =
      new PromptSettings(
          Duration.ofMinutes(4),
          "You are the guide of a museum. Be brief.",
          Duration.ofMinutes(1),
          1,
          WarmingPolicy.STANDARD);

  private final PromptStore store = PromptStore.inMemory();
  private final PromptWarmer warmer;
  private final PromptChat chat;
  private boolean closed;

  /// A chat that is kept warm from its first answer on.
  ///
  /// @param model such as `claude-haiku-4-5`
  AnthropicChat(AnthropicSettings anthropic, String model, Time time) {
    var provider = PromptProvider.anthropic(anthropic, ProviderFacts.standard(), time);
    var providers = new PromptProviders(List.of(provider), "anthropic/" + model);
    warmer = new PromptWarmer(store, providers, SETTINGS, time);
    chat = new PromptChat(warmer, store, providers, SETTINGS, time);
    warmer.start();
    warmer.setEnabled(CHAT, true);
  }

  /// Reads lines from standard input until it ends. Requires `ANTHROPIC_API_KEY`;
  /// `ANTHROPIC_BASE_URL` and `ANTHROPIC_MODEL` override the address and the model.
  public static void main(String[] arguments) {
    var environment = System.getenv();
    if (!environment.containsKey(KEY)) {
      System.err.println("Set " + KEY + " to a key of Anthropic's API");
      System.exit(2);
    }
    var model = environment.getOrDefault("ANTHROPIC_MODEL", "claude-haiku-4-5");
    try (var chat = new AnthropicChat(settings(environment), model, Time.system())) {
      for (var line = IO.readln("> "); line != null; line = IO.readln("> ")) {
        chat.say(line, IO::print);
        IO.println("\n[next warm at " + chat.state().warming().nextWarmAt() + "]");
      }
    }
  }

  static AnthropicSettings settings(Map<String, String> environment) {
    var key = Optional.ofNullable(environment.get(KEY)).orElse("");
    var settings = new AnthropicSettings(key);
    var url = environment.get("ANTHROPIC_BASE_URL");
    return url == null ? settings : settings.at(URI.create(url));
  }

  /// Sends a message, and returns after the whole answer or an error.
  void say(String text, Consumer<String> screen) {
    var over = new CompletableFuture<Void>();
    PromptChat.Watcher watcher =
        event -> {
          switch (event) {
            case TextDelta piece -> screen.accept(piece.delta());
            case Failed failed -> screen.accept("[" + failed.message() + "]");
            case TurnSealed _ -> over.complete(null);
            default -> {}
          }
        };
    try (var _ = chat.watch(CHAT, watcher)) {
      if (chat.start(CHAT, text, null, null).began()) {
        over.join();
      }
    }
  }

  /// The state of the conversation: when the next warm is due, how the last one went, and what they
  /// have cost.
  Conversation state() {
    return warmer.conversation(CHAT);
  }

  /// Ends the conversation and its warming. Idempotent.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    chat.close(CHAT);
    chat.close();
    warmer.close();
    store.close();
  }
}
