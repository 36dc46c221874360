package io.stoker.answers.rag;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.TextRules;
import io.stoker.answers.rag.UnreadableDocumentException.Code;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;

/// The text of an uploaded document: plain text, Markdown, or the text of a PDF.
///
/// @param title the first heading, the title of the PDF, or the file name without its extension
/// @param text plain text or Markdown, with `\n` as line separator
public record DocumentText(String title, String text) {

  /// The largest upload, in bytes.
  public static final int MAX_BYTES = 10 << 20;

  /// The longest text, in characters.
  static final int MAX_CHARACTERS = MAX_BYTES;

  private static final int MAX_TITLE = 200;
  private static final byte[] PDF = "%PDF-".getBytes(UTF_8);

  /// How far from the start of a file the PDF header may be.
  private static final int MAX_PDF_OFFSET = 1024;

  /// Reads an upload; does not close it.
  ///
  /// @param file its name: `.txt`, `.md`, `.markdown` or `.pdf`. A file with a PDF header is read
  ///   as a PDF under any name
  /// @throws UnreadableDocumentException if it cannot be read as a document
  /// @throws IOException if the stream breaks
  public static DocumentText read(String file, InputStream in) throws IOException {
    var bytes = in.readNBytes(MAX_BYTES + 1);
    if (bytes.length > MAX_BYTES) {
      throw new UnreadableDocumentException(
          Code.TOO_LARGE,
          "Expected at most " + (MAX_BYTES >> 20) + " MB, got more. Split the document",
          null);
    }
    return isPdf(file, bytes) ? PdfText.read(nameOf(file), bytes) : plain(file, bytes);
  }

  private static boolean isPdf(String file, byte[] bytes) {
    return extensionOf(file).equals("pdf") || indexOf(bytes, PDF) >= 0;
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    int last = Math.min(bytes.length - part.length, MAX_PDF_OFFSET);
    for (int at = 0; at <= last; at++) {
      if (Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
    return -1;
  }

  private static DocumentText plain(String file, byte[] bytes) {
    switch (extensionOf(file)) {
      case "txt", "text", "md", "markdown" -> {}
      default ->
          throw new UnreadableDocumentException(
              Code.UNKNOWN_KIND,
              "Expected a .txt, .md or .pdf file, got \"" + shortened(file) + '"',
              null);
    }
    var text = lines(decode(bytes));
    if (text.isBlank()) {
      throw new UnreadableDocumentException(
          Code.EMPTY, "Expected some text, got an empty file", null);
    }
    return new DocumentText(titleOf(text, nameOf(file)), text);
  }

  private static String decode(byte[] bytes) {
    try {
      var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.indexOf('\0') < 0) {
        return text;
      }
    } catch (CharacterCodingException _) {
      // Reported below, like text with NUL characters.
    }
    boolean isUtf16 =
        bytes.length >= 2
            && ((bytes[0] == (byte) 0xFF && bytes[1] == (byte) 0xFE)
                || (bytes[0] == (byte) 0xFE && bytes[1] == (byte) 0xFF));
    throw new UnreadableDocumentException(
        Code.NOT_UTF_8,
        "Expected text in UTF-8, got "
            + (isUtf16 ? "UTF-16" : "something else")
            + ". Save it as UTF-8",
        null);
  }

  /// Without a byte order mark, and with `\n` as line separator.
  static String lines(String text) {
    var unmarked = text.startsWith("\uFEFF") ? text.substring(1) : text;
    return unmarked.replace("\r\n", "\n").replace('\r', '\n');
  }

  private static String titleOf(String text, String otherwise) {
    return text.lines()
        .map(MarkdownHeading::of)
        .filter(Objects::nonNull)
        .map(MarkdownHeading::text)
        .filter(heading -> !heading.isBlank())
        .findFirst()
        .orElse(otherwise);
  }

  static String shortened(String title) {
    return TextRules.truncated(title, MAX_TITLE);
  }

  /// The file name without folders and extension.
  private static String nameOf(String file) {
    var name = file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
    int dot = name.lastIndexOf('.');
    return shortened(dot > 0 ? name.substring(0, dot) : name);
  }

  private static String extensionOf(String file) {
    return file.substring(file.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
  }
}
