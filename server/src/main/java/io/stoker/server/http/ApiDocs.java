package io.stoker.server.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.server.access.Role;
import io.stoker.server.wire.Json;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.customizers.ServerBaseUrlCustomizer;
import org.springframework.http.HttpRequest;
import org.springframework.http.server.ServletServerHttpRequest;

/// [Routes] as an OpenAPI document, which Springdoc serves at `/v3/api-docs`, written when somebody
/// first asks for it. Thread-safe.
///
/// What routes give is described by [ApiSchemas], from the records that are written; what they
/// take, and what no record stands behind, by the examples.
public final class ApiDocs implements OpenApiCustomizer, ServerBaseUrlCustomizer {

  /// Where the document is, as JSON and as YAML.
  static final List<String> PLACES = List.of("/v3/api-docs", "/v3/api-docs.yaml");

  private static final String JSON = "application/json";
  private static final String PROBLEM = "application/problem+json";
  private static final String STREAM = "text/event-stream";
  private static final String LINES = "application/x-ndjson";
  private static final String SOCKET = "text/plain";
  private static final String FORM = "multipart/form-data";
  private static final String TOKEN = "token";
  private static final String ROLES = "x-stoker-roles";
  private static final String ITEMS = "x-item-schema";
  private static final Pattern VARIABLE = Pattern.compile("\\{\\*?(\\w+)}");

  private final Map<String, Access> accesses;
  private final ApiSchemas schemas = new ApiSchemas();

  /// @param routes who may use what
  public ApiDocs(Routes routes) {
    this.accesses =
        routes.all().stream()
            .collect(
                Collectors.toMap(route -> route.method() + " " + route.path(), Routes.Route::access));
  }

  /// What a route is about.
  ///
  /// @param query its parameters, separated by blanks
  /// @param accepts what types of bodies it takes, each with an example; none for no body
  /// @param status of the answer if all goes well
  /// @param gives the type of that answer; null for nothing
  /// @param example of that answer; empty for none
  private record Entry(
      String route,
      String does,
      String query,
      Map<String, String> accepts,
      int status,
      @Nullable String gives,
      String example) {

    Entry asking(String parameters) {
      return new Entry(route, does, parameters, accepts, status, gives, example);
    }

    Entry with(String body) {
      return new Entry(route, does, query, Map.of(JSON, body), status, gives, example);
    }

    Entry withFile(String body) {
      return new Entry(route, does, query, Map.of(JSON, body, FORM, ""), status, gives, example);
    }

    Entry giving(int code, String type, String text) {
      return new Entry(route, does, query, accepts, code, type, text);
    }

    Entry giving(String json) {
      return giving(200, JSON, json);
    }

    Entry streaming() {
      return giving(200, STREAM, "");
    }
  }

  /// A route that gives nothing but a status.
  private static Entry on(String route, String does) {
    return new Entry(route, does, "", Map.of(), 204, null, "");
  }

  // --- examples; parts of others have no braces ---

  private static final String PLAN =
      """
      "plan": {"count": 15000, "window": "24h", "rate": 5000, "deadline": "5m", "ttl_cap": "5m",
               "refresh": false, "dry_run": false}\
      """;

  private static final String RUN =
      """
      {"id": "67bf95ec-fe56-4ccd-9e96-d194e3150e79", "trigger": "api",
       "started_at": "2026-11-21T09:23:16.132406Z", "ended_at": "2026-11-21T09:23:19.370551Z",
       "state": "completed", %s, "total": 15000, "selected": 15000, "warmed": 14990,
       "skipped": {"expired": 10}, "failed": {}, "bytes": 11580000, "first_after_ms": 84,
       "duration_ms": 3238, "verified": {"sampled": 250, "found": 250, "share": 1.0},
       "meets_target": true, "message": ""}\
      """
          .formatted(PLAN);

  private static final String BATCH =
      """
      "batch_id": 7, "id": 7, "name": "monday", "scope": "", "status": "running", "total": 2,
      "processed": 1, "completed": 1, "failed": 0, "skipped": 0, "cancelled": 0, "percent": 50.0,
      "eta_seconds": 3, "duplicates": "skip", "only_stale": false,
      "created_at": "2026-11-21T12:35:11.169044Z", "started_at": "2026-11-21T12:35:11.190302Z",
      "ended_at": null, "reason": "\"\
      """;

  private static final String WAITING =
      """
      "waiting": {"code": "pipeline-down", "message":
        "the pipeline has not been answering for 2 min 5 s; next try in 38 s; last error: HTTP 500",
        "since": "2026-11-21T12:35:11.190302Z", "next_try": "2026-11-21T12:37:54.190302Z",
        "last_error": "HTTP 500 from http://127.0.0.1:8000/ask: "}\
      """;

  private static final String BATCHES =
      "{\"batches\": [{" + BATCH + "}], \"next_cursor\": null, " + WAITING + "}";

  private static final String QUEUED =
      """
      {%s, "skipped_lines_total": 1, "skipped_lines":
       [{"line": 3, "text": "what is a ttl", "reason": "says the same as line 1"}]}\
      """
          .formatted(BATCH);

  private static final String QUERY =
      """
      "id": 1, "batch_id": 7, "position": 0, "text": "What is a TTL?",
      "aliases": ["Define TTL"], "status": "completed",
      "outcome": "stored", "attempts": 1, "error": null, "not_before": null,
      "started_at": "2026-11-21T12:35:11.190302Z", "ended_at": "2026-11-21T12:35:11.828608Z",
      "took_ms": 638\
      """;

  private static final String SOURCES =
      """
      "sources": [{"document": "sample-time-to-live", "version": 12, "title": "Time to live",
                   "passage": "The time to live of a cache entry ...", "score": 1.0}]\
      """;

  private static final String ENTRY =
      """
      {"key": "75687afc7929c6c1f0883cf8d4a24fc7", "question": "What is a TTL?", "scope": "",
       "aliases": ["Define TTL"], "answer": "The time to live of a cache entry ...", %s, "confidence": 100,
       "model": "extractive", "stored_at": "2026-11-21T12:35:11.801798Z",
       "expires_at": "2026-11-22T12:35:11.801798Z", "stale": false, "hits": 3}\
      """
          .formatted(SOURCES);

  private static final String DOCUMENT =
      """
      "id": "opening-hours", "version": 13, "title": "Opening hours", "scope": "",
      "characters": 37, "changed_at": "2026-11-21T12:35:20.291039Z\"\
      """;

  private static final String SETTINGS =
      """
      {"concurrency": 2, "warming_delay": "500ms", "per_minute": 60, "lease": "1m",
       "retries": ["5s", "30s", "2m"], "time_to_live": "24h", "most_entries": 100000,
       "minimum_confidence": 40, "warm_top": 0}\
      """;

  private static final String QUESTIONS =
      """
      {"queries": [{"question": "What is a TTL?", "aliases": ["Define TTL"]},
                   "How does the queue work?", "what is a ttl"],
       "options": {"name": "monday", "scope": "", "duplicates": "skip", "only_stale": false}}\
      """;

  private static final String REASON =
      """
      {"reason": "lunch"}\
      """;

  private static final String TOKENS =
      """
      "inputTokens": 124, "outputTokens": 46, "cacheReadTokens": 96, "cacheWriteTokens": 28\
      """;

  private static final String CONVERSATION =
      """
      {"id": "holiday-plans", "model": "simulator/small", "cwd": "", "tenant": "acme",
       "enabled": true, "interval": "4m", "mode": "interval", "own_mode": "interval",
       "activity": "idle", "next_warm_at": "2026-11-21T15:14:02.417Z",
       "last_warm_at": "2026-11-21T15:10:02.417Z", "cold_at": "2026-11-21T15:15:02.217Z",
       "cache_percent": 94, "retention_percent": 100,
       "status": "Warm; the cache lives 5m from the start of a request", "rest": "none", "why": "",
       "failures": 0, "trouble": "", "expires_before_next_warm": false,
       "idle": {"since": "2026-11-21T15:05:10.020Z", "waiting_for": "user", "tier": "brief",
                "prompt_tokens": 170, "pings": 1, "spent_micros": 32, "focused": true},
       "money": {"spent_micros": 32, "saved_micros": 0, "wasted_micros": 0, "net_micros": -32},
       "daily_budget_micros": 2500000,
       "next_message": {"now_micros": 17, "after_expiry_micros": 213}}\
      """;

  private static final String SUMS =
      """
      {"spent_micros": 120000, "saved_micros": 430000, "wasted_micros": 8000,
       "net_micros": 310000, "turn_cost_micros": 5200000, "turns": 310, "pings": 96,
       "pings_that_wrote": 1, "left": 4, "unpriced": 0, "read_tokens": 1180000,
       "written_tokens": 12000, "retention_percent": 99, "warm_turns": 280,
       "warm_first_token_ms": 640, "cold_turns": 30, "cold_first_token_ms": 2210}\
      """;

  private static final String COST =
      """
      {"input_tokens": 180, "output_tokens": 1, "cache_read_tokens": 170, "cache_write_tokens": 0,
       "cache_percent": 94, "retention_percent": 100}\
      """;

  private static final String OVERVIEW =
      """
      {"at": "2026-11-21T15:10:02.417Z",
       "server": {"version": "0.1.0", "started_at": "2026-11-21T14:02:11.090Z",
                  "address": "127.0.0.1",
                  "sessions": {%s, "mapping": "standard", "namespace": "stoker",
                               "warm_at_start": true, "keep_warm": true, "look_every": "5s"},
                  "answers": {"kept_in": "folder", "pipeline": "extractive", "model": null,
                              "embeddings": false, "similar": false},
                  "prompts": {"providers": ["simulator"], "standard_model": "simulator/small",
                              "mode": "interval", "interval": "4m", "daily_budget_micros": null,
                              "warms_per_minute": 0}},
       "sessions": {"configured": true, "missing": [], "run": %s, "window": "1h", "hits": 9943,
                    "misses": 61, "hit_rate": 0.9939,
                    "troubles": [{"about": "postgres", "at": null, "message":
                      "Postgres does not answer. Is it overloaded, or the network down?"}]},
       "answers": {"queue": {"batches": 1, "paused": 0, "total": 2, "processed": 1, "completed": 1,
                             "failed": 0, "last": {%s}},
                   "in_hand": 1, "entries": 5, "stale": 0, "window": "24h", "asked": 4, "hits": 3,
                   "hit_rate": 0.75, "troubles": []},
       "prompts": {"day": "2026-11-21", "spent_micros": 120000, "saved_micros": 430000,
                   "turns": 310, "warms": 96, "armed": 12, "warms_in_flight": 0,
                   "turns_in_flight": 1, "troubles": []},
       "history": {"since": "2026-11-21T14:02:11.090Z", "every": "10s",
                   "points": [{"at": "2026-11-21T14:02:11.104Z", "session_hit_rate": 0.9939,
                               "answer_hit_rate": 0.75, "answered_per_minute": 60.0,
                               "saved_micros": 430000, "spent_micros": 120000, "armed": 12}]}}\
      """
          .formatted(PLAN, RUN, BATCH);

  private static final String REFUSED =
      """
      {"type": "about:blank", "title": "Bad Request", "status": 400,
       "detail": "count: expected a whole number, got text", "code": "bad-value"}\
      """;

  // --- the routes, in the order of Routes ---

  private static Stream<Entry> entries() {
    return Stream.of(console(), sessions(), answers(), cache(), chats(), prompts())
        .flatMap(List::stream);
  }

  private static List<Entry> console() {
    return List.of(
        on("GET /", "The console").giving(200, "text/html", ""),
        on("GET /stoker.css", "Its style").giving(200, "text/css", ""),
        on("GET /app/{file}", "Its scripts").giving(200, "text/javascript", ""),
        on("GET /lib/{library}/{*file}", "What they are built on")
            .giving(200, "text/javascript", ""),
        on("GET /api/overview", "All that the server does, at a glance").giving(OVERVIEW),
        on("GET /api/overview/events", "The same whenever it changes").streaming(),
        on("GET /api/session", "Whether a token is needed, and who this browser is")
            .giving(
                """
                {"token_needed": true, "signed_in": true, "role": "viewer", "name": "grafana"}\
                """),
        on("POST /api/session", "Signs a browser in").with("{\"token\": \"TOKEN\"}"),
        on("DELETE /api/session", "Signs a browser out"),
        on("POST /api/tickets", "Makes a ticket that opens one stream or socket, once")
            .giving(
                201,
                JSON,
                """
                {"ticket": "TICKET", "expires_at": "2026-11-21T16:00:30Z"}\
                """));
  }

  private static List<Entry> sessions() {
    return List.of(
        on("POST /api/sessions/warm", "Begins a run")
            .with(
                """
                {"count": 15000, "window": "24h", "rate": 5000, "deadline": "5m", "refresh": false,
                 "dry_run": false}\
                """)
            .giving(202, JSON, RUN),
        on("GET /api/sessions/runs", "The last runs of this process, newest first")
            .asking("limit")
            .giving("{\"runs\": [" + RUN + "]}"),
        on("GET /api/sessions/runs/{id}", "One run").giving(RUN),
        on("POST /api/sessions/runs/{id}/cancel", "Asks a run to stop").giving(202, JSON, RUN),
        on("GET /api/sessions/runs/{id}/progress", "One run, to its end").streaming(),
        on("GET /api/sessions/progress", "All runs").streaming(),
        on("GET /api/sessions/estimate", "Counts what a run would take")
            .asking("count window")
            .giving(
                """
                {%s, "eligible": 67800, "selected": 15000, "average_bytes": 772,
                 "cache_bytes": 15195000}\
                """
                    .formatted(PLAN)),
        on("GET /api/sessions/stats", "Look-ups of all processes")
            .asking("window")
            .giving(
                """
                {"window": "1h", "hits": 9943, "misses": 61, "hit_rate": 0.9939,
                 "process_hits": 4052, "cache_hits": 5891, "loaded": 36, "unknown": 25,
                 "failed": 0, "cache_errors": 0, "invalidations": 1}\
                """),
        on("POST /api/sessions/revocations", "Signs out").with("{\"user_id\": \"42\"}"));
  }

  private static List<Entry> answers() {
    var place = "/api/admin/warming/";
    return List.of(
        on("POST " + place + "queue/manual", "Queues questions")
            .with(QUESTIONS)
            .giving(201, JSON, QUEUED),
        new Entry(
            "POST " + place + "queue/upload",
            "Queues the questions of a file",
            "",
            Map.of(FORM, ""),
            201,
            JSON,
            QUEUED),
        on("POST " + place + "queue/preview", "Says what would be queued")
            .withFile(QUESTIONS)
            .giving(
                """
                {"total": 2, "questions": ["What is a TTL?", "How does the queue work?"],
                 "aliases": 1,
                 "skipped": [{"line": 3, "text": "what is a ttl",
                              "reason": "says the same as line 1"}],
                 "skipped_total": 1}\
                """),
        on("GET " + place + "queue", "Batches, newest first")
            .asking("status limit cursor")
            .giving(BATCHES),
        on("POST " + place + "queue/try", "Ends a wait: the pipeline is tried at once")
            .giving("{" + WAITING + "}"),
        on("GET " + place + "batches", "Batches, newest first")
            .asking("status limit cursor")
            .giving(BATCHES),
        on("GET " + place + "batches/{id}", "One batch with its history")
            .giving(
                """
                {%s, %s, "history": [{"at": "2026-11-21T12:35:11.169044Z", "what": "submitted",
                                  "reason": "", "status": "pending"}]}\
                """
                    .formatted(BATCH, WAITING)),
        on("DELETE " + place + "batches/{id}", "Deletes a batch, cancelled first if it runs"),
        on("GET " + place + "batches/{id}/queries", "Its questions in order")
            .asking("status limit cursor")
            .giving("{\"queries\": [{" + QUERY + "}], \"next_cursor\": null}"),
        on("POST " + place + "batches/{id}/queries", "Adds questions")
            .withFile("{\"queries\": [\"What is a lease?\"]}")
            .giving(201, JSON, QUEUED),
        on("POST " + place + "batches/{id}/pause", "Pauses: what is in hand is finished")
            .with(REASON)
            .giving("{" + BATCH + "}"),
        on("POST " + place + "batches/{id}/resume", "Resumes")
            .with(REASON)
            .giving("{" + BATCH + "}"),
        on("POST " + place + "batches/{id}/cancel", "Gives up what is not done yet")
            .with(REASON)
            .giving("{" + BATCH + "}"),
        on("POST " + place + "batches/{id}/retry", "Tries questions again that failed or were left")
            .with("{\"which\": \"both\", \"reason\": \"the model is back\"}")
            .giving("{" + BATCH + "}"),
        on("GET " + place + "queries/{id}", "One question with its answer")
            .giving("{" + QUERY + ", \"answer\": " + ENTRY + "}"),
        on("DELETE " + place + "queries/{id}", "Deletes a question"),
        on("POST " + place + "queries/{id}/retry", "Tries a question again")
            .giving("{" + QUERY + "}"),
        on("GET " + place + "progress", "One batch, to its end")
            .asking("batch_id last_event_id")
            .streaming(),
        on("GET " + place + "events", "All batches").asking("last_event_id").streaming(),
        on("GET " + place + "settings", "Pace, retries, rules of the cache").giving(SETTINGS),
        on("PUT " + place + "settings", "Changes those that are in the body")
            .with(SETTINGS)
            .giving(SETTINGS));
  }

  private static List<Entry> cache() {
    return List.of(
        on("POST /api/answers/ask", "The users' way: the cache, or else the pipeline")
            .with("{\"question\": \"What is a TTL?\", \"scope\": \"\"}")
            .giving(
                """
                {"answer": "The time to live of a cache entry ...", %s, "cached": true,
                 "matched": null, "age": "8s321ms", "stored_at": "2026-11-21T12:35:11.801798Z",
                 "confidence": 100, "model": "extractive"}\
                """
                    .formatted(SOURCES)),
        on("GET /api/cache/stats", "How the cache is used")
            .asking("window")
            .giving(
                """
                {"window": "24h", "entries": 5, "stale": 0, "bytes": 6956, "asked": 4, "hits": 3,
                 "misses": 1, "hit_rate": 0.75}\
                """),
        on("GET /api/cache/entries", "What it holds")
            .asking("search scope limit cursor")
            .giving("{\"entries\": [" + ENTRY + "], \"next_cursor\": null}"),
        on("DELETE /api/cache/entries", "Forgets what all that is given applies to")
            .asking("document scope question all")
            .giving("{\"deleted\": 1}"),
        on("GET /api/cache/top", "What is asked most")
            .asking("window limit")
            .giving(
                """
                {"questions": [{"question": "What is a TTL?", "scope": "", "asked": 4, "hits": 3,
                                "expires_at": "2026-11-22T12:35:11.801798Z"}]}\
                """),
        on("GET /api/documents", "The corpus").giving("{\"documents\": [{" + DOCUMENT + "}]}"),
        on("POST /api/documents", "Adds a document, or puts it in the place of an older one")
            .withFile(
                """
                {"id": "opening-hours", "title": "Opening hours", "scope": "",
                 "text": "The museum opens at nine on weekdays."}\
                """)
            .giving(201, JSON, "{" + DOCUMENT + "}"),
        on("GET /api/documents/{id}", "One document")
            .asking("scope")
            .giving("{" + DOCUMENT + ", \"text\": \"The museum opens at nine on weekdays.\"}"),
        on("DELETE /api/documents/{id}", "Deletes a document").asking("scope"));
  }

  private static List<Entry> chats() {
    return List.of(
        on("GET /health", "Whether the server is there").giving("{\"ok\": true}"),
        on("GET /models", "The models of all providers")
            .giving("{\"models\": [\"simulator/small\"]}"),
        on("GET /ws", "Opens a socket for surfaces and chats").giving(101, SOCKET, ""),
        new Entry(
            "POST /chat",
            "Begins a turn, and follows it to its end",
            "",
            Map.of(
                JSON,
                """
                {"message": "Where shall we go?", "conversationId": "holiday-plans",
                 "model": "simulator/small", "tenant": "acme"}\
                """),
            200,
            LINES,
            ""),
        on("POST /chat/warm", "Warms a conversation now")
            .with("{\"conversationId\": \"holiday-plans\"}")
            .giving("{" + TOKENS + ", \"cachePct\": 94, \"expectedCacheRate\": 100}"),
        on("GET /conversations/{id}", "Its history from a number on")
            .asking("sinceSeq")
            .giving(
                """
                {"chunks": [{"seq": 1, "role": "user",
                             "chunk": {"type": "text", "text": "Where shall we go?"}}],
                 "latestSeq": 2}\
                """),
        on("DELETE /conversations/{id}", "Deletes it with all that was said, closed first"),
        on("GET /conversations/{id}/metrics", "What its turns took")
            .giving(
                """
                {"turns": [{"turnId": "0b7c9f5e", "usage": {%s}, "durationMs": 1231,
                            "steps": [{"stepId": "0b7c9f5e#0", "usage": {%s}, "ttftMs": 203,
                                       "decodeMs": 1024, "genTotalMs": 1230}],
                            "contextSize": 170}]}\
                """
                    .formatted(TOKENS, TOKENS)),
        on("POST /conversations/{id}/close", "Ends its warming, then its turn")
            .giving("{\"conversationId\": \"holiday-plans\", \"abortedTurn\": false}"),
        on("GET /conversations/{id}/cwd", "The folder it is about")
            .giving("{\"conversationId\": \"holiday-plans\", \"cwd\": \"/srv/plans\"}"),
        on("PUT /conversations/{id}/cwd", "Sets the folder it is about")
            .with("{\"cwd\": \"/srv/plans\"}")
            .giving("{\"conversationId\": \"holiday-plans\", \"cwd\": \"/srv/plans\"}"),
        on("GET /conversations/{id}/lsp", "Its language servers, of which there are none")
            .giving(
                """
                {"conversationId": "holiday-plans", "cwd": "/srv/plans", "servers": []}\
                """));
  }

  private static List<Entry> prompts() {
    var place = "/api/prompts/conversations";
    return List.of(
        on("GET " + place, "Conversations, by id")
            .asking("enabled limit cursor")
            .giving("{\"conversations\": [" + CONVERSATION + "], \"next_cursor\": null}"),
        on("GET " + place + "/{id}", "One conversation").giving(CONVERSATION),
        on("PUT " + place + "/{id}/warming", "Wants it warmed, or not, and how often")
            .with("{\"enabled\": true, \"interval\": \"4m\", \"mode\": \"interval\"}")
            .giving(CONVERSATION),
        on("PUT " + place + "/{id}/budget", "Limits what its warms may cost on a day")
            .with("{\"daily_budget_micros\": 2500000}")
            .giving(CONVERSATION),
        on("DELETE " + place + "/{id}/budget", "Lets its warms cost any amount")
            .giving(200, JSON, CONVERSATION),
        on("POST " + place + "/{id}/hint", "Says what is known of when its user comes back")
            .with("{\"waiting_for\": \"user\", \"focused\": true}")
            .giving(CONVERSATION),
        on("POST " + place + "/{id}/warm", "Warms it now")
            .giving("{\"usage\": " + COST + ", \"conversation\": " + CONVERSATION + "}"),
        on("GET " + place + "/{id}/warms", "Its last warms, newest first")
            .asking("limit")
            .giving(
                """
                {"warms": [{"started_at": "2026-11-21T15:10:02.217Z", "took_ms": 200,
                            "model": "simulator/small", "manual": false, "usage": %s,
                            "trouble": ""}]}\
                """
                    .formatted(COST)),
        on("GET /api/prompts/ledger", "What turns and warms cost and brought, in sum")
            .asking("by from until tenant provider conversation limit")
            .giving(
                "{\"sums\": "
                    + SUMS
                    + ", \"groups\": [{\"name\": \"2026-11-21\", \"sums\": "
                    + SUMS
                    + "}]}"),
        on("GET /api/prompts/ledger/entries", "The same line by line, as a file")
            .asking("from until tenant provider conversation format")
            .giving(
                """
                {"entries": [{"at": "2026-11-21T15:10:02.217Z", "conversation_id": "holiday-plans",
                              "tenant": "acme", "model": "simulator/small", "kind": "ping",
                              "input_tokens": 180, "output_tokens": 1, "cache_read_tokens": 170,
                              "cache_write_tokens": 0, "cost_micros": 32, "saved_micros": 0,
                              "wasted_micros": 0, "priced": true, "idle_ms": null, "pings": 0,
                              "first_token_ms": null}]}\
                """),
        on("GET /api/prompts/budgets", "What warms may cost today, and have cost")
            .giving(
                """
                {"day_ends_at": "2026-11-22T00:00:00Z", "warms_per_minute": 0, "mode": "interval",
                 "spent_today_micros": 120000, "daily_budget_micros": 5000000,
                 "tenants": [{"tenant": "acme", "mode": "adaptive", "spent_today_micros": 40000,
                              "daily_budget_micros": null}]}\
                """));
  }

  @Override
  public void customise(OpenAPI document) {
    document
        .info(
            new Info()
                .title("Stoker")
                .version("0")
                .description("Keeps caches warm. More in docs/protocol.md."))
        .paths(paths())
        .addSecurityItem(new SecurityRequirement().addList(TOKEN))
        .schemaRequirement(
            TOKEN, new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer"));
  }

  /// Where the routes are for whoever reads the document.
  @Override
  public String customize(String url, HttpRequest request) {
    if (!(request instanceof ServletServerHttpRequest servlet)) {
      return url;
    }
    var prefix = ForwardedRequest.prefix(servlet.getServletRequest());
    return prefix.isEmpty() ? "/" : prefix;
  }

  private Paths paths() {
    var paths = new Paths();
    entries()
        .forEach(entry -> {
          var route = entry.route().split(" ", 2);
          var path = VARIABLE.matcher(route[1]).replaceAll("{$1}");
          paths
              .computeIfAbsent(path, _ -> new PathItem())
              .operation(PathItem.HttpMethod.valueOf(route[0]), operation(entry, path));
        });
    return paths;
  }

  private Operation operation(Entry entry, String path) {
    var operation = new Operation().summary(entry.does());
    permit(operation, accesses.get(entry.route()));
    VARIABLE
        .matcher(path)
        .results()
        .forEach(variable ->
            operation.addParametersItem(parameter(variable.group(1), "path").required(true)));
    Stream.of(entry.query().split(" ", -1))
        .filter(name -> !name.isEmpty())
        .forEach(name -> operation.addParametersItem(parameter(name, "query")));
    if (!entry.accepts().isEmpty()) {
      var content = new Content();
      new TreeMap<>(entry.accepts())
          .forEach((type, example) -> content.addMediaType(type, media(type, example)));
      operation.requestBody(new RequestBody().content(content));
    }
    var answer = new ApiResponse().description(entry.gives() == null ? "Done" : "As it is");
    var gives = entry.gives();
    if (gives != null) {
      answer.content(content(entry, gives));
    }
    var problem =
        new ApiResponse()
            .description("Why not")
            .content(
                new Content()
                    .addMediaType(PROBLEM, media(PROBLEM, REFUSED).schema(ApiSchemas.problem())));
    return operation.responses(
        new ApiResponses()
            .addApiResponse(Integer.toString(entry.status()), answer)
            .addApiResponse(ApiResponses.DEFAULT, problem));
  }

  /// What comes if all goes well, in all the types that it comes in.
  private Content content(Entry entry, String gives) {
    var media = media(gives, entry.example());
    schemas.response(entry.route()).ifPresent(media::schema);
    schemas.item(entry.route()).ifPresent(item -> media.addExtension(ITEMS, item));
    var content = new Content().addMediaType(gives, media);
    for (var type : ApiSchemas.furtherTypes(entry.route())) {
      content.addMediaType(type, media(type, ""));
    }
    return content;
  }

  /// Says who may.
  private static void permit(Operation operation, @Nullable Access access) {
    if (access == Access.OPEN) {
      operation.security(List.of());
    }
    if (access != null) {
      operation.addExtension(ROLES, access.roles().stream().map(Role::word).toList());
    }
  }

  private static Parameter parameter(String name, String in) {
    return new Parameter().name(name).in(in).schema(ApiSchemas.type("string"));
  }

  private static MediaType media(String type, String example) {
    if (type.equals(FORM)) {
      var file = ApiSchemas.type("string").format("binary");
      return new MediaType().schema(ApiSchemas.type("object").addProperty("file", file));
    }
    if (example.isEmpty()) {
      return new MediaType().schema(ApiSchemas.type("string"));
    }
    Map<?, ?> value = Json.read(example.getBytes(UTF_8), Map.class);
    return new MediaType().schema(shape(value)).example(value);
  }

  /// What this value is an example of.
  private static Schema<?> shape(@Nullable Object value) {
    return switch (value) {
      case null -> new Schema<>();
      case Map<?, ?> members -> {
        var all = ApiSchemas.type("object");
        members.forEach((name, member) -> all.addProperty(String.valueOf(name), shape(member)));
        yield all;
      }
      case List<?> items ->
          ApiSchemas.type("array")
              .items(items.isEmpty() ? new Schema<>() : shape(items.getFirst()));
      case Boolean _ -> ApiSchemas.type("boolean");
      case Integer _, Long _ -> ApiSchemas.type("integer");
      case Number _ -> ApiSchemas.type("number");
      default -> ApiSchemas.type("string");
    };
  }
}
