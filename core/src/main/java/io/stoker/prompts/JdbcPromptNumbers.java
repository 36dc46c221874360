package io.stoker.prompts;

import io.stoker.prompts.Warming.Rest;
import io.stoker.state.jdbc.JdbcNumbering;
import java.util.List;

/// The numbers that stand for roles and for reasons to rest in a database.
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
              Rest.NOT_PINGED));

  private JdbcPromptNumbers() {}
}
