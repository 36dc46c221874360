package io.stoker.server.http;

import io.stoker.server.access.Caller;
import io.stoker.server.access.TrustedProxies;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/// A servlet filter that authenticates each request, and admits or rejects it before routing.
/// Thread-safe.
///
/// With tokens, callers that [Authenticator] identifies are admitted; the console's files and the
/// health endpoints are open to everyone. [Routes] declares what each caller may do; for Actuator
/// and [ApiDocs], which are not listed there, it is checked here.
///
/// Without tokens the server listens on loopback only, and the remaining threat are web pages in a
/// browser on this machine. They are recognized by the `Host` header (DNS rebinding) and by their
/// `Origin`. Chat front ends may be served from other origins: any on this machine, and configured
/// ones. Requests forwarded by a proxy are rejected, since they may come from anywhere. With
/// tokens, [ForwardedRequest] reads the client's address from trusted proxies.
public final class RequestFilter extends OncePerRequestFilter {

  private static final Pattern CONSOLE = Pattern.compile(Console.OPEN);
  private static final Pattern OPEN =
      Pattern.compile(Console.OPEN + "|/api/session|/health|/actuator/health(/[a-z]+)?");
  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");

  private static final Pattern TICKET =
      Pattern.compile("(?<![^&])" + Authenticator.TICKET + "=[^&]*");

  private static final Pattern LOCAL_PAGE = Pattern.compile("https?://" + LOOPBACK.pattern());

  private static final Problem FOREIGN_HOST =
      new Problem(
          HttpStatus.FORBIDDEN,
          "foreign-host",
          "expected a Host header such as localhost or 127.0.0.1, got another. To use another"
              + " name, make a token: ./stoker token create --role operator --name NAME");

  private static final Problem FOREIGN_ORIGIN =
      new Problem(
          HttpStatus.FORBIDDEN,
          "foreign-origin",
          "expected a page of this server, got an Origin header that names another. Origins that may"
              + " use chats are configured with stoker.prompts.origins");

  private static final Problem PASSED_ON =
      new Problem(
          HttpStatus.FORBIDDEN,
          "passed-on",
          "expected a request by HTTP/1.1 straight from a program on this machine, got one that a"
              + " proxy has passed on (Forwarded, X-Forwarded-*, X-Real-IP, Via or HTTP/1.0):"
              + " without tokens everyone on its network would be an operator. Make a token:"
              + " ./stoker token create --role operator --name NAME, and name the proxy in"
              + " stoker.proxies");

  /// Monitoring endpoints that are not in [Routes].
  private static final List<PathPattern> WATCHED = patterns(List.of("/actuator/**", "/v3/**"));

  private static final List<PathPattern> SCRAPED = patterns(List.of("/actuator/prometheus"));

  private static final List<PathPattern> STREAMS = patterns(Routes.STREAMS);

  /// Browser features that the console does not use.
  private static final String NO_FEATURES =
      Stream.of("camera", "geolocation", "microphone", "payment", "usb")
          .map(feature -> feature + "=()")
          .collect(Collectors.joining(", "));

  private final Authenticator authenticator;
  private final TrustedProxies proxies;
  private final Chats chats;

  /// The configuration of access to chats.
  ///
  /// @param origins the origins whose pages may use chats, in lower case
  /// @param socketPort a port that accepts only WebSockets; 0 for none
  public record Chats(List<String> origins, int socketPort) {

    public Chats {
      origins = List.copyOf(origins);
    }

    private boolean allow(String origin) {
      var lower = origin.toLowerCase(Locale.ROOT);
      return LOCAL_PAGE.matcher(lower).matches() || origins.contains(lower);
    }
  }

  public RequestFilter(Authenticator authenticator, TrustedProxies proxies, Chats chats) {
    this.authenticator = authenticator;
    this.proxies = proxies;
    this.chats = chats;
  }

  private static List<PathPattern> patterns(List<String> paths) {
    return paths.stream().map(PathPatternParser.defaultInstance::parse).toList();
  }

  @Override
  protected boolean shouldNotFilterErrorDispatch() {
    return false;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest sent, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    protect(sent, response);
    if (sent.getDispatcherType() == DispatcherType.ERROR) {
      // Tomcat has rejected this request before the filter.
      chain.doFilter(sent, response);
      return;
    }
    ForwardedRequest request;
    Caller caller;
    try {
      RequestSyntax.requireReadable(sent);
      request = unwrap(sent);
      if (request.isSecure()) {
        response.setHeader("Strict-Transport-Security", "max-age=31536000");
      }
      caller = admit(request, response);
    } catch (ProblemException refusal) {
      reject(refusal.problem(), sent, response);
      return;
    }
    if (isPreflight(request)) {
      allow(response);
    } else {
      chain.doFilter(
          caller == null ? request : new Authenticated(request, caller),
          request.prefix().isEmpty()
              ? response
              : new ForwardedResponse(response, request.prefix()));
    }
  }

  /// The request as the client sent it.
  ///
  /// @throws ProblemException if the client cannot be determined
  private ForwardedRequest unwrap(HttpServletRequest sent) {
    if (authenticator.tokens().areRequired()) {
      return ForwardedRequest.of(sent, proxies);
    }
    // Some proxies add no header, but use HTTP/1.0, which no browser does.
    if (ForwardedRequest.isFromProxy(sent) || sent.getProtocol().equals("HTTP/1.0")) {
      throw new ProblemException(PASSED_ON);
    }
    return ForwardedRequest.of(sent, TrustedProxies.NONE);
  }

  /// Authenticates a request.
  ///
  /// @return null if it is anonymous and the path is open
  /// @throws ProblemException if it is rejected
  private @Nullable Caller admit(HttpServletRequest request, HttpServletResponse response) {
    if (!authenticator.tokens().areRequired()) {
      refuseForeign(request);
    }
    if (isChat(request)) {
      response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
      response.setHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, ChatStream.ID);
    }
    var identity = authenticator.identify(request, takesTickets(request));
    var caller = identity.caller();
    if (!isOpen(request)) {
      if (caller == null) {
        throw authenticator.unauthorized(request, identity.hasTried());
      }
      authenticator.count(caller);
      RequestLimitsFilter.use(request, caller);
      access(request).require(caller);
    }
    if (request.getLocalPort() == chats.socketPort && !SocketMapping.isHandshake(request)) {
      response.setHeader(HttpHeaders.UPGRADE, "websocket");
      throw new ProblemException(ChatHandlers.upgradeRequired(request.getRequestURI()));
    }
    return caller;
  }

  /// The minimum access for a path; routes may require more.
  private static Access access(HttpServletRequest request) {
    if (isOneOf(SCRAPED, request)) {
      return Access.SCRAPE;
    }
    return isOneOf(WATCHED, request) ? Access.READ : Access.AUTHENTICATED;
  }

  private static void reject(
      Problem problem, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (problem.status() == HttpStatus.UNAUTHORIZED) {
      response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    }
    (isChat(request) ? problem.forChats() : problem).write(response);
  }

  private static boolean takesTickets(HttpServletRequest request) {
    return SocketMapping.isHandshake(request)
        || (request.getMethod().equals("GET") && isOneOf(STREAMS, request));
  }

  /// Matches the path by the same rules as the router.
  private static boolean isOneOf(List<PathPattern> patterns, HttpServletRequest request) {
    var path = ServletRequestPathUtils.parse(request).pathWithinApplication();
    return patterns.stream().anyMatch(pattern -> pattern.matches(path));
  }

  private static boolean isChat(HttpServletRequest request) {
    return SocketMapping.isHandshake(request) || ChatHandlers.isChat(request.getRequestURI());
  }

  /// Whether this is a CORS preflight request for chats.
  private static boolean isPreflight(HttpServletRequest request) {
    return request.getMethod().equals("OPTIONS")
        && request.getHeader(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD) != null
        && isChat(request);
  }

  private void allow(HttpServletResponse response) {
    response.setStatus(HttpStatus.NO_CONTENT.value());
    response.setHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, DELETE, OPTIONS");
    response.setHeader(
        HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS,
        authenticator.tokens().areRequired() ? "Content-Type, Authorization" : "Content-Type");
  }

  /// Whether a request is open to anonymous callers.
  private static boolean isOpen(HttpServletRequest request) {
    return isPreflight(request)
        || (!SocketMapping.isHandshake(request) && OPEN.matcher(request.getRequestURI()).matches());
  }

  private static void protect(HttpServletRequest request, HttpServletResponse response) {
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.setHeader("Content-Security-Policy", Console.POLICY);
    response.setHeader("X-Frame-Options", "DENY");
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader(
        "Cross-Origin-Resource-Policy", isChat(request) ? "cross-origin" : "same-origin");
    response.setHeader("Permissions-Policy", NO_FEATURES);
    boolean isCacheable = CONSOLE.matcher(request.getRequestURI()).matches();
    response.setHeader(HttpHeaders.CACHE_CONTROL, isCacheable ? "no-cache" : "no-store");
  }

  private void refuseForeign(HttpServletRequest request) {
    var host = request.getHeader(HttpHeaders.HOST);
    if (host == null || !LOOPBACK.matcher(host.toLowerCase(Locale.ROOT)).matches()) {
      throw new ProblemException(FOREIGN_HOST);
    }
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    var own = request.getScheme() + "://" + host;
    if (origin != null
        && !origin.equalsIgnoreCase(own)
        && !(isChat(request) && chats.allow(origin))) {
      throw new ProblemException(FOREIGN_ORIGIN);
    }
  }

  /// A request with its caller as the principal for handlers and Actuator, and without its ticket,
  /// which is a secret.
  private static final class Authenticated extends HttpServletRequestWrapper {

    private final Caller caller;

    Authenticated(HttpServletRequest request, Caller caller) {
      super(request);
      this.caller = caller;
    }

    @Override
    public Principal getUserPrincipal() {
      return caller;
    }

    @Override
    public boolean isUserInRole(String role) {
      return caller.role().label().equals(role);
    }

    @Override
    public Map<String, String[]> getParameterMap() {
      var all = super.getParameterMap();
      if (!hasTicket()) {
        return all;
      }
      var others = new LinkedHashMap<>(all);
      others.remove(Authenticator.TICKET);
      return others;
    }

    @Override
    public @Nullable String getQueryString() {
      var query = super.getQueryString();
      return query == null || !hasTicket() ? query : TICKET.matcher(query).replaceAll("");
    }

    private boolean hasTicket() {
      return takesTickets((HttpServletRequest) getRequest());
    }
  }
}
