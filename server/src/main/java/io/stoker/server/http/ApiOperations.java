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

/// What each route is for, what it takes and which records it gives, in the order of [Routes].
final class ApiOperations {

  private ApiOperations() {}

  static List<ApiOperation> all() {
    return Stream.of(console(), sessions(), answers(), cache(), chats(), prompts())
        .flatMap(List::stream)
        .toList();
  }

  private static List<ApiOperation> console() {
    return List.of(
        on("GET /", "The console").givesText("text/html"),
        on("GET /stoker.css", "Its style").givesText("text/css"),
        on("GET /app/{file}", "Its scripts").givesText("text/javascript").or("image/svg+xml"),
        on("GET /lib/{library}/{*file}", "The libraries that it uses")
            .givesText("text/javascript")
            .or("text/css"),
        on("GET /api/overview", "All that the server does, at a glance")
            .gives(OverviewWire.Whole.class),
        on("GET /api/overview/events", "The same whenever it changes")
            .streams(
                event("overview", OverviewWire.Whole.class, OverviewWire.Now.class),
                event("point", OverviewWire.Point.class)),
        on("GET /api/session", "Whether a token is needed, and who this browser is")
            .gives(AnswerWire.SignedIn.class),
        on("POST /api/session", "Signs a browser in"),
        on("DELETE /api/session", "Signs a browser out"),
        on("POST /api/tickets", "Makes a ticket that opens one stream or socket, once")
            .gives(201, Tickets.Ticket.class));
  }

  private static List<ApiOperation> sessions() {
    var events =
        new Event[] {
          event("progress", SessionWire.Run.class), event("complete", SessionWire.Run.class)
        };
    return List.of(
        on("POST /api/sessions/warm", "Begins a run").gives(202, SessionWire.Run.class),
        on("GET /api/sessions/runs", "The last runs of this process, newest first")
            .with("limit")
            .givesList("runs", SessionWire.Run.class),
        on("GET /api/sessions/runs/{id}", "One run").gives(SessionWire.Run.class),
        on("POST /api/sessions/runs/{id}/cancel", "Asks a run to stop")
            .gives(202, SessionWire.Run.class),
        on("GET /api/sessions/runs/{id}/progress", "One run, to its end").streams(events),
        on("GET /api/sessions/progress", "All runs").streams(events),
        on("GET /api/sessions/estimate", "Counts what a run would take")
            .with("count", "window")
            .gives(SessionWire.Estimate.class),
        on("GET /api/sessions/stats", "Look-ups of all processes")
            .with("window")
            .gives(SessionWire.Stats.class),
        on("POST /api/sessions/revocations", "Signs out"));
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
            .gives(201, AnswerWire.Queued.class),
        on("POST " + place + "queue/upload", "Queues the questions of a file")
            .withFile()
            .gives(201, AnswerWire.Queued.class),
        on("POST " + place + "queue/preview", "Says what would be queued")
            .withFile()
            .gives(AnswerWire.Preview.class),
        on("GET " + place + "queue", "Batches, newest first")
            .with("status", "limit", "cursor")
            .gives(AnswerWire.Batches.class),
        on("POST " + place + "queue/try", "Ends a wait: the pipeline is tried at once")
            .gives(AnswerWire.Held.class),
        on("GET " + place + "batches", "Batches, newest first")
            .with("status", "limit", "cursor")
            .gives(AnswerWire.Batches.class),
        on("GET " + place + "batches/{id}", "One batch with its history")
            .gives(AnswerWire.BatchPage.class),
        on("DELETE " + place + "batches/{id}", "Deletes a batch, cancelled first if it runs"),
        on("GET " + place + "batches/{id}/queries", "Its questions in order")
            .with("status", "limit", "cursor")
            .gives(AnswerWire.Queries.class),
        on("POST " + place + "batches/{id}/queries", "Adds questions")
            .withFile()
            .gives(201, AnswerWire.Queued.class),
        on("POST " + place + "batches/{id}/pause", "Pauses: questions that have begun are finished")
            .gives(AnswerWire.Batch.class),
        on("POST " + place + "batches/{id}/resume", "Resumes").gives(AnswerWire.Batch.class),
        on("POST " + place + "batches/{id}/cancel", "Cancels questions that are not done yet")
            .gives(AnswerWire.Batch.class),
        on("POST " + place + "batches/{id}/retry", "Tries failed and skipped questions again")
            .gives(AnswerWire.Batch.class),
        on("GET " + place + "queries/{id}", "One question with its answer")
            .gives(AnswerWire.QueryPage.class),
        on("DELETE " + place + "queries/{id}", "Deletes a question"),
        on("POST " + place + "queries/{id}/retry", "Tries a question again")
            .gives(AnswerWire.Query.class),
        on("GET " + place + "progress", "One batch, to its end")
            .with("batch_id", "last_event_id")
            .streams(events),
        on("GET " + place + "events", "All batches").with("last_event_id").streams(events),
        on("GET " + place + "settings", "Pace, retries, rules of the cache")
            .gives(AnswerWire.Rules.class),
        on("PUT " + place + "settings", "Changes those that are in the body")
            .gives(AnswerWire.Rules.class));
  }

  private static List<ApiOperation> cache() {
    return List.of(
        on("POST /api/answers/ask", "Answers a user: from the cache, or else by the pipeline")
            .gives(CacheWire.Reply.class),
        on("GET /api/cache/stats", "How the cache is used")
            .with("window")
            .gives(CacheWire.CacheStats.class),
        on("GET /api/cache/entries", "What it holds")
            .with("search", "scope", "limit", "cursor")
            .gives(CacheWire.Entries.class),
        on("DELETE /api/cache/entries", "Deletes the entries that all parameters apply to")
            .with("document", "scope", "question", "all")
            .givesExample(),
        on("GET /api/cache/top", "The most frequent questions")
            .with("window", "limit")
            .givesList("questions", CacheWire.Top.class),
        on("GET /api/documents", "The corpus").givesList("documents", AnswerWire.Document.class),
        on("POST /api/documents", "Adds a document, or replaces an older one")
            .withFile()
            .gives(201, AnswerWire.Document.class),
        on("GET /api/documents/{id}", "One document")
            .with("scope")
            .gives(AnswerWire.Document.class),
        on("DELETE /api/documents/{id}", "Deletes a document").with("scope"));
  }

  private static List<ApiOperation> chats() {
    return List.of(
        on("GET /health", "Whether the server is there").givesExample(),
        on("GET /models", "The models of all providers").gives(ChatWire.Models.class),
        on("GET /ws", "Opens a socket for surfaces and chats").upgrades(),
        on("POST /chat", "Begins a turn, and follows it to its end")
            .givesLines(ChatWire.Event.class),
        on("POST /chat/warm", "Warms a conversation now").gives(ChatWire.Warm.class),
        on("GET /conversations/{id}", "Its history from a number on")
            .with("sinceSeq")
            .gives(ChatWire.History.class),
        on("DELETE /conversations/{id}", "Deletes it with its history, closed first"),
        on("GET /conversations/{id}/metrics", "Tokens and times of its turns")
            .gives(ChatWire.Turns.class),
        on("POST /conversations/{id}/close", "Ends its warming, then its turn")
            .gives(ChatWire.Closed.class),
        on("GET /conversations/{id}/cwd", "The folder it is about").gives(ChatWire.Cwd.class),
        on("PUT /conversations/{id}/cwd", "Sets the folder it is about").gives(ChatWire.Cwd.class),
        on("GET /conversations/{id}/lsp", "Its language servers, of which there are none")
            .gives(ChatWire.Lsp.class));
  }

  private static List<ApiOperation> prompts() {
    var place = "/api/prompts/conversations";
    return List.of(
        on("GET " + place, "Conversations, by id")
            .with("enabled", "limit", "cursor")
            .gives(PromptWire.Conversations.class),
        on("GET " + place + "/{id}", "One conversation").gives(PromptWire.Conversation.class),
        on("PUT " + place + "/{id}/warming", "Sets whether it is warmed, and how often")
            .gives(PromptWire.Conversation.class),
        on("PUT " + place + "/{id}/budget", "Limits what its warms may cost on a day")
            .gives(PromptWire.Conversation.class),
        on("DELETE " + place + "/{id}/budget", "Lets its warms cost any amount")
            .gives(PromptWire.Conversation.class),
        on("POST " + place + "/{id}/hint", "Gives a hint of when its user will come back")
            .gives(PromptWire.Conversation.class),
        on("POST " + place + "/{id}/warm", "Warms it now").gives(PromptWire.Warmed.class),
        on("GET " + place + "/{id}/warms", "Its last warms, newest first")
            .with("limit")
            .gives(PromptWire.Warms.class),
        on("GET /api/prompts/ledger", "Sums of the costs and savings of turns and warms")
            .with("by", "from", "until", "tenant", "provider", "conversation", "limit")
            .gives(LedgerWire.Ledger.class),
        on("GET /api/prompts/ledger/entries", "The same line by line, as a file")
            .with("from", "until", "tenant", "provider", "conversation", "format")
            .givesList("entries", LedgerWire.Entry.class)
            .or("text/csv"),
        on("GET /api/prompts/budgets", "What warms may cost today, and have cost")
            .gives(LedgerWire.Budgets.class));
  }
}
