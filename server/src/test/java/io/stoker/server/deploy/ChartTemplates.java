package io.stoker.server.deploy;

import io.stoker.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/// Renders the templates of a chart as Helm does. Reads the part of Go's templates that the chart
/// uses, and is stricter: what it does not know, and a value that is not in `values.yaml`, is an
/// error.
final class ChartTemplates {

  private static final Pattern ACTION =
      Pattern.compile("\\{\\{(-?)\\s*(.*?)\\s*(-?)}}", Pattern.DOTALL);
  private static final Pattern TOKEN =
      Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|[()|]|[^\\s()|\"]+");

  private final Map<String, List<Node>> templates = new HashMap<>();
  private final Map<String, List<Node>> files = new TreeMap<>();

  /// @param folder the chart's `templates`
  ChartTemplates(Path folder) throws IOException {
    try (var all = Files.list(folder)) {
      for (var file : all.sorted().toList()) {
        var nodes = parse(Files.readString(file));
        if (file.toString().endsWith(".yaml")) {
          files.put(file.getFileName().toString(), nodes);
        }
      }
    }
  }

  /// What a template says is wrong with the values.
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /// The text of each file by its name; blank for those that say nothing.
  Map<String, String> render(Map<String, Object> context) {
    var texts = new LinkedHashMap<String, String>();
    files.forEach((name, nodes) -> texts.put(name, render(nodes, context, context)));
    return texts;
  }

  // --- reading ---

  private sealed interface Node {}

  private record Text(String text) implements Node {}

  private record Print(List<Object> pipeline) implements Node {}

  /// `if` and `with`.
  ///
  /// @param isWith whether the value becomes the dot
  private record Branch(
      boolean isWith, List<Object> pipeline, List<Node> body, List<Node> otherwise)
      implements Node {}

  private List<Node> parse(String text) {
    var pieces = new ArrayDeque<Object>();
    var action = ACTION.matcher(text);
    int at = 0;
    boolean trims = false;
    while (action.find()) {
      var before = text.substring(at, action.start());
      before = trims ? before.stripLeading() : before;
      pieces.add(new Text(action.group(1).isEmpty() ? before : before.stripTrailing()));
      pieces.add(action.group(2));
      trims = !action.group(3).isEmpty();
      at = action.end();
    }
    var rest = text.substring(at);
    pieces.add(new Text(trims ? rest.stripLeading() : rest));
    var nodes = block(pieces);
    if (!pieces.isEmpty()) {
      throw new IllegalStateException("an end too many");
    }
    return nodes;
  }

  /// Up to `end` or `else`, which is left.
  private List<Node> block(Deque<Object> pieces) {
    var nodes = new ArrayList<Node>();
    while (!pieces.isEmpty()) {
      if (pieces.peek() instanceof String action
          && (action.equals("end") || action.startsWith("else"))) {
        return nodes;
      }
      switch (pieces.remove()) {
        case Text text -> nodes.add(text);
        case String action when action.startsWith("define ") -> {
          templates.put(action.substring(8, action.length() - 1), block(pieces));
          pieces.remove();
        }
        case String action when action.startsWith("if ") ->
            nodes.add(branch(false, action.substring(3), pieces));
        case String action when action.startsWith("with ") ->
            nodes.add(branch(true, action.substring(5), pieces));
        case String action -> nodes.add(new Print(pipeline(action)));
        case Object other -> throw new IllegalStateException(other.toString());
      }
    }
    return nodes;
  }

  private Branch branch(boolean isWith, String condition, Deque<Object> pieces) {
    var body = block(pieces);
    List<Node> otherwise = List.of();
    if ("else".equals(pieces.peek())) {
      pieces.remove();
      otherwise = block(pieces);
    }
    if (!"end".equals(pieces.remove())) {
      throw new IllegalStateException("no end of " + condition);
    }
    return new Branch(isWith, pipeline(condition), body, otherwise);
  }

  /// Words, and lists for what is in parentheses.
  private static List<Object> pipeline(String text) {
    var open = new ArrayDeque<List<Object>>();
    open.push(new ArrayList<>());
    var tokens = TOKEN.matcher(text);
    while (tokens.find()) {
      switch (tokens.group()) {
        case "(" -> open.push(new ArrayList<>());
        case ")" -> {
          var inner = open.pop();
          Objects.requireNonNull(open.peek()).add(inner);
        }
        case String word -> Objects.requireNonNull(open.peek()).add(word);
      }
    }
    return open.pop();
  }

  // --- rendering ---

  private String render(List<Node> nodes, Object dot, Map<String, Object> root) {
    var text = new StringBuilder();
    for (var node : nodes) {
      switch (node) {
        case Text(String plain) -> text.append(plain);
        case Print(List<Object> pipeline) -> text.append(text(value(pipeline, dot, root)));
        case Branch branch -> {
          var value = value(branch.pipeline, dot, root);
          var inner = branch.isWith && isTrue(value) ? value : dot;
          text.append(render(isTrue(value) ? branch.body : branch.otherwise, inner, root));
        }
      }
    }
    return text.toString();
  }

  private Object value(List<Object> pipeline, Object dot, Map<String, Object> root) {
    Object value = null;
    var words = new ArrayList<Object>();
    for (int i = 0; i <= pipeline.size(); i++) {
      if (i < pipeline.size() && !"|".equals(pipeline.get(i))) {
        words.add(pipeline.get(i));
        continue;
      }
      var arguments = new ArrayList<Object>();
      for (var word : words.subList(1, words.size())) {
        arguments.add(operand(word, dot, root));
      }
      if (value != null) {
        arguments.add(value);
      }
      value =
          isFunction(words.getFirst())
              ? call((String) words.getFirst(), arguments)
              : operand(words.getFirst(), dot, root);
      words.clear();
    }
    return value;
  }

  private static boolean isFunction(Object word) {
    return word instanceof String name
        && name.matches("[a-z][A-Za-z0-9]*")
        && !name.matches("true|false");
  }

  private Object operand(Object word, Object dot, Map<String, Object> root) {
    if (word instanceof List<?> inner) {
      return value(List.copyOf(inner), dot, root);
    }
    var name = (String) word;
    if (name.startsWith("\"")) {
      return name.substring(1, name.length() - 1).replace("\\\"", "\"");
    }
    if (name.matches("true|false")) {
      return Boolean.valueOf(name);
    }
    if (name.matches("-?\\d+")) {
      return Integer.valueOf(name);
    }
    var path = name.startsWith("$") ? name.substring(1) : name;
    Object at = name.startsWith("$") ? root : dot;
    for (var step : path.split("\\.", -1)) {
      if (!step.isEmpty()) {
        if (!(at instanceof Map<?, ?> members) || !members.containsKey(step)) {
          throw new IllegalStateException("there is no " + name);
        }
        at = members.get(step);
      }
    }
    return at;
  }

  private Object call(String function, List<Object> a) {
    return switch (function) {
      case "include" ->
          render(
              Objects.requireNonNull(templates.get(a.get(0)), a.get(0).toString()),
              a.get(1),
              asMap(a.get(1)));
      case "required" -> {
        if (!isTrue(a.get(1))) {
          throw new Refused(text(a.get(0)));
        }
        yield a.get(1);
      }
      case "fail" -> throw new Refused(text(a.get(0)));
      case "printf" -> String.format((String) a.getFirst(), a.subList(1, a.size()).toArray());
      case "quote" -> '"' + text(a.get(0)) + '"';
      case "nindent" -> "\n" + text(a.get(1)).indent((int) a.get(0)).stripTrailing();
      case "toYaml" -> yaml(a.get(0));
      case "sha256sum" -> Digests.sha256Hex(text(a.get(0)));
      case "trunc" ->
          text(a.get(1)).substring(0, Math.min((int) a.get(0), text(a.get(1)).length()));
      case "trimSuffix" ->
          text(a.get(1)).endsWith(text(a.get(0)))
              ? text(a.get(1)).substring(0, text(a.get(1)).length() - text(a.get(0)).length())
              : a.get(1);
      case "contains" -> text(a.get(1)).contains(text(a.get(0)));
      case "default" -> isTrue(a.get(1)) ? a.get(1) : a.get(0);
      case "int" -> ((Number) a.get(0)).intValue();
      case "gt" -> (int) a.get(0) > (int) a.get(1);
      case "lt" -> (int) a.get(0) < (int) a.get(1);
      case "eq" -> a.get(0).equals(a.get(1));
      case "not" -> !isTrue(a.get(0));
      case "and" -> a.stream().filter(value -> !isTrue(value)).findFirst().orElse(a.getLast());
      case "or" -> a.stream().filter(ChartTemplates::isTrue).findFirst().orElse(a.getLast());
      default -> throw new IllegalStateException("there is no function " + function);
    };
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> asMap(Object value) {
    return (Map<String, Object>) value;
  }

  private static boolean isTrue(Object value) {
    return switch (value) {
      case null -> false;
      case Boolean bool -> bool;
      case Number number -> number.doubleValue() != 0;
      case String text -> !text.isEmpty();
      case Collection<?> items -> !items.isEmpty();
      case Map<?, ?> members -> !members.isEmpty();
      default -> true;
    };
  }

  private static String text(Object value) {
    if (value instanceof Map || value instanceof Collection) {
      throw new IllegalStateException("only toYaml writes " + value);
    }
    return Objects.requireNonNull(value, "nothing to write").toString();
  }

  private static String yaml(Object value) {
    var options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    return new Yaml(options).dump(value).lines().collect(Collectors.joining("\n"));
  }
}
