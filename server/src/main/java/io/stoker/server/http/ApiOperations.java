package io.stoker.server.http;

import static io.stoker.server.http.ApiOperation.Event.event;
import static io.stoker.server.http.ApiOperation.on;

import io.stoker.server.http.ApiOperation.Event;
import io.stoker.server.overview.OverviewWire;
import io.stoker.server.wire.AnswerWire;
import io.stoker.server.wire.CacheWire;
import io.stoker.server.wire.LedgerWire;
import io.stoker.server.wire.PromptWire;
import io.stoker.server.wire.SessionWire;
import java.util.List;
import java.util.stream.Stream;

/// The descriptions of all routes, in the order of [Routes].
final class ApiOperations {

  private ApiOperations() {}

  static List<ApiOperation> all() {
    return Stream.of(console(), sessions(), answers(), cache(), chats(), prompts())
        .flatMap(List::stream)
        .toList();
  }

  private static List<ApiOperation> console() {
    return List.of(
        on("GET /", "The console").returnsText("text/html"),
        on("GET /stoker.css", "Its style").returnsText("text/css"),
        on("GET /app/{file}", "Its scripts").returnsText("text/javascript").or("image/svg+xml"),
        on("GET /lib/{library}/{*file}", "The libraries that it uses")
            .returnsText("text/javascript")
            .or("text/css"),
        on("GET /api/overview", "An overview of the server").returns(OverviewWire.Whole.class),
        on("GET /api/overview/events", "The overview, sent whenever it changes")
            .streams(
                event("overview", OverviewWire.Whole.class, OverviewWire.Now.class),
                event("point", OverviewWire.Point.class)),
        on("GET /api/session", "Whether a token is needed, and who this browser is")
            .returns(AnswerWire.SignedIn.class),
        on("POST /api/session", "Signs a browser in"),
        on("DELETE /api/session", "Signs a browser out"),
        on("POST /api/tickets", "Issues a ticket that opens one stream or socket")
            .returns(201, Tickets.Ticket.class));
  }

  private static List<ApiOperation> sessions() {
    var events =
        new Event[] {
          event("progress", SessionWire.Run.class), event("complete", SessionWire.Run.class)
        };
    return List.of(
        on("POST /api/sessions/warm", "Starts a run").returns(202, SessionWire.Run.class),
        on("GET /api/sessions/runs", "The last runs of this process, newest first")
            .with("limit")
            .returnsList("runs", SessionWire.Run.class),
        on("GET /api/sessions/runs/{id}", "One run").returns(SessionWire.Run.class),
        on("POST /api/sessions/runs/{id}/cancel", "Asks a run to stop")
            .returns(202, SessionWire.Run.class),
        on("GET /api/sessions/runs/{id}/progress", "One run, to its end").streams(events),
        on("GET /api/sessions/progress", "All runs").streams(events),
        on("GET /api/sessions/estimate", "Counts what a run would take")
            .with("count", "window")
            .returns(SessionWire.Estimate.class),
        on("GET /api/sessions/stats", "Session look-ups of all processes")
            .with("window")
            .returns(SessionWire.Stats.class),
        on("GET /api/sessions/follow", "How far Redis is behind Postgres")
            .returns(SessionWire.Follow.class),
        on("POST /api/sessions/revocations", "Revokes sessions"));
  }

  private static List<ApiOperation> answers() {
    var place = "/api/admin/warming/";
    var events =
        new Event[] {
          event("progress", AnswerWire.Progress.class),
          event("query", AnswerWire.Query.class),
          event("paused", AnswerWire.Progress.class),
          event("complete", AnswerWire.Progress.class),
          event("deleted", AnswerWire.Deleted.class),
          event("waiting", AnswerWire.Held.class)
        };
    return List.of(
        on("POST " + place + "queue/manual", "Queues questions")
            .returns(201, AnswerWire.Queued.class),
        on("POST " + place + "queue/upload", "Queues the questions of a file")
            .withFile()
            .returns(201, AnswerWire.Queued.class),
        on("POST " + place + "queue/preview", "Previews what would be queued")
            .withFile()
            .returns(AnswerWire.Preview.class),
        on("GET " + place + "queue", "Batches, newest first")
            .with("status", "limit", "cursor")
            .returns(AnswerWire.Batches.class),
        on("POST " + place + "queue/try", "Tries the pipeline at once, ending a wait")
            .returns(AnswerWire.Held.class),
        on("GET " + place + "batches", "Batches, newest first")
            .with("status", "limit", "cursor")
            .returns(AnswerWire.Batches.class),
        on("GET " + place + "batches/{id}", "One batch with its history")
            .returns(AnswerWire.BatchPage.class),
        on("DELETE " + place + "batches/{id}", "Deletes a batch, cancelled first if it runs"),
        on("GET " + place + "batches/{id}/queries", "Its questions in order")
            .with("status", "limit", "cursor")
            .returns(AnswerWire.Queries.class),
        on("POST " + place + "batches/{id}/queries", "Adds questions")
            .withFile()
            .returns(201, AnswerWire.Queued.class),
        on("POST " + place + "batches/{id}/pause", "Pauses: questions that have begun are finished")
            .returns(AnswerWire.Batch.class),
        on("POST " + place + "batches/{id}/resume", "Resumes").returns(AnswerWire.Batch.class),
        on("POST " + place + "batches/{id}/cancel", "Cancels questions that are not done yet")
            .returns(AnswerWire.Batch.class),
        on("POST " + place + "batches/{id}/retry", "Tries failed and skipped questions again")
            .returns(AnswerWire.Batch.class),
        on("GET " + place + "queries/{id}", "One question with its answer")
            .returns(AnswerWire.QueryPage.class),
        on("DELETE " + place + "queries/{id}", "Deletes a question"),
        on("POST " + place + "queries/{id}/retry", "Tries a question again")
            .returns(AnswerWire.Query.class),
        on("GET " + place + "progress", "One batch, to its end")
            .with("batch_id", "last_event_id")
            .streams(events),
        on("GET " + place + "events", "All batches").with("last_event_id").streams(events),
        on("GET " + place + "settings", "Pace, retries, rules of the cache")
            .returns(AnswerWire.Rules.class),
        on("PUT " + place + "settings", "Changes the settings in the body")
            .returns(AnswerWire.Rules.class));
  }

  private static List<ApiOperation> cache() {
    return List.of(
        on("POST /api/answers/ask", "Answers a user: from the cache, or else by the pipeline")
            .returns(CacheWire.Reply.class),
        on("GET /api/cache/stats", "Usage of the cache")
            .with("window")
            .returns(CacheWire.CacheStats.class),
        on("GET /api/cache/entries", "The entries of the cache")
            .with("search", "scope", "limit", "cursor")
            .returns(CacheWire.Entries.class),
        on("DELETE /api/cache/entries", "Deletes the entries that match all parameters")
            .with("document", "scope", "question", "all")
            .returnsExample(),
        on("GET /api/cache/top", "The most frequent questions")
            .with("window", "limit")
            .returnsList("questions", CacheWire.Top.class),
        on("GET /api/documents", "The corpus").returnsList("documents", AnswerWire.Document.class),
        on("POST /api/documents", "Adds a document, or replaces an older one")
            .withFile()
            .returns(201, AnswerWire.Document.class),
        on("GET /api/documents/{id}", "One document")
            .with("scope")
            .returns(AnswerWire.Document.class),
        on("DELETE /api/documents/{id}", "Deletes a document").with("scope"));
  }

  private static List<ApiOperation> chats() {
    return List.of(
        on("GET /health", "Whether the server is up").returnsExample(),
        on("GET /models", "The models of all providers").returns(ChatWire.Models.class),
        on("GET /ws", "Opens a socket for surfaces and chats").upgrades(),
        on("POST /chat", "Starts a turn and streams it to its end")
            .returnsLines(ChatWire.Event.class),
        on("POST /chat/warm", "Warms a conversation now").returns(ChatWire.Warm.class),
        on("GET /conversations/{id}", "Its history from a sequence number on")
            .with("sinceSeq")
            .returns(ChatWire.History.class),
        on("DELETE /conversations/{id}", "Deletes it with its history, closed first"),
        on("GET /conversations/{id}/metrics", "Tokens and times of its turns")
            .returns(ChatWire.Turns.class),
        on("POST /conversations/{id}/close", "Ends its warming, then its turn")
            .returns(ChatWire.Closed.class),
        on("GET /conversations/{id}/cwd", "Its working directory").returns(ChatWire.Cwd.class),
        on("PUT /conversations/{id}/cwd", "Sets its working directory").returns(ChatWire.Cwd.class),
        on("GET /conversations/{id}/lsp", "Its language servers; always empty")
            .returns(ChatWire.Lsp.class));
  }

  private static List<ApiOperation> prompts() {
    var place = "/api/prompts/conversations";
    return List.of(
        on("GET " + place, "Conversations, by id")
            .with("enabled", "limit", "cursor")
            .returns(PromptWire.Conversations.class),
        on("GET " + place + "/{id}", "One conversation").returns(PromptWire.Conversation.class),
        on("PUT " + place + "/{id}/warming", "Sets whether it is warmed, and how often")
            .returns(PromptWire.Conversation.class),
        on("PUT " + place + "/{id}/budget", "Sets the daily budget of its warms")
            .returns(PromptWire.Conversation.class),
        on("DELETE " + place + "/{id}/budget", "Removes the daily budget of its warms")
            .returns(PromptWire.Conversation.class),
        on("POST " + place + "/{id}/hint", "Hints when its user will return")
            .returns(PromptWire.Conversation.class),
        on("POST " + place + "/{id}/warm", "Warms it now").returns(PromptWire.Warmed.class),
        on("GET " + place + "/{id}/warms", "Its last warms, newest first")
            .with("limit")
            .returns(PromptWire.Warms.class),
        on("GET /api/prompts/ledger", "Costs and savings of turns and warms, summed")
            .with("by", "from", "until", "tenant", "provider", "conversation", "limit")
            .returns(LedgerWire.Ledger.class),
        on("GET /api/prompts/ledger/entries", "The entries of the ledger, as a file")
            .with("from", "until", "tenant", "provider", "conversation", "format")
            .returnsList("entries", LedgerWire.Entry.class)
            .or("text/csv"),
        on("GET /api/prompts/budgets", "The daily budgets of warms, and today's spending")
            .returns(LedgerWire.Budgets.class));
  }
}
