package io.stoker.wire;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.CallTimeouts;
import io.stoker.TextRules;
import io.stoker.Time;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// An HTTP client for JSON APIs. When the calling thread is interrupted or a timeout expires, the
/// connection is closed at once, so that the model stops working.
///
/// Every failure is a [CallException]. Redirects are not followed, so that keys reach only the
/// configured address. Thread-safe.
public final class HttpCalls {

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final int EXCERPT = 300;

  /// The most digits of a `Retry-After` in seconds; nine are 31 years.
  private static final int MAX_DIGITS = 9;

  /// The default limit of a response's size, more than any answer that is not streamed needs.
  private static final int MAX_BYTES = 4 << 20;

  private static final String AUTHORIZATION = "Authorization";
  private static final String BEARER = "Bearer ";

  private final CallTimeouts timeouts;
  private final int maxBytes;
  private final Time time;
  private final HttpClient client;

  /// A client with these timeouts and responses of up to 4 MiB.
  public HttpCalls(CallTimeouts timeouts, Time time) {
    this(timeouts, MAX_BYTES, time);
  }

  /// A client with these timeouts.
  ///
  /// @param maxBytes the largest response; a larger one is a `BAD_ANSWER`
  public HttpCalls(CallTimeouts timeouts, int maxBytes, Time time) {
    this.timeouts = timeouts;
    this.maxBytes = maxBytes;
    this.time = time;
    this.client =
        HttpClient.newBuilder()
            // Cancelling an HTTP/2 call would leave the connection open.
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
  }

  /// Checks that an address is absolute, `http` or `https`, and without user and password, which
  /// would end up in logs.
  ///
  /// @throws IllegalArgumentException if it is not; the message contains no password
  public static void check(URI uri) {
    boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!web || uri.getHost() == null) {
      throw new IllegalArgumentException(
          "expected an address such as http://127.0.0.1:11434, got one with the scheme "
              + uri.getScheme()
              + " and the host "
              + uri.getHost());
    }
    if (uri.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "an address must not hold a user and password; give the key or token by itself");
    }
  }

  /// The `Authorization` header for a key or token; no header if it is null.
  public static Map<String, String> bearer(@Nullable String token) {
    return token == null ? Map.of() : Map.of(AUTHORIZATION, BEARER + token);
  }

  /// Reads a reply.
  ///
  /// @param <R> the result
  public interface Reader<R> {

    /// Reads the reply as far as needed; it is closed afterwards.
    R read(HttpReply reply) throws InterruptedException;
  }

  /// Sends a POST request, and reads the reply as it arrives.
  ///
  /// @throws CallException if the reply is not 2xx, does not arrive or cannot be parsed
  /// @throws InterruptedException if the thread is interrupted; the call is cancelled
  public <R> R post(URI uri, Map<String, String> headers, String json, Reader<R> reader)
      throws InterruptedException {
    return call(
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)),
        uri,
        headers,
        reader);
  }

  /// Sends a GET request, and reads the reply as it arrives.
  ///
  /// @throws CallException if the reply is not 2xx, does not arrive or cannot be parsed
  /// @throws InterruptedException if the thread is interrupted; the call is cancelled
  public <R> R get(URI uri, Map<String, String> headers, Reader<R> reader)
      throws InterruptedException {
    return call(HttpRequest.newBuilder(uri).GET(), uri, headers, reader);
  }

  private <R> R call(
      HttpRequest.Builder request, URI uri, Map<String, String> headers, Reader<R> reader)
      throws InterruptedException {
    headers.forEach(request::header);
    var deadline = new CallDeadline(where(uri), timeouts, time);
    var response = await(request.build(), deadline);
    try (var reply =
        new HttpReply(
            response.headers().firstValue("Content-Type").orElse(""),
            response.body(),
            maxBytes,
            deadline)) {
      if (response.statusCode() / 100 != 2) {
        throw refusal(response, deadline.where() + ": " + excerpt(reply, headers));
      }
      return reader.read(reply);
    } catch (JacksonException e) {
      throw new CallException(
          Code.BAD_ANSWER,
          "the reply of " + deadline.where() + " cannot be parsed: " + e.getOriginalMessage(),
          null,
          e);
    }
  }

  private HttpResponse<ReplyBody> await(HttpRequest request, CallDeadline deadline)
      throws InterruptedException {
    // A virtual thread that is already interrupted would otherwise send the request first.
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    var sent = client.sendAsync(request, _ -> new ReplyBody());
    boolean received = false;
    try {
      var response = sent.get(deadline.remaining().toNanos(), TimeUnit.NANOSECONDS);
      received = true;
      return response;
    } catch (TimeoutException _) {
      throw deadline.timedOut();
    } catch (ExecutionException e) {
      throw unavailable(deadline.where(), e.getCause());
    } finally {
      if (!received) {
        cancel(sent);
      }
    }
  }

  private static void cancel(CompletableFuture<HttpResponse<ReplyBody>> sent) {
    if (!sent.cancel(true)) {
      var _ = sent.thenAccept(response -> response.body().cancel());
    }
  }

  static CallException unavailable(String where, @Nullable Throwable cause) {
    return switch (cause) {
      case ConnectException refused -> unreachable(where, refused);
      case HttpTimeoutException late -> unreachable(where, late);
      case IOException broken -> brokeOff(where, broken);
      case null -> brokeOff(where, new IOException("no reason given"));
      case Throwable other -> brokeOff(where, new IOException(other));
    };
  }

  private static CallException brokeOff(String where, IOException cause) {
    return new CallException(
        Code.UNAVAILABLE, where + " broke off: " + cause.getMessage(), null, cause);
  }

  private static CallException unreachable(String where, Throwable cause) {
    return new CallException(Code.UNREACHABLE, where + " cannot be reached", null, cause);
  }

  private CallException refusal(HttpResponse<?> response, String message) {
    int status = response.statusCode();
    var code =
        switch (status) {
          case 429 -> Code.RATE_LIMITED;
          case 408 -> Code.TIMED_OUT;
          case 401, 402, 403, 404, 405, 407 -> Code.DENIED;
          default -> status >= 500 ? Code.UNAVAILABLE : status < 400 ? Code.DENIED : Code.REFUSED;
        };
    var text = "HTTP " + status + " from " + message;
    return new CallException(code, status, text, retryAfter(response));
  }

  /// The header's seconds, or the time until its date, cut to `maxRetryAfter`; null if it is
  /// neither.
  private @Nullable Duration retryAfter(HttpResponse<?> response) {
    var value = response.headers().firstValue("Retry-After").orElse("").strip();
    var wait = isDigits(value) ? seconds(value) : untilDate(value);
    return wait == null || wait.compareTo(timeouts.maxRetryAfter()) <= 0
        ? wait
        : timeouts.maxRetryAfter();
  }

  private static boolean isDigits(String value) {
    return !value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private Duration seconds(String digits) {
    return digits.length() <= MAX_DIGITS
        ? Duration.ofSeconds(Long.parseLong(digits))
        : timeouts.maxRetryAfter();
  }

  private @Nullable Duration untilDate(String value) {
    try {
      var date = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      var wait = Duration.between(time.now(), date);
      return wait.isNegative() ? Duration.ZERO : wait;
    } catch (DateTimeException _) {
      return null;
    }
  }

  /// The beginning of the reply on one line, without the key, which some servers echo.
  private static String excerpt(HttpReply reply, Map<String, String> headers)
      throws InterruptedException {
    var text = "";
    try {
      text = reply.text();
    } catch (CallException _) {
      // The status says enough.
    }
    var token = headers.getOrDefault(AUTHORIZATION, "").replace(BEARER, "");
    var shown = token.isEmpty() ? text : text.replace(token, "***");
    return TextRules.truncated(TextRules.oneLine(shown), EXCERPT + 1);
  }

  /// An address without trailing slashes, for a path to be appended.
  public static String base(URI uri) {
    var text = uri.toString();
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '/') {
      end--;
    }
    return text.substring(0, end);
  }

  /// Scheme, host, port and path: the query may contain a key.
  private static String where(URI uri) {
    return uri.getScheme() + "://" + uri.getAuthority() + uri.getPath();
  }
}
