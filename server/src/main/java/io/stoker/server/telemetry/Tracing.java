package io.stoker.server.telemetry;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.stoker.CallException;
import io.stoker.WarmCounts;
import io.stoker.answers.Answer;
import io.stoker.answers.AnswerPipeline;
import io.stoker.prompts.CacheProfile;
import io.stoker.prompts.Prices;
import io.stoker.prompts.PromptProvider;
import io.stoker.prompts.PromptRequest;
import io.stoker.prompts.Usage;
import io.stoker.prompts.policy.CacheTier;
import io.stoker.prompts.policy.CacheTiers;
import io.stoker.sessions.SessionEvents;
import io.stoker.sessions.SessionPlan;
import io.stoker.sessions.SessionReport;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/// Adds spans to background work: warm runs, answers and prompt warms. Spring adds those of HTTP
/// requests.
///
/// Spans never contain user text. They record no exceptions for the same reason: an error message
/// of a provider may quote the question. Thread-safe.
///
/// @param tracer null if tracing is off; `traced` then returns its argument
public record Tracing(@Nullable Tracer tracer) {

  private static final String OUTCOME = "stoker.outcome";
  private static final String INTERRUPTED = "interrupted";

  /// Wraps events with a span for each run.
  public SessionEvents traced(SessionEvents events) {
    return tracer == null ? events : new Runs(tracer, events);
  }

  /// Wraps a pipeline with a span for each question.
  public AnswerPipeline traced(AnswerPipeline pipeline) {
    return tracer == null ? pipeline : new Pipeline(tracer, pipeline);
  }

  /// Wraps a provider with a span for each warm.
  public PromptProvider traced(PromptProvider provider) {
    return tracer == null ? provider : new Provider(tracer, provider);
  }

  /// Starts a span with these values of the logging context (MDC) as tags.
  private static Span start(Tracer tracer, String name, String... keys) {
    var span = tracer.nextSpan().name(name);
    for (var key : keys) {
      var value = MDC.get(key);
      if (value != null) {
        span.tag("stoker." + key, value);
      }
    }
    return span.start();
  }

  private static String label(Enum<?> code) {
    return code.name().toLowerCase(Locale.ROOT);
  }

  /// Runs do not overlap, and each is confined to one thread.
  private static final class Runs implements SessionEvents {

    private final Tracer tracer;
    private final SessionEvents events;
    private volatile @Nullable Span span;

    Runs(Tracer tracer, SessionEvents events) {
      this.tracer = tracer;
      this.events = events;
    }

    @Override
    public void started(SessionPlan plan) {
      span = start(tracer, "warm sessions", "run");
      events.started(plan);
    }

    @Override
    public void progress(WarmCounts counts, Duration took) {
      events.progress(counts, took);
    }

    @Override
    public void ended(SessionReport report) {
      var started = span;
      if (started != null) {
        started
            .tag(OUTCOME, report.state().label())
            .tag("stoker.warmed", report.counts().warmed())
            .tag("stoker.skipped", report.counts().totalSkipped())
            .tag("stoker.failed", report.counts().totalFailed())
            .end();
      }
      events.ended(report);
    }
  }

  private record Pipeline(Tracer tracer, AnswerPipeline pipeline) implements AnswerPipeline {

    @Override
    public String version() {
      return pipeline.version();
    }

    @Override
    public Answer answer(String question, String scope) throws InterruptedException {
      var span = start(tracer, "answer question", "batch", "query", "attempt");
      try (var _ = tracer.withSpan(span)) {
        var answer = pipeline.answer(question, scope);
        span.tag(OUTCOME, "answered").tag("stoker.model", answer.model());
        return answer;
      } catch (CallException e) {
        span.tag(OUTCOME, label(e.code()));
        throw e;
      } catch (InterruptedException e) {
        span.tag(OUTCOME, INTERRUPTED);
        throw e;
      } finally {
        span.end();
      }
    }
  }

  private record Provider(Tracer tracer, PromptProvider provider) implements PromptProvider {

    @Override
    public String name() {
      return provider.name();
    }

    @Override
    public String version() {
      return provider.version();
    }

    @Override
    public List<String> models() throws InterruptedException {
      return provider.models();
    }

    @Override
    public CacheProfile cacheProfile(String model) {
      return provider.cacheProfile(model);
    }

    @Override
    public CacheProfile cacheProfile(String model, CacheTier tier) {
      return provider.cacheProfile(model, tier);
    }

    @Override
    public CacheTier defaultTier() {
      return provider.defaultTier();
    }

    @Override
    public CacheTiers cacheTiers(String model) {
      return provider.cacheTiers(model);
    }

    @Override
    public Optional<Prices> prices(String model) {
      return provider.prices(model);
    }

    @Override
    public Completion stream(PromptRequest request, DeltaListener listener)
        throws InterruptedException {
      return provider.stream(request, listener);
    }

    @Override
    public Usage warm(PromptRequest request) throws InterruptedException {
      var tier = request.tier() == null ? defaultTier() : request.tier();
      var span =
          start(tracer, "warm prompt", "conversation")
              .tag("stoker.model", name() + '/' + request.model())
              .tag("stoker.tier", label(tier));
      try (var _ = tracer.withSpan(span)) {
        var usage = provider.warm(request);
        span.tag(OUTCOME, "warmed")
            .tag("stoker.tokens.read", usage.read())
            .tag("stoker.tokens.written", usage.written());
        return usage;
      } catch (CallException e) {
        span.tag(OUTCOME, label(e.code().broad()));
        throw e;
      } catch (InterruptedException e) {
        span.tag(OUTCOME, INTERRUPTED);
        throw e;
      } finally {
        span.end();
      }
    }
  }
}
