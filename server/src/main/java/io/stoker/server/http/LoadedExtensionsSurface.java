package io.stoker.server.http;

import io.stoker.answers.AnswerWorker;
import io.stoker.prompts.PromptProvider;
import io.stoker.prompts.PromptWarmer;
import io.stoker.sessions.SessionWarmer;
import java.util.ArrayList;
import java.util.List;

/// The `loaded-extensions` surface of the socket protocol: the server's modules and its providers.
final class LoadedExtensionsSurface {

  static final String ID = "loaded-extensions";
  static final ChatWire.Entry ENTRY = new ChatWire.Entry(ID, "side", "Loaded Extensions", "global");

  private static final List<String> COLUMNS = List.of("Name", "Version", "Trust", "Activation");
  private static final String OWN = "built-in";

  private LoadedExtensionsSurface() {}

  static ChatWire.Spec of(List<PromptProvider> providers) {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("sessions", version(SessionWarmer.class), OWN, "always"));
    rows.add(List.of("answers", version(AnswerWorker.class), OWN, "always"));
    rows.add(List.of("prompts", version(PromptWarmer.class), OWN, "always"));
    rows.add(List.of("server", version(LoadedExtensionsSurface.class), OWN, "always"));
    for (var provider : providers) {
      rows.add(List.of("provider " + provider.name(), provider.version(), OWN, "by settings"));
    }
    return new ChatWire.Spec(
        ID,
        ENTRY.region(),
        ENTRY.title(),
        List.of(
            new ChatWire.Stat("Loaded", Integer.toString(rows.size())),
            new ChatWire.Custom("table", new ChatWire.Table(COLUMNS, rows))));
  }

  /// The version of the jar that contains a class.
  private static String version(Class<?> type) {
    var version = type.getPackage().getImplementationVersion();
    return version == null ? "built from sources" : version;
  }
}
