package io.stoker.prompts;

import io.stoker.prompts.LedgerEntry.Kind;
import io.stoker.prompts.Warming.Rest;
import io.stoker.prompts.policy.PolicyMode;
import io.stoker.prompts.policy.StopReason;
import io.stoker.prompts.policy.Tier;
import io.stoker.state.jdbc.JdbcNumbering;
import java.util.List;

/// The numbers that stand for roles, reasons to rest, kinds and the like in a database.
final class JdbcPromptNumbers {

  static final JdbcNumbering<Role> ROLES =
      new JdbcNumbering<>(List.of(Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.TOOL));

  static final JdbcNumbering<Rest> RESTS =
      new JdbcNumbering<>(
          List.of(
              Rest.NONE,
              Rest.NOTHING_SAID,
              Rest.COLD,
              Rest.REFUSED,
              Rest.GAVE_UP,
              Rest.NOT_PINGED,
              Rest.NOT_WORTH_IT,
              Rest.TOO_SHORT,
              Rest.WROTE,
              Rest.OVER_BUDGET,
              Rest.SWITCHED_OFF));

  static final JdbcNumbering<PolicyMode> MODES =
      new JdbcNumbering<>(List.of(PolicyMode.INTERVAL, PolicyMode.ADAPTIVE, PolicyMode.OFF));

  static final JdbcNumbering<StopReason> STOPS =
      new JdbcNumbering<>(
          List.of(
              StopReason.END_OF_TURN,
              StopReason.TOOL_USE,
              StopReason.AWAITING_PERMISSION,
              StopReason.BACKGROUND_JOB));

  static final JdbcNumbering<Tier> TIERS = new JdbcNumbering<>(List.of(Tier.BRIEF, Tier.LASTING));

  static final JdbcNumbering<Kind> KINDS =
      new JdbcNumbering<>(List.of(Kind.TURN, Kind.PING, Kind.LEFT, Kind.REWRITE));

  private JdbcPromptNumbers() {}
}
