package io.stoker.server.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.stoker.answers.AnswerOutcome;
import io.stoker.answers.AnswerWorker;
import io.stoker.answers.BatchState;
import io.stoker.answers.QuestionState;
import io.stoker.prompts.LedgerEntry;
import io.stoker.prompts.WarmingState;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.PolicyMode;
import io.stoker.prompts.policy.StopReason;
import io.stoker.server.access.Role;
import io.stoker.server.overview.OverviewWire;
import io.stoker.server.sessions.WarmRun;
import io.stoker.server.wire.AnswerWire;
import io.stoker.server.wire.LedgerWire;
import io.stoker.server.wire.PromptWire;
import io.stoker.server.wire.SessionWire;
import io.stoker.sessions.RunState;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The schemas of the records that are written as JSON: which members there are, which of them may
/// be null or missing, and which words one may be. Each record is a component, which others refer
/// to by its name. Not thread-safe.
///
/// Members of [ChatWire] are in `camelCase`, and missing where they would be null; all others are
/// in `snake_case`, and null. A record may say otherwise with [JsonInclude].
final class ApiSchemas {

  private static final Pattern CAPITAL = Pattern.compile("([A-Z])");
  private static final String COMPONENTS = "#/components/schemas/";

  /// Members that are one of a few words.
  private static final Map<Class<?>, Map<String, List<String>>> WORDS =
      Map.ofEntries(
          Map.entry(
              SessionWire.Run.class,
              Map.of("trigger", words(WarmRun.Trigger.values(), WarmRun.Trigger::label))),
          Map.entry(
              SessionWire.Progress.class,
              Map.of("state", words(RunState.values(), RunState::label))),
          Map.entry(
              AnswerWire.Batch.class,
              Map.of(
                  "status",
                  words(BatchState.values(), BatchState::label),
                  "duplicates",
                  List.of("skip", "keep"))),
          Map.entry(
              AnswerWire.Waiting.class,
              Map.of(
                  "code", words(AnswerWorker.Wait.Cause.values(), AnswerWorker.Wait.Cause::label))),
          Map.entry(
              AnswerWire.Change.class,
              Map.of("status", words(BatchState.values(), BatchState::label))),
          Map.entry(
              AnswerWire.Query.class,
              Map.of(
                  "status",
                  words(QuestionState.values(), QuestionState::label),
                  "outcome",
                  words(AnswerOutcome.values(), AnswerOutcome::label))),
          Map.entry(AnswerWire.SignedIn.class, Map.of("role", words(Role.values(), Role::word))),
          Map.entry(
              PromptWire.Conversation.class,
              Map.of(
                  "mode",
                  labels(PolicyMode.values()),
                  "own_mode",
                  labels(PolicyMode.values()),
                  "activity",
                  labels(WarmingState.Activity.values()),
                  "rest",
                  labels(WarmingState.PauseReason.values()))),
          Map.entry(
              PromptWire.Idle.class,
              Map.of(
                  "waiting_for",
                  words(StopReason.values(), PromptWire.Idle::label),
                  "tier",
                  labels(CacheTier.values()))),
          Map.entry(LedgerWire.Entry.class, Map.of("kind", labels(LedgerEntry.Kind.values()))),
          Map.entry(LedgerWire.Budget.class, Map.of("mode", labels(PolicyMode.values()))),
          Map.entry(OverviewWire.PromptsSet.class, Map.of("mode", labels(PolicyMode.values()))),
          Map.entry(
              OverviewWire.AnswersSet.class, Map.of("kept_in", List.of("folder", "postgres"))),
          Map.entry(
              OverviewWire.Trouble.class,
              Map.of(
                  "about", List.of("postgres", "redis", "run", "store", "pipeline", "provider"))),
          Map.entry(
              ChatWire.Kept.class, Map.of("role", labels(io.stoker.prompts.MessageRole.values()))));

  private final Map<String, Schema<?>> components = new TreeMap<>();
  private final Map<String, Class<?>> types = new HashMap<>();

  /// All records so far, by their names.
  Map<String, Schema<?>> components() {
    return components;
  }

  /// The name of a record's component: that of its record, after what it belongs to.
  static String name(Class<?> type) {
    var family = type.getNestHost().getSimpleName();
    var prefix = family.endsWith("Wire") ? family.replace("Wire", "") : "";
    var name = type.getSimpleName();
    return name.startsWith(prefix) ? name : prefix + name;
  }

  /// What every route gives if something goes wrong. It may have further members.
  static Schema<?> problem() {
    var problem = type("object");
    problem.setAdditionalProperties(true);
    member(problem, "type", type("string"), true);
    member(problem, "title", type("string"), true);
    member(problem, "status", number("int32"), true);
    member(problem, "detail", type("string"), true);
    member(problem, "code", type("string"), true);
    member(problem, "error", type("string"), false);
    member(problem, "line", number("int32"), false);
    member(problem, "run", type("string"), false);
    member(problem, "retry_after", number("int64"), false);
    return problem;
  }

  /// An object with one member, a list of these.
  Schema<?> list(String name, Class<?> type) {
    return member(type("object"), name, type("array").items(of(type)), true);
  }

  /// An event, its data read as JSON of one of these types.
  Schema<?> event(String name, List<Class<?>> data) {
    var event = member(type("object"), "event", word(List.of(name), false), true);
    return member(event, "data", any(data.stream().map(this::of).toList()), true);
  }

  static Schema<?> any(List<? extends Schema<?>> schemas) {
    if (schemas.size() == 1) {
      return schemas.getFirst();
    }
    var any = new Schema<>();
    schemas.forEach(any::addAnyOfItem);
    return any;
  }

  // --- from types to schemas ---

  private Schema<?> of(Type type) {
    if (type instanceof ParameterizedType generic) {
      var arguments = generic.getActualTypeArguments();
      return generic.getRawType() == List.class
          ? type("array").items(of(arguments[0]))
          : type("object").additionalProperties(of(arguments[1]));
    }
    return of((Class<?>) type);
  }

  Schema<?> of(Class<?> type) {
    if (type.isRecord()) {
      return component(type, () -> record(type));
    }
    if (type.isSealed()) {
      return component(
          type,
          () ->
              any(
                  Stream.of(type.getPermittedSubclasses())
                      .map(kind -> component(kind, () -> kind(type, kind)))
                      .toList()));
    }
    return switch (type.getSimpleName()) {
      case "String", "Duration" -> type("string");
      case "Instant" -> type("string").format("date-time");
      case "boolean", "Boolean" -> type("boolean");
      case "int", "Integer" -> number("int32");
      case "long", "Long" -> number("int64");
      case "double", "Double" -> type("number").format("double");
      default -> new Schema<>(); // anything
    };
  }

  /// A reference to a component, which is made if it is new.
  private Schema<?> component(Class<?> type, Supplier<Schema<?>> schema) {
    var name = name(type);
    var named = types.putIfAbsent(name, type);
    if (named == null) {
      components.put(name, schema.get());
    } else if (named != type) {
      throw new IllegalStateException(
          "expected one record for the component " + name + ", got " + named + " and " + type);
    }
    return reference(name);
  }

  static Schema<?> reference(String name) {
    return new Schema<>().$ref(COMPONENTS + name);
  }

  /// One of several records that a member tells apart.
  private Schema<?> kind(Class<?> family, Class<?> kind) {
    var member = family.getAnnotation(JsonTypeInfo.class);
    var name = kind.getAnnotation(JsonTypeName.class);
    var schema = record(kind);
    if (member != null && name != null) {
      member(schema, member.property(), word(List.of(name.value()), false), true);
    }
    return schema;
  }

  private Schema<?> record(Class<?> type) {
    var schema = type("object");
    for (var component : type.getRecordComponents()) {
      if (component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
        var inner = record(component.getType());
        var required = inner.getRequired() == null ? List.<String>of() : inner.getRequired();
        inner
            .getProperties()
            .forEach((name, part) -> member(schema, name, part, required.contains(name)));
      } else {
        addMember(schema, type, component);
      }
    }
    return schema;
  }

  private void addMember(Schema<?> schema, Class<?> type, RecordComponent component) {
    boolean isForChats = type.getNestHost() == ChatWire.class;
    var name = isForChats ? component.getName() : snakeCase(component.getName());
    boolean mayBeNothing = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    boolean isLeftOut = mayBeNothing && leavesOut(type, isForChats);
    boolean mayBeNull = mayBeNothing && !isLeftOut;
    var words = WORDS.getOrDefault(type, Map.of()).get(name);
    var part = words == null ? of(component.getGenericType()) : word(words, mayBeNull);
    member(schema, name, mayBeNull ? orNull(part) : part, !isLeftOut);
  }

  private static Schema<?> orNull(Schema<?> schema) {
    if (schema.get$ref() != null) {
      return any(List.of(schema, type("null")));
    }
    if (schema.getTypes() != null) {
      schema.addType("null");
    }
    return schema;
  }

  private static boolean leavesOut(Class<?> type, boolean unlessToldOtherwise) {
    var inclusion = type.getAnnotation(JsonInclude.class);
    return inclusion == null
        ? unlessToldOtherwise
        : inclusion.value() == JsonInclude.Include.NON_NULL;
  }

  private static String snakeCase(String name) {
    return CAPITAL.matcher(name).replaceAll("_$1").toLowerCase(Locale.ROOT);
  }

  // --- parts of schemas ---

  /// One of a few words.
  private static Schema<?> word(List<String> words, boolean orNull) {
    var schema = new Schema<Object>();
    schema.type("string").addType("string");
    words.forEach(schema::addEnumItemObject);
    if (orNull) {
      schema.addEnumItemObject(null);
    }
    return schema;
  }

  private static Schema<?> member(
      Schema<?> schema, String name, Schema<?> member, boolean isAlwaysThere) {
    schema.addProperty(name, member);
    if (isAlwaysThere) {
      schema.addRequiredItem(name);
    }
    return schema;
  }

  private static Schema<?> number(String format) {
    return type("integer").format(format);
  }

  /// Named twice: 3.0 has one type, 3.1 has several.
  static Schema<?> type(String type) {
    var schema = new Schema<>();
    schema.type(type).addType(type);
    return schema;
  }

  private static <E> List<String> words(E[] values, Function<E, String> label) {
    return Stream.of(values).map(label).toList();
  }

  private static List<String> labels(Enum<?>[] values) {
    return words(values, PromptWire::label);
  }
}
