package io.stoker.server.cli;

import picocli.CommandLine.Command;

/// The commands about prompts, all of which talk to a running server.
@Command(
    name = "prompts",
    description = "Conversations whose prompts a running server keeps warm.",
    synopsisSubcommandLabel = "(list | show | warm | enable | disable | close)")
final class PromptsCommand {

  private static final String PLACE = "/api/prompts/conversations";

  /// Where conversations are listed.
  static String list(int limit, boolean all) {
    return PLACE + "?limit=" + limit + (all ? "" : "&enabled=true");
  }

  /// Where a conversation is.
  static String one(String id) {
    return PLACE + "/" + ServerClient.segment(id);
  }
}
