package io.stoker.answers.rag;

import io.stoker.TextRules;
import io.stoker.answers.rag.UnreadableDocumentException.Code;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.Writer;
import java.util.List;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.contentstream.operator.Operator;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.io.MemoryUsageSetting;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.text.PDFTextStripper;
import org.apache.pdfbox.text.TextPosition;

/// Extracts the text of a PDF with PDFBox.
final class PdfText {

  /// The most memory for an unpacked PDF.
  private static final long MAX_MEMORY = Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4);

  /// The most characters of a page. A printed page has about 5,000; each takes about 200 bytes
  /// while the page is read.
  private static final int MAX_CHARACTERS_PER_PAGE = 200_000;

  private static final String FONT_CACHE = "pdfbox.fontcache";

  static {
    // PDFBox caches the machine's fonts here instead of in the user's home.
    if (System.getProperty(FONT_CACHE) == null) {
      System.setProperty(FONT_CACHE, System.getProperty("java.io.tmpdir"));
    }
  }

  private PdfText() {}

  static DocumentText read(String name, byte[] bytes) {
    try {
      return text(name, bytes);
    } catch (InvalidPasswordException e) {
      throw new UnreadableDocumentException(
          Code.ENCRYPTED, "The PDF needs a password. Save it without one", e);
    } catch (TooLong e) {
      throw new UnreadableDocumentException(
          Code.TOO_LARGE,
          "The PDF has more than "
              + DocumentText.MAX_CHARACTERS
              + " characters, or more than "
              + MAX_CHARACTERS_PER_PAGE
              + " on one page. Split it",
          e);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      if (e instanceof UnreadableDocumentException known) {
        throw known;
      }
      throw new UnreadableDocumentException(
          Code.DAMAGED, "The PDF cannot be read: " + e.getMessage(), e);
    }
  }

  private static DocumentText text(String name, byte[] bytes) throws IOException {
    var memory = MemoryUsageSetting.setupMainMemoryOnly(MAX_MEMORY).streamCache;
    try (var pdf = Loader.loadPDF(bytes, "", null, null, memory)) {
      if (!pdf.getCurrentAccessPermission().canExtractContent()) {
        throw new UnreadableDocumentException(
            Code.ENCRYPTED, "The PDF does not allow its text to be extracted", null);
      }
      var text = new Limited();
      var stripper = new Stripper();
      stripper.setLineSeparator("\n");
      stripper.setParagraphEnd("\n");
      stripper.writeText(pdf, text);
      var words = TextRules.sanitized(DocumentText.lines(text.toString()).replace("\0", ""));
      if (words.isBlank()) {
        throw new UnreadableDocumentException(
            Code.NO_TEXT, "The PDF has no text; run text recognition on scans first", null);
      }
      return new DocumentText(title(pdf, name), words);
    }
  }

  private static String title(PDDocument pdf, String otherwise) {
    var title = pdf.getDocumentInformation().getTitle();
    return title == null || title.isBlank()
        ? otherwise
        : DocumentText.shortened(TextRules.sanitized(title.strip()));
  }

  /// Thrown when there is more text than a document may have.
  private static final class TooLong extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /// Extracts the text of pages, within the limits.
  private static final class Stripper extends PDFTextStripper {

    private int onThisPage;

    Stripper() throws IOException {}

    @Override
    protected void startPage(PDPage page) {
      onThisPage = 0;
    }

    @Override
    public void processPage(PDPage page) throws IOException {
      endIfInterrupted();
      super.processPage(page);
    }

    @Override
    protected void processOperator(Operator operator, List<COSBase> operands) throws IOException {
      endIfInterrupted();
      super.processOperator(operator, operands);
    }

    /// Called for each operator too, since a page may have any number of them.
    private static void endIfInterrupted() throws IOException {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("reading a PDF took too long");
      }
    }

    @Override
    protected void processTextPosition(TextPosition position) {
      if (++onThisPage > MAX_CHARACTERS_PER_PAGE) {
        throw new TooLong();
      }
      super.processTextPosition(position);
    }
  }

  /// Collects text up to the maximum.
  private static final class Limited extends Writer {

    private final StringBuilder text = new StringBuilder();

    @Override
    public void write(char[] characters, int offset, int length) {
      if (text.length() + length > DocumentText.MAX_CHARACTERS) {
        throw new TooLong();
      }
      text.append(characters, offset, length);
    }

    @Override
    public void flush() {
      // Nothing is buffered.
    }

    @Override
    public void close() {
      // Nothing is open.
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
