package io.stoker.server.cli;

import picocli.CommandLine.Command;

/// The commands about prompts, all of which talk to a running server.
@Command(
    name = "prompts",
    description = "Conversations whose prompts a running server keeps warm.",
    synopsisSubcommandLabel =
        "(list | show | warm | enable | disable | policy | budget | close | delete | ledger)")
final class PromptsCommand {

  private static final String PLACE = "/api/prompts";
  private static final String CONVERSATIONS = PLACE + "/conversations";

  /// Where conversations are listed.
  static String list(int limit, boolean all) {
    return CONVERSATIONS + "?limit=" + limit + (all ? "" : "&enabled=true");
  }

  /// Where the ledger is.
  ///
  /// @param query without its question mark
  static String ledger(String more, String query) {
    return PLACE + "/ledger" + more + "?" + query;
  }

  /// Where a conversation is.
  static String one(String id) {
    return CONVERSATIONS + "/" + ServerClient.segment(id);
  }
}
