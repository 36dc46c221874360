package io.stoker.server.cli;

import io.stoker.Time;
import io.stoker.server.Assembly;
import io.stoker.server.Durations;
import io.stoker.server.Json;
import io.stoker.server.Wire;
import io.stoker.server.settings.Settings;
import io.stoker.sessions.SessionPlan;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// Tells what a warm run would take.
@Command(
    name = "estimate",
    description =
        "Counts what 'sessions warm' would warm, and changes nothing. Needs DATABASE_URL.")
final class EstimateCommand implements Runnable {

  private static final double MEGABYTE = 1e6;

  private final Terminal terminal;

  @Mixin private final WishOptions wish = new WishOptions();

  EstimateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var settings = wish.settings(terminal.configuration());
    tell(terminal, settings, wish.plan(settings, null, null, false), wish.json());
  }

  static void tell(Terminal terminal, Settings settings, SessionPlan plan, boolean json) {
    try (var assembly = new Assembly(settings, Time.system())) {
      var estimate = assembly.estimator().estimate(plan);
      if (json) {
        terminal.out().println(Json.write(Wire.Estimate.of(plan, estimate)));
        return;
      }
      terminal
          .out()
          .printf(
              Locale.ROOT,
              "%d of %d eligible sessions would be warmed (active within %s, at most %d).%n"
                  + "Their values are %d bytes long on average;"
                  + " Redis would need about %.1f MB for them.%n",
              estimate.selected(),
              estimate.eligible(),
              Durations.text(plan.activeWithin()),
              plan.limit(),
              estimate.averageBytes(),
              estimate.cacheBytes() / MEGABYTE);
    }
  }
}
