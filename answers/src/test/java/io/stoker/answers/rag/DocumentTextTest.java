package io.stoker.answers.rag;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stoker.answers.rag.UnreadableDocumentException.Code;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.StandardProtectionPolicy;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentTextTest {

  @Test
  void markdown_is_titled_by_its_first_heading() throws IOException {
    var read =
        read("folder/notes.md", "\uFEFFhello\r\n\r\n## The *plan* ##\rmore\r\n".getBytes(UTF_8));

    assertThat(read).isEqualTo(new DocumentText("The *plan*", "hello\n\n## The *plan* ##\nmore\n"));
  }

  @Test
  void a_text_without_a_heading_is_titled_by_its_file() throws IOException {
    assertThat(read("C:\\docs\\Price list.v2.TXT", "Ä: 5 €".getBytes(UTF_8)))
        .isEqualTo(new DocumentText("Price list.v2", "Ä: 5 €"));
  }

  @Test
  void a_long_title_is_shortened() throws IOException {
    assertThat(read("a.md", ("# " + "x".repeat(5000)).getBytes(UTF_8)).title())
        .hasSizeLessThanOrEqualTo(201);
  }

  @Test
  void text_in_another_encoding_is_refused() {
    assertThat(trouble("a.txt", "Grüße".getBytes(UTF_16)))
        .hasMessageContaining("UTF-16")
        .returns(Code.NOT_UTF_8, UnreadableDocumentException::code);
    assertThat(trouble("a.txt", new byte[] {'G', 'r', (byte) 0xFC, 0x20}).code())
        .isEqualTo(Code.NOT_UTF_8);
    assertThat(trouble("a.txt", Arrays.copyOf("Grüße".getBytes(UTF_8), 3)).code())
        .isEqualTo(Code.NOT_UTF_8);
    assertThat(trouble("a.txt", new byte[] {'a', 0, 'b', 0}).code()).isEqualTo(Code.NOT_UTF_8);
  }

  @Test
  void an_empty_file_is_refused() {
    assertThat(trouble("a.txt", new byte[0]).code()).isEqualTo(Code.EMPTY);
    assertThat(trouble("a.md", " \n\t\r\n".getBytes(UTF_8)).code()).isEqualTo(Code.EMPTY);
    assertThat(trouble("a.pdf", new byte[0]).code()).isEqualTo(Code.DAMAGED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.docx", "a", "", ".", "a.md.exe"})
  void another_kind_of_file_is_refused(String name) {
    assertThat(trouble(name, "text".getBytes(UTF_8)).code()).isEqualTo(Code.UNKNOWN_KIND);
  }

  @Test
  void a_file_may_have_ten_megabytes_and_no_more() throws IOException {
    var bytes = new byte[DocumentText.MAX_BYTES + 1];
    Arrays.fill(bytes, (byte) 'a');

    assertThat(read("a.txt", Arrays.copyOf(bytes, DocumentText.MAX_BYTES)).text())
        .hasSize(DocumentText.MAX_BYTES);
    assertThat(trouble("a.txt", bytes).code()).isEqualTo(Code.TOO_LARGE);
  }

  @Test
  void the_text_of_a_pdf_is_read_whatever_its_name() throws IOException {
    var pdf = pdf("Annual report", "The boiler holds 40 litres.");

    assertThat(read("scan0001.pdf", pdf).title()).isEqualTo("Annual report");
    assertThat(read("upload.bin", pdf).text()).contains("The boiler holds 40 litres.");
  }

  @Test
  void a_pdf_without_a_title_is_titled_by_its_file() throws IOException {
    assertThat(read("boiler.pdf", pdf(null, "40 litres")).title()).isEqualTo("boiler");
  }

  @Test
  void a_pdf_without_text_is_refused() throws IOException {
    assertThat(trouble("scan.pdf", pdf("Scan", "")))
        .hasMessageContaining("no text")
        .returns(Code.NO_TEXT, UnreadableDocumentException::code);
  }

  @Test
  void a_pdf_that_unpacks_to_a_page_without_end_is_refused() throws IOException {
    var bomb = pdf("Bomb", "a".repeat(300_000));

    assertThat(trouble("bomb.pdf", bomb).code()).isEqualTo(Code.TOO_LARGE);
  }

  @Test
  void a_pdf_with_a_password_is_refused() throws IOException {
    assertThat(trouble("a.pdf", locked("owner", "user", true)).code()).isEqualTo(Code.ENCRYPTED);
    assertThat(trouble("a.pdf", locked("owner", "", false)).code()).isEqualTo(Code.ENCRYPTED);
    assertThat(read("a.pdf", locked("owner", "", true)).text()).contains("secret");
  }

  @Test
  void a_damaged_pdf_is_refused() throws IOException {
    var whole = pdf("Annual report", "The boiler holds 40 litres.");

    assertThat(trouble("a.pdf", "%PDF-1.7\nrubbish".getBytes(UTF_8)).code())
        .isEqualTo(Code.DAMAGED);
    for (int seed = 0; seed < 100; seed++) {
      var random = new Random(seed);
      var broken = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
      broken[random.nextInt(broken.length)] = (byte) random.nextInt();
      try {
        assertThat(read("a.pdf", broken).text()).isNotBlank();
      } catch (UnreadableDocumentException e) {
        assertThat(e).hasMessageNotContaining("null");
      }
    }
  }

  @Test
  void a_stream_that_breaks_is_reported_as_such() {
    var in =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("gone");
          }

          @Override
          public int read(byte[] into, int offset, int length) throws IOException {
            return read();
          }
        };

    assertThatThrownBy(() -> DocumentText.read("a.txt", in)).hasMessage("gone");
  }

  private static DocumentText read(String file, byte[] bytes) throws IOException {
    return DocumentText.read(file, new ByteArrayInputStream(bytes));
  }

  private static UnreadableDocumentException trouble(String file, byte[] bytes) {
    return catchThrowableOfType(UnreadableDocumentException.class, () -> read(file, bytes));
  }

  private static byte[] pdf(String title, String text) throws IOException {
    try (var pdf = document(title, text)) {
      return bytes(pdf);
    }
  }

  private static byte[] locked(String owner, String user, boolean extractable) throws IOException {
    try (var pdf = document("Locked", "secret")) {
      var permission = new AccessPermission();
      permission.setCanExtractContent(extractable);
      var policy = new StandardProtectionPolicy(owner, user, permission);
      policy.setEncryptionKeyLength(128);
      pdf.protect(policy);
      return bytes(pdf);
    }
  }

  private static PDDocument document(String title, String text) throws IOException {
    var pdf = new PDDocument();
    var page = new PDPage();
    pdf.addPage(page);
    pdf.getDocumentInformation().setTitle(title);
    if (!text.isEmpty()) {
      try (var content = new PDPageContentStream(pdf, page)) {
        content.beginText();
        content.setFont(new PDType1Font(Standard14Fonts.FontName.HELVETICA), 12);
        content.newLineAtOffset(50, 700);
        content.showText(text);
        content.endText();
      }
    }
    return pdf;
  }

  private static byte[] bytes(PDDocument pdf) throws IOException {
    var bytes = new ByteArrayOutputStream();
    pdf.save(bytes);
    return bytes.toByteArray();
  }
}
