package io.stoker.server.doctor;

import io.stoker.CallException;
import io.stoker.Time;
import io.stoker.prompts.PromptProvider;
import io.stoker.prompts.simulator.SimulatedProvider;
import io.stoker.server.doctor.Doctor.Check;
import io.stoker.server.settings.Settings;
import io.stoker.server.wire.InvalidValueException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether those who answer are there and take the keys. They are asked which models they have, and
/// nothing else, which costs nothing. Thread-safe.
final class ProviderChecks {

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int BROKEN = 500;

  private final Settings settings;
  private final Time time;

  ProviderChecks(Settings settings, Time time) {
    this.settings = settings;
    this.time = time;
  }

  List<Check> all() {
    var checks = new ArrayList<Check>();
    checks.add(answers());
    try {
      var standard = settings.prompts().model();
      for (var provider : settings.prompts().all(time)) {
        var what = "prompts by " + provider.name();
        var own = own(provider, standard);
        checks.add(new Check(what, () -> List.of(ask(what, provider, own))));
      }
    } catch (InvalidValueException e) {
      checks.add(
          new Check(
              "prompts",
              () -> {
                throw e;
              }));
    }
    return checks;
  }

  /// The model that was set, without the provider's name, if it is of this provider.
  private static @Nullable String own(PromptProvider provider, @Nullable String standard) {
    var prefix = provider.name() + "/";
    return standard != null && standard.strip().startsWith(prefix)
        ? standard.strip().substring(prefix.length())
        : null;
  }

  private Check answers() {
    var what = "answers";
    var setup = settings.answers();
    var url = setup.pipelineUrl();
    if (url != null && !url.isBlank()) {
      return new Check(
          what, () -> List.of(knock(what, URI.create(url.strip()), setup.pipelineToken())));
    }
    var provider = setup.chatProvider(time);
    return provider == null
        ? new Check(
            what,
            () ->
                List.of(CheckResult.ok(what, "come word for word from documents; no model is set")))
        : new Check(what, () -> List.of(ask(what, provider, setup.model())));
  }

  private static CheckResult ask(String what, PromptProvider provider, @Nullable String wanted)
      throws InterruptedException {
    try {
      var models = provider.models();
      if (provider.name().equals(SimulatedProvider.NAME)) {
        return CheckResult.ok(what, "asks nobody and costs nothing");
      }
      var detail =
          "answers, and has " + models.size() + (models.size() == 1 ? " model" : " models");
      return wanted == null || models.stream().anyMatch(model -> isSame(model, wanted.strip()))
          ? CheckResult.ok(
              what, detail + (wanted == null ? "" : ", " + wanted.strip() + " among them"))
          : CheckResult.warn(
              what,
              detail + ", but " + wanted.strip() + " is not among them",
              "Set one of those that it has");
    } catch (CallException e) {
      return CheckResult.fail(
          what,
          String.valueOf(e.getMessage()),
          switch (e.code()) {
            case DENIED, REFUSED -> "Check the key, and that the address is that of the API";
            case UNREACHABLE, UNAVAILABLE, TIMED_OUT ->
                "Check the address, and that this host may call it";
            case RATE_LIMITED -> "Wait, or ask for a higher limit";
            case BAD_ANSWER -> "Check that the address is that of the API";
          });
    }
  }

  /// Ollama puts a tag behind a name that has none.
  private static boolean isSame(String model, String wanted) {
    return model.equals(wanted) || model.equals(wanted + ":latest");
  }

  /// Asks an application for nothing but whether it is there; whatever it replies, it is.
  private static CheckResult knock(String what, URI uri, @Nullable String token)
      throws InterruptedException {
    var place = uri.getScheme() + "://" + uri.getAuthority() + uri.getPath();
    var request =
        HttpRequest.newBuilder(uri).timeout(PATIENCE).method("OPTIONS", BodyPublishers.noBody());
    if (token != null && !token.isBlank()) {
      request.header("Authorization", "Bearer " + token.strip());
    }
    // Not closed: that would wait for what does not answer.
    @SuppressWarnings("resource")
    var http = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    try {
      int status = http.send(request.build(), BodyHandlers.discarding()).statusCode();
      if (status == UNAUTHORIZED || status == FORBIDDEN) {
        return CheckResult.fail(
            what,
            "the application at " + place + " answers HTTP " + status,
            "Check STOKER_ANSWERS_PIPELINE_TOKEN");
      }
      return status >= BROKEN
          ? CheckResult.fail(
              what, "the application at " + place + " answers HTTP " + status, "Look into its log")
          : CheckResult.ok(what, "come from the application at " + place + ", which answers");
    } catch (IOException e) {
      return CheckResult.fail(
          what,
          "no application answers at " + place + ": " + Doctor.oneLine(e),
          "Start it, or correct STOKER_ANSWERS_PIPELINE_URL");
    } finally {
      http.shutdownNow();
    }
  }
}
