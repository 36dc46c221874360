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

/// The settings under `stoker.answers.`. `toString` shows no secrets.
///
/// @param data folder for the queue, answers and documents, unless a Postgres is set
/// @param databaseUrl a Postgres for them instead of the folder; null for the folder
/// @param ollamaUrl URL of an Ollama that answers questions; null for none
/// @param openaiUrl URL of an OpenAI-compatible API that answers questions; null for none
/// @param openaiKey API key for `openai-url`; null for none
/// @param model the model that writes answers; required with `ollama-url` or `openai-url`
/// @param pipelineUrl URL of your own application that answers questions; null for none
/// @param pipelineToken bearer token for `pipeline-url`; null for none
/// @param pipelineVersion version of the pipeline; change it to have every question answered anew
/// @param longestRetryAfter the longest `Retry-After` of a pipeline or model API that is obeyed
/// @param embeddings whether passages are searched by meaning as well as by words
/// @param similar whether a question may get the cached answer of another with the same meaning
/// @param sampleCorpus whether a new corpus starts with a few documents about Stoker
/// @param limitBytes maximum size of an uploaded file in bytes
/// @param limitQuestions maximum number of questions in a batch
/// @param limitCharacters maximum length of a question
/// @param limitOpenBatches maximum number of batches that have not ended
/// @param limitOpenQuestions maximum number of unanswered questions in open batches
/// @param limitDocuments maximum number of documents in the corpus
/// @param limitCorpusBytes maximum total size of their texts
/// @param limitAsked maximum number of different questions an hour, over all hours, that are
///   counted separately in the statistics
/// @param keepBatches how long a batch and its questions are kept after its end; 0 for ever
/// @param keepAsked how long the hourly counts of asked questions are kept
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

  /// @throws InvalidValueException naming the first invalid setting
  void check() {
    require(!data.isBlank(), "data", "expected the path of a folder, got none");
    atLeastOne("limit-bytes", limitBytes);
    atLeastOne("limit-questions", limitQuestions);
    atLeastOne("limit-characters", limitCharacters);
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
        "expected more than 0s and at most 1d, got " + DurationFormat.format(longestRetryAfter));
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
    require(limit >= 1, key, "expected at least 1, got " + limit);
  }

  private static void requireKept(String key, Duration kept, Duration least) {
    require(
        kept.compareTo(least) >= 0 && kept.compareTo(LONGEST_KEPT) <= 0,
        key,
        "expected "
            + DurationFormat.format(least)
            + " to 36500d, got "
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

  /// The Postgres of the state; null for the folder.
  ///
  /// @throws InvalidValueException if it is not a Postgres URL
  public @Nullable DatabaseUrl database() {
    return databaseUrl == null || databaseUrl.isBlank() ? null : DatabaseUrl.parse(databaseUrl);
  }

  /// Whether the state is in a Postgres, which several servers can share.
  boolean isShared() {
    return isSet(databaseUrl);
  }

  /// The token file in the data folder.
  public TokenFile tokens() {
    return new TokenFile(Path.of(data, "tokens"));
  }

  /// As [#database()], if `database-url` is set.
  ///
  /// @throws InvalidValueException if it is not a Postgres URL
  public DatabaseUrl requireDatabase() {
    return DatabaseUrl.parse(String.valueOf(databaseUrl));
  }

  /// The embedding model; null if no setting needs it.
  ///
  /// @throws InvalidValueException if it is needed and not installed
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

  /// The configured pipeline: your own application, or the built-in one with or without a chat
  /// model.
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
    return CallTimeouts.STANDARD.withMaxRetryAfter(longestRetryAfter);
  }

  /// The provider of the chat model, for listing its models; null without one.
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

  /// The kind of pipeline: `http`, `ollama`, `openai`, or `extractive` without a model.
  public String answersBy() {
    if (isSet(pipelineUrl)) {
      return "http";
    }
    if (isSet(ollamaUrl)) {
      return "ollama";
    }
    return isSet(openaiUrl) ? "openai" : "extractive";
  }

  /// Whether answers are based on the documents in this server's corpus.
  public boolean answersFromDocuments() {
    return !isSet(pipelineUrl);
  }

  public AnswerQuotas quotas() {
    return new AnswerQuotas(limitOpenBatches, limitOpenQuestions, limitDocuments, limitCorpusBytes);
  }

  public AnswerMaintenance.Retention retention() {
    return new AnswerMaintenance.Retention(keepBatches, keepAsked, limitAsked);
  }

  public QuestionList.Limits limits() {
    return new QuestionList.Limits(limitBytes, limitQuestions, limitCharacters);
  }

  @Override
  public String toString() {
    return "answers in " + (databaseUrl == null ? data : "Postgres");
  }
}
