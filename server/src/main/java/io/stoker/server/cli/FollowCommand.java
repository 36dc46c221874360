package io.stoker.server.cli;

import io.stoker.Time;
import io.stoker.server.Assembly;
import io.stoker.server.settings.Settings;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.server.wire.WireJson;
import io.stoker.sessions.FollowCheck;
import io.stoker.sessions.FollowLog;
import io.stoker.sessions.FollowSetup;
import io.stoker.sessions.FollowStatus;
import io.stoker.sessions.ReplicationSlot;
import io.stoker.sessions.SessionSettings.InvalidSettingException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Shows what following needs in Postgres, and how far Redis has come.
final class FollowCommand {

  private final Terminal terminal;
  private final Settings settings;

  FollowCommand(Terminal terminal, Settings settings) {
    this.terminal = terminal;
    this.settings = settings;
  }

  /// What `--json` answers with. Null where something is not known.
  ///
  /// @param active whether a node follows
  record Report(
      String mode,
      boolean active,
      @Nullable Long lagMs,
      @Nullable Long lagBytes,
      @Nullable Long keptBytes,
      @Nullable String position) {}

  /// Prints the SQL that an administrator runs.
  ///
  /// @return whether all is there already
  boolean printSql() {
    try (var assembly = new Assembly(settings, Time.system())) {
      var checks = assembly.followChecks();
      terminal.out().print(FollowSetup.script(checks));
      terminal.out().flush();
      return checks.stream().allMatch(FollowCheck::holds);
    } catch (InvalidSettingException e) {
      throw new InvalidValueException("stoker.sessions." + e.name(), e.problem());
    }
  }

  /// Prints how it goes.
  ///
  /// @return whether a node follows
  boolean printStatus(boolean json) {
    try (var assembly = new Assembly(settings, Time.system())) {
      var slot = assembly.followSlot();
      var report = report(slot, assembly.followLog().progress());
      if (json) {
        terminal.out().println(WireJson.write(report));
      } else {
        print(report, slot.isPresent());
      }
      return report.active();
    }
  }

  private Report report(
      Optional<ReplicationSlot.State> slot, Optional<FollowLog.Progress> progress) {
    var state = slot.orElse(null);
    return new Report(
        settings.sessions().followMode().label(),
        state != null && state.active(),
        progress.map(known -> known.lag().toMillis()).orElse(null),
        state == null ? null : state.lagBytes(),
        state == null ? null : state.keptBytes(),
        state == null ? null : FollowStatus.position(state.confirmed()));
  }

  private void print(Report report, boolean slot) {
    var out = terminal.out();
    if (report.active()) {
      out.println(
          report.lagMs() == null ? "following" : "following, " + report.lagMs() + " ms behind");
    } else {
      out.println(
          slot
              ? "not following: no node reads the slot. Start a server with"
                  + " stoker.sessions.follow=replication"
              : "not following: there is no slot. 'stoker sessions follow --sql' prints what"
                  + " Postgres needs; a server with stoker.sessions.follow=replication makes the"
                  + " slot");
    }
    if (slot) {
      out.printf("  position        %s%n", report.position());
      out.printf("  not in Redis    %d bytes of Postgres' log%n", report.lagBytes());
      out.printf("  kept for Stoker %d bytes%n", report.keptBytes());
    }
  }
}
