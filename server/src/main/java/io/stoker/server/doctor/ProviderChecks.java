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

/// Checks that providers and the pipeline are reachable and accept their keys. Only lists models,
/// which costs nothing. Thread-safe.
final class ProviderChecks {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int SERVER_ERROR = 500;
  private static final int NOT_IMPLEMENTED = 501;

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
        var model = modelAt(provider, standard);
        checks.add(new Check(what, () -> List.of(listModels(what, provider, model))));
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

  /// The default model without the provider's name; null if it is another provider's.
  private static @Nullable String modelAt(PromptProvider provider, @Nullable String standard) {
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
          what, () -> List.of(probe(what, URI.create(url.strip()), setup.pipelineToken())));
    }
    var provider = setup.chatProvider(time);
    return provider == null
        ? new Check(
            what,
            () ->
                List.of(
                    CheckResult.ok(what, "quoted word for word from documents; no model is set")))
        : new Check(what, () -> List.of(listModels(what, provider, setup.model())));
  }

  private static CheckResult listModels(
      String what, PromptProvider provider, @Nullable String expected) throws InterruptedException {
    try {
      var models = provider.models();
      if (provider.name().equals(SimulatedProvider.NAME)) {
        return CheckResult.ok(what, "makes no calls and costs nothing");
      }
      var detail =
          "answers, and has " + models.size() + (models.size() == 1 ? " model" : " models");
      return expected == null || models.stream().anyMatch(model -> isSame(model, expected.strip()))
          ? CheckResult.ok(
              what, detail + (expected == null ? "" : ", " + expected.strip() + " among them"))
          : CheckResult.warn(
              what,
              detail + ", but " + expected.strip() + " is not among them",
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

  /// Ollama lists a model without a tag as `:latest`.
  private static boolean isSame(String model, String expected) {
    return model.equals(expected) || model.equals(expected + ":latest");
  }

  /// Sends an OPTIONS request, which asks no question. A reply such as 404, 405 or 501 shows that
  /// the application is there, too.
  private static CheckResult probe(String what, URI uri, @Nullable String token)
      throws InterruptedException {
    var address = uri.getScheme() + "://" + uri.getAuthority() + uri.getPath();
    var request =
        HttpRequest.newBuilder(uri).timeout(TIMEOUT).method("OPTIONS", BodyPublishers.noBody());
    if (token != null && !token.isBlank()) {
      request.header("Authorization", "Bearer " + token.strip());
    }
    // Not closed, because close() would wait for a request that hangs.
    @SuppressWarnings("resource")
    var http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    try {
      int status = http.send(request.build(), BodyHandlers.discarding()).statusCode();
      if (status == UNAUTHORIZED || status == FORBIDDEN) {
        return CheckResult.fail(
            what,
            "the application at " + address + " answers HTTP " + status,
            "Check STOKER_ANSWERS_PIPELINE_TOKEN");
      }
      return status >= SERVER_ERROR && status != NOT_IMPLEMENTED
          ? CheckResult.fail(
              what, "the application at " + address + " answers HTTP " + status, "Check its log")
          : CheckResult.ok(what, "come from the application at " + address + ", which answers");
    } catch (IOException e) {
      return CheckResult.fail(
          what,
          "no application answers at " + address + ": " + Doctor.oneLine(e),
          "Start it, or correct STOKER_ANSWERS_PIPELINE_URL");
    } finally {
      http.shutdownNow();
    }
  }
}
