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

/// Generates the OpenAPI schemas of the records that are written as JSON. Each record becomes a
/// component that others refer to by name. Not thread-safe.
///
/// Members of [ChatWire] are in `camelCase`, and left out if null; all others are in `snake_case`,
/// and written as null. [JsonInclude] overrides this for a record.
final class ApiSchemas {

  private static final Pattern CAPITAL = Pattern.compile("([A-Z])");
  private static final String COMPONENTS = "#/components/schemas/";

  /// The values of members that are enumerations.
  private static final Map<Class<?>, Map<String, List<String>>> ENUMS =
      Map.ofEntries(
          Map.entry(
              SessionWire.Run.class,
              Map.of("trigger", labels(WarmRun.Trigger.values(), WarmRun.Trigger::label))),
          Map.entry(
              SessionWire.Progress.class,
              Map.of("state", labels(RunState.values(), RunState::label))),
          Map.entry(
              AnswerWire.Batch.class,
              Map.of(
                  "status",
                  labels(BatchState.values(), BatchState::label),
                  "duplicates",
                  List.of("skip", "keep"))),
          Map.entry(
              AnswerWire.Waiting.class,
              Map.of(
                  "code",
                  labels(AnswerWorker.Wait.Cause.values(), AnswerWorker.Wait.Cause::label))),
          Map.entry(
              AnswerWire.Change.class,
              Map.of("status", labels(BatchState.values(), BatchState::label))),
          Map.entry(
              AnswerWire.Query.class,
              Map.of(
                  "status",
                  labels(QuestionState.values(), QuestionState::label),
                  "outcome",
                  labels(AnswerOutcome.values(), AnswerOutcome::label))),
          Map.entry(AnswerWire.SignedIn.class, Map.of("role", labels(Role.values(), Role::label))),
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
                  labels(StopReason.values(), PromptWire.Idle::label),
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

  /// The components generated so far, by name.
  Map<String, Schema<?>> components() {
    return components;
  }

  /// The name of a record's component: the record's, prefixed with the name of its family.
  static String name(Class<?> type) {
    var family = type.getNestHost().getSimpleName();
    var prefix = family.endsWith("Wire") ? family.replace("Wire", "") : "";
    var name = type.getSimpleName();
    return name.startsWith(prefix) ? name : prefix + name;
  }

  /// The schema of a [Problem], which may have further members.
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

  /// An object whose only member is a list of these records.
  Schema<?> list(String name, Class<?> type) {
    return member(type("object"), name, type("array").items(of(type)), true);
  }

  /// A server-sent event whose data is JSON of one of these types.
  Schema<?> event(String name, List<Class<?>> data) {
    var event = member(type("object"), "event", enumeration(List.of(name), false), true);
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
      default -> new Schema<>(); // any value
    };
  }

  /// A reference to a component, which is generated if it is new.
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

  /// A record of a sealed family, with the member that names its type.
  private Schema<?> kind(Class<?> family, Class<?> kind) {
    var member = family.getAnnotation(JsonTypeInfo.class);
    var name = kind.getAnnotation(JsonTypeName.class);
    var schema = record(kind);
    if (member != null && name != null) {
      member(schema, member.property(), enumeration(List.of(name.value()), false), true);
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
    boolean isNullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    boolean isOptional = isNullable && leavesOutNulls(type, isForChats);
    boolean mayBeNull = isNullable && !isOptional;
    var values = ENUMS.getOrDefault(type, Map.of()).get(name);
    var part = values == null ? of(component.getGenericType()) : enumeration(values, mayBeNull);
    member(schema, name, mayBeNull ? orNull(part) : part, !isOptional);
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

  private static boolean leavesOutNulls(Class<?> type, boolean byDefault) {
    var inclusion = type.getAnnotation(JsonInclude.class);
    return inclusion == null ? byDefault : inclusion.value() == JsonInclude.Include.NON_NULL;
  }

  private static String snakeCase(String name) {
    return CAPITAL.matcher(name).replaceAll("_$1").toLowerCase(Locale.ROOT);
  }

  // --- parts of schemas ---

  private static Schema<?> enumeration(List<String> values, boolean orNull) {
    var schema = new Schema<Object>();
    schema.type("string").addType("string");
    values.forEach(schema::addEnumItemObject);
    if (orNull) {
      schema.addEnumItemObject(null);
    }
    return schema;
  }

  private static Schema<?> member(
      Schema<?> schema, String name, Schema<?> member, boolean isRequired) {
    schema.addProperty(name, member);
    if (isRequired) {
      schema.addRequiredItem(name);
    }
    return schema;
  }

  private static Schema<?> number(String format) {
    return type("integer").format(format);
  }

  /// Sets the type twice: OpenAPI 3.0 has one, 3.1 a list.
  static Schema<?> type(String type) {
    var schema = new Schema<>();
    schema.type(type).addType(type);
    return schema;
  }

  private static <E> List<String> labels(E[] values, Function<E, String> label) {
    return Stream.of(values).map(label).toList();
  }

  private static List<String> labels(Enum<?>[] values) {
    return labels(values, PromptWire::label);
  }
}
