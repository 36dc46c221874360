package io.stoker.server.http;

import io.stoker.Digests;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;
import org.webjars.WebJarVersionLocator;

/// The handlers that serve the console's static files: the page's own from `web`, those of
/// libraries from their jars. The page uses only public routes of the API. Thread-safe.
final class Console {

  /// The paths of the console's files, which need no token. `..`, `;` and `%` do not match, so that
  /// no other path can be reached through it.
  static final String OPEN = "/|/stoker\\.css|/(app|lib)(/[A-Za-z0-9_-]++(\\.[a-z0-9]++)*+)++";

  private static final Pattern IMPORT_MAP =
      Pattern.compile("(?s)<script type=\"importmap\">(.*?)</script>");

  /// The content security policy: only the server's own scripts, and requests to the server.
  /// `data:` is for the icons in Pico's style sheet.
  static final String POLICY =
      "default-src 'none'; script-src 'self' "
          + hashOfImportMap()
          + "; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none';"
          + " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script';"
          + " trusted-types lit-html";

  private static final Map<String, MediaType> TYPES =
      Map.of(
          "html", MediaType.TEXT_HTML,
          "js", MediaType.valueOf("text/javascript;charset=UTF-8"),
          "css", MediaType.valueOf("text/css;charset=UTF-8"),
          "svg", MediaType.valueOf("image/svg+xml"));

  private static final String WEBJARS = "META-INF/resources/webjars/";
  private static final WebJarVersionLocator LIBRARIES = new WebJarVersionLocator();
  private static final Map<String, Optional<File>> FILES = new ConcurrentHashMap<>();

  private Console() {}

  static ServerResponse page(ServerRequest request) {
    return send("web/index.html", request);
  }

  static ServerResponse style(ServerRequest request) {
    return send("web/stoker.css", request);
  }

  /// One of the page's modules.
  static ServerResponse own(ServerRequest request) {
    return send("web/app/" + request.pathVariable("file"), request);
  }

  /// A library's file; its URL has no version.
  static ServerResponse library(ServerRequest request) {
    var library = request.pathVariable("library");
    var version = LIBRARIES.version(library);
    var file = WEBJARS + library + "/" + version + request.pathVariable("file");
    return version == null ? Problems.notFound(request) : send(file, request);
  }

  private static ServerResponse send(String path, ServerRequest request) {
    var file = file(path);
    if (file == null) {
      return Problems.notFound(request);
    }
    if (request.headers().header("If-None-Match").contains(file.tag)) {
      return ServerResponse.status(HttpStatus.NOT_MODIFIED).eTag(file.tag).build();
    }
    return ServerResponse.ok().contentType(file.type).eTag(file.tag).body(file.bytes);
  }

  /// @param tag the ETag, a digest of the content
  @SuppressWarnings("ArrayRecordComponent") // Files are never compared.
  private record File(byte[] bytes, MediaType type, String tag) {}

  private static @Nullable File file(String path) {
    var known = FILES.get(path);
    if (known == null) {
      known = read(path);
      if (known.isPresent()) {
        FILES.put(path, known);
      }
    }
    return known.orElse(null);
  }

  private static Optional<File> read(String path) {
    var type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
    if (type == null || path.contains("..")) {
      return Optional.empty();
    }
    return bytes(path).map(bytes -> new File(bytes, type, '"' + sha256(bytes) + '"'));
  }

  private static Optional<byte[]> bytes(String path) {
    try (InputStream file = Console.class.getClassLoader().getResourceAsStream(path)) {
      return file == null ? Optional.empty() : Optional.of(file.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The CSP source of the import map, the only inline script: browsers do not load import maps
  /// from files.
  private static String hashOfImportMap() {
    var page = new String(bytes("web/index.html").orElseThrow(), StandardCharsets.UTF_8);
    var map = IMPORT_MAP.matcher(page);
    if (!map.find()) {
      throw new IllegalStateException("web/index.html has no import map");
    }
    return "'sha256-" + sha256(map.group(1).getBytes(StandardCharsets.UTF_8)) + "'";
  }

  private static String sha256(byte[] bytes) {
    return Base64.getEncoder().encodeToString(Digests.sha256().digest(bytes));
  }
}
