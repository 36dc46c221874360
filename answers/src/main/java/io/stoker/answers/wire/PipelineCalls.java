package io.stoker.answers.wire;

import io.stoker.CallLimits;
import io.stoker.Time;
import io.stoker.answers.PipelineException;
import io.stoker.wire.CallException;
import io.stoker.wire.HttpCalls;
import io.stoker.wire.HttpReply;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Calls whose trouble is a [PipelineException]. Thread-safe.
public final class PipelineCalls {

  private final HttpCalls calls;
  private final Map<String, String> headers;

  /// Calls within these limits.
  ///
  /// @param token shown as `Authorization: Bearer …`; null for none
  public PipelineCalls(CallLimits limits, @Nullable String token, Time time) {
    this.calls = new HttpCalls(limits, time);
    this.headers = token == null ? Map.of() : HttpCalls.bearer(token);
  }

  /// Makes an answer of a reply.
  ///
  /// @param <R> the answer
  public interface Reading<R> {

    /// Reads it as far as is needed; whoever called closes it.
    R read(HttpReply reply) throws InterruptedException;
  }

  /// Posts, and reads what comes.
  ///
  /// @throws PipelineException if no 2xx comes, or what comes cannot be read
  /// @throws InterruptedException if the thread is interrupted; the call is broken off
  public <R> R post(URI uri, String json, Reading<R> reading) throws InterruptedException {
    try (var reply = calls.post(uri, headers, json)) {
      return reading.read(reply);
    } catch (CallException e) {
      throw new PipelineException(code(e), String.valueOf(e.getMessage()), e.retryAfter(), e);
    }
  }

  private static PipelineException.Code code(CallException trouble) {
    return switch (trouble.code()) {
      case RATE_LIMITED -> PipelineException.Code.RATE_LIMITED;
      case UNREACHABLE -> PipelineException.Code.UNREACHABLE;
      case UNAVAILABLE -> PipelineException.Code.UNAVAILABLE;
      case TIMED_OUT -> PipelineException.Code.TIMED_OUT;
      case DENIED -> PipelineException.Code.DENIED;
      case REFUSED -> PipelineException.Code.REFUSED;
      case BAD_ANSWER -> PipelineException.Code.BAD_ANSWER;
    };
  }
}
