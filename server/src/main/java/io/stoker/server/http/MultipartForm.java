package io.stoker.server.http;

import io.stoker.server.wire.InvalidValueException;
import io.stoker.server.wire.TextLimits;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.tomcat.util.http.fileupload.FileItemStream;
import org.apache.tomcat.util.http.fileupload.FileUpload;
import org.apache.tomcat.util.http.fileupload.FileUploadException;
import org.apache.tomcat.util.http.fileupload.InvalidFileNameException;
import org.apache.tomcat.util.http.fileupload.MultipartStream.MalformedStreamException;
import org.apache.tomcat.util.http.fileupload.servlet.ServletRequestContext;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.function.ServerRequest;

/// A `multipart/form-data` body, read as a stream and never stored: fields first, then one file.
/// Confined to one request.
///
/// @param <T> what the file is read into
final class MultipartForm<T> {

  private static final Pattern TYPE = Pattern.compile("(?i)multipart/form-data(\\s*;.*)?");
  private static final int MAX_FIELD_BYTES = 1000;

  private final Set<String> known;
  private final FileReader<T> reader;
  private final Map<String, String> fields = new HashMap<>();
  private @Nullable T file;

  private MultipartForm(Set<String> known, FileReader<T> reader) {
    this.known = known;
    this.reader = reader;
  }

  /// Parses a file.
  interface FileReader<T> {

    /// Reads a file to its end.
    ///
    /// @param name the file's name as sent
    /// @param fields the form's other fields
    T read(String name, InputStream content, Map<String, String> fields) throws IOException;
  }

  static boolean isForm(ServerRequest request) {
    return TYPE.matcher(type(request)).matches();
  }

  static String type(ServerRequest request) {
    return String.valueOf(request.servletRequest().getContentType());
  }

  /// Reads a form.
  ///
  /// @param known the fields that are allowed beside `file`
  /// @throws ProblemException if the body is not a form
  /// @throws InvalidValueException if a part is invalid
  static <T> T read(ServerRequest request, Set<String> known, FileReader<T> reader)
      throws IOException {
    if (!isForm(request)) {
      throw wrongType("multipart/form-data with a file", type(request));
    }
    try {
      return new MultipartForm<>(known, reader).read(request);
    } catch (FileUploadException | MalformedStreamException e) {
      throw malformed(e);
    }
  }

  static ProblemException wrongType(String expected, String got) {
    return new ProblemException(
        HttpStatus.UNSUPPORTED_MEDIA_TYPE, "wrong-type", "expected " + expected + ", got " + got);
  }

  private static InvalidValueException malformed(Exception e) {
    return new InvalidValueException(
        "body", "expected a form as in RFC 7578, got one that cannot be read: " + e.getMessage());
  }

  private T read(ServerRequest request) throws IOException, FileUploadException {
    var parts =
        new FileUpload().getItemIterator(new ServletRequestContext(request.servletRequest()));
    while (parts.hasNext()) {
      var part = parts.next();
      if (file != null) {
        throw new InvalidValueException(
            name(part), "expected the file as the form's last part, got this after it");
      }
      take(part);
    }
    if (file == null) {
      throw new InvalidValueException("file", "expected a file, got a form without one");
    }
    return file;
  }

  private void take(FileItemStream part) throws IOException {
    var name = name(part);
    try (var content = part.openStream()) {
      if (name.equals("file")) {
        file = reader.read(fileName(part), content, fields);
      } else if (known.contains(name) && part.isFormField()) {
        if (fields.put(name, field(name, content)) != null) {
          throw new InvalidValueException(name, "expected it once, got it twice");
        }
      } else {
        var names = new TreeSet<>(known);
        names.add("file");
        throw new InvalidValueException(
            name, "unknown; expected one of " + String.join(", ", names));
      }
    }
  }

  private static String name(FileItemStream part) {
    var name = part.getFieldName();
    return name == null ? "a part without a name" : TextLimits.quoted(name);
  }

  private static String fileName(FileItemStream part) {
    String name;
    try {
      name = part.getName();
    } catch (InvalidFileNameException e) {
      throw malformed(e);
    }
    if (name == null || name.isBlank()) {
      throw new InvalidValueException("file", "expected a file with a name, got one without");
    }
    return TextLimits.checked("file", name);
  }

  private static String field(String name, InputStream content) throws IOException {
    var bytes = content.readNBytes(MAX_FIELD_BYTES + 1);
    if (bytes.length > MAX_FIELD_BYTES) {
      throw new InvalidValueException(
          name, "expected at most " + MAX_FIELD_BYTES + " bytes, got more");
    }
    return TextLimits.checked(name, TextLimits.decoded(name, bytes));
  }
}
