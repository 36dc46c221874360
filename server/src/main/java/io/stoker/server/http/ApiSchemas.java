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
import io.stoker.prompts.policy.PolicyMode;
import io.stoker.prompts.policy.StopReason;
import io.stoker.prompts.policy.Tier;
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
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The schemas of what routes give, made from the records that are written as JSON: which members
/// there are, which of them may be null or missing, and which words one may be. Not thread-safe.
///
/// Members of [ChatWire] are in `camelCase`, and missing where they would be null; all others are
/// in `snake_case`, and null. A record may say otherwise with [JsonInclude].
final class ApiSchemas {

  private static final Pattern CAPITAL = Pattern.compile("([A-Z])");
  private static final String BATCHES = "/api/admin/warming/";
  private static final String CONVERSATIONS = "/api/prompts/conversations";

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
                  labels(WarmingState.RestReason.values()))),
          Map.entry(
              PromptWire.Idle.class,
              Map.of(
                  "waiting_for",
                  words(StopReason.values(), PromptWire.Idle::label),
                  "tier",
                  labels(Tier.values()))),
          Map.entry(LedgerWire.Entry.class, Map.of("kind", labels(LedgerEntry.Kind.values()))),
          Map.entry(LedgerWire.Budget.class, Map.of("mode", labels(PolicyMode.values()))),
          Map.entry(OverviewWire.PromptsSet.class, Map.of("mode", labels(PolicyMode.values()))),
          Map.entry(
              OverviewWire.AnswersSet.class, Map.of("kept_in", List.of("folder", "postgres"))),
          Map.entry(
              OverviewWire.Trouble.class,
              Map.of(
                  "about", List.of("postgres", "redis", "run", "store", "pipeline", "provider"))),
          Map.entry(ChatWire.Kept.class, Map.of("role", labels(io.stoker.prompts.Role.values()))));

  /// What else than the first type a route gives.
  private static final Map<String, List<String>> FURTHER_TYPES =
      Map.of(
          "GET /app/{file}", List.of("image/svg+xml"),
          "GET /lib/{library}/{*file}", List.of("text/css"),
          "GET /api/prompts/ledger/entries", List.of("text/csv"));

  private final Map<String, Schema<?>> responses = new HashMap<>();
  private final Map<String, Schema<?>> items = new HashMap<>();

  ApiSchemas() {
    console();
    sessions();
    answers();
    cache();
    chats();
    prompts();
  }

  /// What a route gives if all goes well; empty where its example says all.
  Optional<Schema<?>> response(String route) {
    return Optional.ofNullable(responses.get(route));
  }

  /// What each event or line of a route's stream is; empty if it is no stream.
  Optional<Schema<?>> item(String route) {
    return Optional.ofNullable(items.get(route));
  }

  static List<String> furtherTypes(String route) {
    return FURTHER_TYPES.getOrDefault(route, List.of());
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

  // --- the routes, in the order of Routes ---

  private void console() {
    gives("GET /api/overview", OverviewWire.Whole.class);
    streams(
        "GET /api/overview/events",
        event("overview", any(of(OverviewWire.Whole.class), of(OverviewWire.Now.class))),
        event("point", of(OverviewWire.Point.class)));
    gives("GET /api/session", AnswerWire.SignedIn.class);
    gives("POST /api/tickets", Tickets.Ticket.class);
  }

  private void sessions() {
    gives("POST /api/sessions/warm", SessionWire.Run.class);
    responses.put("GET /api/sessions/runs", list("runs", SessionWire.Run.class));
    gives("GET /api/sessions/runs/{id}", SessionWire.Run.class);
    gives("POST /api/sessions/runs/{id}/cancel", SessionWire.Run.class);
    for (var route :
        List.of("GET /api/sessions/runs/{id}/progress", "GET /api/sessions/progress")) {
      streams(
          route,
          event("progress", of(SessionWire.Run.class)),
          event("complete", of(SessionWire.Run.class)));
    }
    gives("GET /api/sessions/estimate", SessionWire.Estimate.class);
    gives("GET /api/sessions/stats", SessionWire.Stats.class);
  }

  private void answers() {
    gives("POST " + BATCHES + "queue/manual", AnswerWire.Queued.class);
    gives("POST " + BATCHES + "queue/upload", AnswerWire.Queued.class);
    gives("POST " + BATCHES + "queue/preview", AnswerWire.Preview.class);
    gives("POST " + BATCHES + "queue/try", AnswerWire.Held.class);
    gives("GET " + BATCHES + "queue", AnswerWire.Batches.class);
    gives("GET " + BATCHES + "batches", AnswerWire.Batches.class);
    gives("GET " + BATCHES + "batches/{id}", AnswerWire.BatchPage.class);
    gives("GET " + BATCHES + "batches/{id}/queries", AnswerWire.Queries.class);
    gives("POST " + BATCHES + "batches/{id}/queries", AnswerWire.Queued.class);
    for (var move : List.of("pause", "resume", "cancel", "retry")) {
      gives("POST " + BATCHES + "batches/{id}/" + move, AnswerWire.Batch.class);
    }
    gives("GET " + BATCHES + "queries/{id}", AnswerWire.QueryPage.class);
    gives("POST " + BATCHES + "queries/{id}/retry", AnswerWire.Query.class);
    for (var route : List.of("progress", "events")) {
      streams(
          "GET " + BATCHES + route,
          event("progress", of(AnswerWire.Progress.class)),
          event("query", of(AnswerWire.Query.class)),
          event("paused", of(AnswerWire.Progress.class)),
          event("complete", of(AnswerWire.Progress.class)),
          event("deleted", of(AnswerWire.Deleted.class)),
          event("waiting", of(AnswerWire.Held.class)));
    }
    gives("GET " + BATCHES + "settings", AnswerWire.Rules.class);
    gives("PUT " + BATCHES + "settings", AnswerWire.Rules.class);
  }

  private void cache() {
    gives("POST /api/answers/ask", AnswerWire.Reply.class);
    gives("GET /api/cache/stats", AnswerWire.CacheStats.class);
    gives("GET /api/cache/entries", AnswerWire.Entries.class);
    responses.put("GET /api/cache/top", list("questions", AnswerWire.Top.class));
    responses.put("GET /api/documents", list("documents", AnswerWire.Document.class));
    gives("POST /api/documents", AnswerWire.Document.class);
    gives("GET /api/documents/{id}", AnswerWire.Document.class);
  }

  private void chats() {
    gives("GET /models", ChatWire.Models.class);
    items.put("POST /chat", of(ChatWire.Event.class));
    gives("POST /chat/warm", ChatWire.Warm.class);
    gives("GET /conversations/{id}", ChatWire.History.class);
    gives("GET /conversations/{id}/metrics", ChatWire.Turns.class);
    gives("POST /conversations/{id}/close", ChatWire.Closed.class);
    gives("GET /conversations/{id}/cwd", ChatWire.Cwd.class);
    gives("PUT /conversations/{id}/cwd", ChatWire.Cwd.class);
    gives("GET /conversations/{id}/lsp", ChatWire.Lsp.class);
  }

  private void prompts() {
    gives("GET " + CONVERSATIONS, PromptWire.Conversations.class);
    for (var route :
        List.of(
            "GET %s/{id}",
            "PUT %s/{id}/warming",
            "PUT %s/{id}/budget",
            "DELETE %s/{id}/budget",
            "POST %s/{id}/hint")) {
      gives(route.formatted(CONVERSATIONS), PromptWire.Conversation.class);
    }
    gives("POST " + CONVERSATIONS + "/{id}/warm", PromptWire.Warmed.class);
    gives("GET " + CONVERSATIONS + "/{id}/warms", PromptWire.Warms.class);
    gives("GET /api/prompts/ledger", LedgerWire.Ledger.class);
    responses.put("GET /api/prompts/ledger/entries", list("entries", LedgerWire.Entry.class));
    gives("GET /api/prompts/budgets", LedgerWire.Budgets.class);
  }

  private void gives(String route, Class<?> type) {
    responses.put(route, of(type));
  }

  private void streams(String route, Schema<?>... events) {
    items.put(route, any(events));
  }

  // --- from types to schemas ---

  private static Schema<?> of(Type type) {
    if (type instanceof ParameterizedType generic) {
      var arguments = generic.getActualTypeArguments();
      return generic.getRawType() == List.class
          ? type("array").items(of(arguments[0]))
          : type("object").additionalProperties(of(arguments[1]));
    }
    return of((Class<?>) type);
  }

  private static Schema<?> of(Class<?> type) {
    if (type.isRecord()) {
      return record(type);
    }
    if (type.isSealed()) {
      return any(
          Stream.of(type.getPermittedSubclasses())
              .map(kind -> kind(type, kind))
              .toArray(Schema<?>[]::new));
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

  /// One of several records that a member tells apart.
  private static Schema<?> kind(Class<?> family, Class<?> kind) {
    var member = family.getAnnotation(JsonTypeInfo.class);
    var name = kind.getAnnotation(JsonTypeName.class);
    var schema = record(kind);
    if (member != null && name != null) {
      member(schema, member.property(), word(List.of(name.value()), false), true);
    }
    return schema;
  }

  private static Schema<?> record(Class<?> type) {
    var schema = type("object");
    for (var component : type.getRecordComponents()) {
      if (component.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
        var inner = record(component.getType());
        var required = inner.getRequired() == null ? List.<String>of() : inner.getRequired();
        inner
            .getProperties()
            .forEach((name, part) -> member(schema, name, part, required.contains(name)));
      } else {
        component(schema, type, component);
      }
    }
    return schema;
  }

  private static void component(Schema<?> schema, Class<?> type, RecordComponent component) {
    boolean isForChats = type.getNestHost() == ChatWire.class;
    var name = isForChats ? component.getName() : snakeCase(component.getName());
    boolean mayBeNothing = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    boolean isLeftOut = mayBeNothing && leavesOut(type, isForChats);
    boolean mayBeNull = mayBeNothing && !isLeftOut;
    var words = WORDS.getOrDefault(type, Map.of()).get(name);
    var part = words == null ? of(component.getGenericType()) : word(words, mayBeNull);
    if (mayBeNull && part.getTypes() != null) {
      part.addType("null");
    }
    member(schema, name, part, !isLeftOut);
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

  private static Schema<?> list(String name, Class<?> type) {
    return member(type("object"), name, type("array").items(of(type)), true);
  }

  /// An event, its data read as JSON.
  private static Schema<?> event(String name, Schema<?> data) {
    var event = member(type("object"), "event", word(List.of(name), false), true);
    return member(event, "data", data, true);
  }

  private static Schema<?> any(Schema<?>... schemas) {
    var any = new Schema<>();
    for (var schema : schemas) {
      any.addAnyOfItem(schema);
    }
    return any;
  }

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
