package io.stoker.server.settings;

import io.stoker.CallTimeouts;
import io.stoker.Time;
import io.stoker.answers.AnswerMaintenance;
import io.stoker.answers.AnswerPipeline;
import io.stoker.answers.AnswerStore;
import io.stoker.answers.Encoder;
import io.stoker.answers.HttpPipelineSettings;
import io.stoker.answers.QuestionList;
import io.stoker.answers.rag.ChatSettings;
import io.stoker.answers.rag.RagPipeline;
import io.stoker.answers.rag.RagSettings;
import io.stoker.prompts.OpenAiSettings;
import io.stoker.prompts.PromptProvider;
import io.stoker.prompts.ProviderFacts;
import io.stoker.server.access.TokenFile;
import io.stoker.server.wire.DurationFormat;
import io.stoker.server.wire.InvalidValueException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What can be set under `stoker.answers.`; never shows its secrets.
///
/// @param data the folder that queue, answers and documents are kept in, unless in Postgres
/// @param databaseUrl a Postgres to keep them in instead; null for the folder
/// @param ollamaUrl where an Ollama answers questions; null for none
/// @param openaiUrl where something that speaks OpenAI's protocol does; null for none
/// @param openaiKey what it wants to be shown; null for nothing
/// @param model which model writes answers; null without a chat model
/// @param pipelineUrl where an application of your own answers questions; null for none
/// @param pipelineToken what it wants to be shown; null for nothing
/// @param pipelineVersion change it to have every question answered anew
/// @param longestRetryAfter how long whatever answers is left alone at the most when it says
///   `Retry-After`
/// @param embeddings whether passages are looked up by meaning as well as by words
/// @param similar whether a question may be served the answer of another that means the same
/// @param sampleCorpus whether a new corpus begins with a few documents about Stoker
/// @param limitBytes how long an uploaded file may be
/// @param limitQuestions how many questions a batch may have
/// @param limitCharacters how long a question may be
/// @param limitOpenBatches how many batches may be open, that is, not over
/// @param limitOpenQuestions how many questions of open batches may wait for an answer
/// @param limitDocuments how many documents the corpus may have
/// @param limitCorpusBytes how long all their texts together may be
/// @param limitAsked how many different questions an hour, over all hours, the statistics tell
///   apart
/// @param keepBatches how long a batch is kept with its questions after its end; 0 for ever
/// @param keepAsked how long it is kept what was asked, by the hour
public record AnswerSettingsKeys(
    @DefaultValue("data") String data,
    @Nullable String databaseUrl,
    @Nullable String ollamaUrl,
    @Nullable String openaiUrl,
    @Nullable String openaiKey,
    @Nullable String model,
    @Nullable String pipelineUrl,
    @Nullable String pipelineToken,
    @DefaultValue("1") String pipelineVersion,
    @DefaultValue("1h") Duration longestRetryAfter,
    @DefaultValue("false") boolean embeddings,
    @DefaultValue("false") boolean similar,
    @DefaultValue("true") boolean sampleCorpus,
    @DefaultValue("10485760") long limitBytes,
    @DefaultValue("10000") int limitQuestions,
    @DefaultValue("4000") int limitCharacters,
    @DefaultValue("1000") long limitOpenBatches,
    @DefaultValue("500000") long limitOpenQuestions,
    @DefaultValue("10000") long limitDocuments,
    @DefaultValue("1073741824") long limitCorpusBytes,
    @DefaultValue("100000") long limitAsked,
    @DefaultValue("90d") Duration keepBatches,
    @DefaultValue("31d") Duration keepAsked) {

  private static final String PREFIX = "stoker.answers.";
  private static final Duration LONGEST_KEPT = Duration.ofDays(36_500);

  /// Looks at everything that can be wrong.
  ///
  /// @throws InvalidValueException if something is
  void check() {
    require(!data.isBlank(), "data", "expected the path of a folder, got none");
    require(limitBytes >= 1, "limit-bytes", "must be at least 1 but was " + limitBytes);
    require(limitQuestions >= 1, "limit-questions", "must be at least 1 but was " + limitQuestions);
    require(
        limitCharacters >= 1, "limit-characters", "must be at least 1 but was " + limitCharacters);
    atLeastOne("limit-open-batches", limitOpenBatches);
    atLeastOne("limit-open-questions", limitOpenQuestions);
    atLeastOne("limit-documents", limitDocuments);
    atLeastOne("limit-corpus-bytes", limitCorpusBytes);
    atLeastOne("limit-asked", limitAsked);
    requireKept("keep-batches", keepBatches, Duration.ZERO);
    requireKept("keep-asked", keepAsked, Duration.ofHours(1));
    require(
        longestRetryAfter.isPositive() && longestRetryAfter.compareTo(Duration.ofDays(1)) <= 0,
        "longest-retry-after",
        "must be positive and at most 1d but was " + DurationFormat.format(longestRetryAfter));
    database();
    var pipelines =
        Stream.of(ollamaUrl, openaiUrl, pipelineUrl).filter(AnswerSettingsKeys::isSet).count();
    require(
        pipelines <= 1,
        "ollama-url",
        "expected at most one of ollama-url, openai-url and pipeline-url, got " + pipelines);
    ServerUrl.check(PREFIX + "ollama-url", ollamaUrl);
    ServerUrl.check(PREFIX + "openai-url", openaiUrl);
    ServerUrl.check(PREFIX + "pipeline-url", pipelineUrl);
    require(
        isSet(model) || (!isSet(ollamaUrl) && !isSet(openaiUrl)),
        "model",
        "expected the name of a model such as llama3.2, got none");
  }

  private static void atLeastOne(String key, long limit) {
    require(limit >= 1, key, "must be at least 1 but was " + limit);
  }

  private static void requireKept(String key, Duration kept, Duration least) {
    require(
        kept.compareTo(least) >= 0 && kept.compareTo(LONGEST_KEPT) <= 0,
        key,
        "must be "
            + DurationFormat.format(least)
            + " to 36500d but was "
            + DurationFormat.format(kept));
  }

  private static boolean isSet(@Nullable String text) {
    return text != null && !text.isBlank();
  }

  private static void require(boolean holds, String key, String problem) {
    if (!holds) {
      throw new InvalidValueException(PREFIX + key, problem);
    }
  }

  /// The Postgres to keep everything in; null for the folder.
  ///
  /// @throws InvalidValueException if it is no address of a Postgres
  public @Nullable DatabaseUrl database() {
    return databaseUrl == null || databaseUrl.isBlank() ? null : DatabaseUrl.parse(databaseUrl);
  }

  /// Whether it is kept in a Postgres, where other servers can have it, too.
  boolean isShared() {
    return isSet(databaseUrl);
  }

  /// The file of tokens that is in the folder.
  public TokenFile tokens() {
    return new TokenFile(Path.of(data, "tokens"));
  }

  /// The same where one is set.
  ///
  /// @throws InvalidValueException if it is no address of a Postgres
  public DatabaseUrl requireDatabase() {
    return DatabaseUrl.parse(String.valueOf(databaseUrl));
  }

  /// What turns texts into vectors; null if nothing wants any.
  ///
  /// @throws InvalidValueException if none is installed
  public @Nullable Encoder encoder() {
    if (!embeddings && !similar) {
      return null;
    }
    return Encoder.installed()
        .orElseThrow(() ->
            new InvalidValueException(
                PREFIX + (embeddings ? "embeddings" : "similar"),
                "search by meaning needs an encoder such as stoker-minilm on the class path"));
  }

  /// What answers: an application of your own, or the stock pipeline, with a chat model if there is
  /// one.
  public AnswerPipeline pipeline(AnswerStore store, @Nullable Encoder encoder, Time time) {
    if (pipelineUrl != null && isSet(pipelineUrl)) {
      return AnswerPipeline.http(
          new HttpPipelineSettings(
              URI.create(pipelineUrl.strip()), pipelineToken, pipelineVersion, callLimits()),
          time);
    }
    var settings = RagSettings.EXTRACTIVE;
    var chat = chat();
    if (chat != null) {
      settings = settings.with(chat.within(callLimits()));
    }
    if (embeddings && encoder != null) {
      settings = settings.with(encoder);
    }
    return RagPipeline.of(store.documents(), settings, time);
  }

  private CallTimeouts callLimits() {
    return CallTimeouts.STANDARD.withRetryAfter(longestRetryAfter);
  }

  /// Whoever has the chat model, to be asked what models there are; null without one.
  public @Nullable PromptProvider chatProvider(Time time) {
    if (ollamaUrl != null && isSet(ollamaUrl)) {
      var ollama = OpenAiSettings.ollama(URI.create(ollamaUrl.strip()));
      return PromptProvider.openAi(ollama, ProviderFacts.standard(), time);
    }
    if (openaiUrl != null && isSet(openaiUrl)) {
      var openAi =
          OpenAiSettings.compatible("openai", URI.create(openaiUrl.strip()), strip(openaiKey));
      return PromptProvider.openAi(openAi, ProviderFacts.standard(), time);
    }
    return null;
  }

  private static @Nullable String strip(@Nullable String text) {
    return text == null || text.isBlank() ? null : text.strip();
  }

  private @Nullable ChatSettings chat() {
    var name = model == null ? "" : model.strip();
    if (ollamaUrl != null && isSet(ollamaUrl)) {
      return ChatSettings.ollama(URI.create(ollamaUrl.strip()), name);
    }
    if (openaiUrl != null && isSet(openaiUrl)) {
      return ChatSettings.openAi(URI.create(openaiUrl.strip()), name, openaiKey);
    }
    return null;
  }

  /// What kind of pipeline answers: `http`, `ollama`, `openai`, or `extractive` without a model.
  public String answersBy() {
    if (isSet(pipelineUrl)) {
      return "http";
    }
    if (isSet(ollamaUrl)) {
      return "ollama";
    }
    return isSet(openaiUrl) ? "openai" : "extractive";
  }

  /// Whether documents that the server holds are what answers rest on.
  public boolean answersFromDocuments() {
    return !isSet(pipelineUrl);
  }

  /// How much may be in the queue and in the corpus.
  public AnswerQuotas quotas() {
    return new AnswerQuotas(limitOpenBatches, limitOpenQuestions, limitDocuments, limitCorpusBytes);
  }

  /// How long what is over is kept.
  public AnswerMaintenance.Retention retention() {
    return new AnswerMaintenance.Retention(keepBatches, keepAsked, limitAsked);
  }

  /// How long lists of questions may be.
  public QuestionList.Limits limits() {
    return new QuestionList.Limits(limitBytes, limitQuestions, limitCharacters);
  }

  @Override
  public String toString() {
    return "answers in " + (databaseUrl == null ? data : "Postgres");
  }
}
