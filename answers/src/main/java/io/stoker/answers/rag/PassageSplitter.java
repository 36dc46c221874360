package io.stoker.answers.rag;

import io.stoker.answers.AnswerDocuments.Document;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Splits a document into passages: at headings, then between paragraphs, then between sentences.
/// Passages are unchanged parts of the text; within a section each begins with the last sentence of
/// the one before, if that is short.
final class PassageSplitter {

  /// The longest passage, in characters.
  static final int MAX_LENGTH = 800;

  /// The most passages of a document: four times as many as the largest upload yields.
  static final int MAX_PASSAGES = 50_000;

  /// The longest sentence that is repeated at the start of the next passage.
  private static final int OVERLAP = 160;

  private static final Pattern FENCE = Pattern.compile("\\s{0,3}(```|~~~).*");
  private static final Pattern BLANK = Pattern.compile("\\n[ \\t\\r]*+(?=\\n)");

  private final Document document;
  private final List<Passage> passages = new ArrayList<>();
  private final TreeMap<Integer, String> headings = new TreeMap<>();

  private PassageSplitter(Document document) {
    this.document = document;
  }

  static List<Passage> split(Document document) {
    var splitter = new PassageSplitter(document);
    splitter.splitSections();
    return splitter.passages;
  }

  /// Goes through the lines, and ends a section at each heading.
  private void splitSections() {
    var text = document.text();
    boolean inFence = false;
    int start = 0;
    int line = 0;
    while (line < text.length() && passages.size() < MAX_PASSAGES) {
      int end = text.indexOf('\n', line);
      int next = end < 0 ? text.length() : end + 1;
      var words = text.substring(line, end < 0 ? text.length() : end).stripTrailing();
      var heading = MarkdownHeading.of(words);
      if (FENCE.matcher(words).matches()) {
        inFence = !inFence;
      } else if (!inFence && heading != null) {
        addSection(start, line);
        headings.tailMap(heading.depth(), true).clear();
        headings.put(heading.depth(), heading.text());
        start = next;
      }
      line = next;
    }
    addSection(start, text.length());
  }

  /// Fills passages with as many paragraphs as fit.
  private void addSection(int from, int to) {
    var parts = new ArrayList<Span>();
    for (var paragraph : paragraphs(new Span(from, to))) {
      parts.addAll(paragraph.length() <= MAX_LENGTH ? List.of(paragraph) : sentences(paragraph));
    }
    int i = 0;
    while (i < parts.size() && passages.size() < MAX_PASSAGES) {
      int start = parts.get(i).from;
      int end = parts.get(i).to;
      for (i++; i < parts.size() && parts.get(i).to - start <= MAX_LENGTH; i++) {
        end = parts.get(i).to;
      }
      add(new Span(start, end), from);
    }
  }

  private void add(Span span, int sectionStart) {
    int before = overlap(sectionStart, span.from);
    int start = span.to - before <= MAX_LENGTH ? before : span.from;
    var words = document.text().substring(start, span.to);
    passages.add(
        new Passage(
            document, headings.values().stream().collect(Collectors.joining(" › ")), words));
  }

  /// The start of the previous sentence, if it is short and in the same section.
  private int overlap(int sectionStart, int from) {
    var before = document.text().substring(Math.max(sectionStart, from - OVERLAP), from);
    if (before.isBlank()) {
      return from;
    }
    var ends = BreakIterator.getSentenceInstance(Locale.ROOT);
    ends.setText(before.stripTrailing());
    ends.last();
    int last = ends.previous();
    boolean whole = last > 0 || from - before.length() == sectionStart;
    return last < 0 || !whole ? from : from - before.length() + last;
  }

  private List<Span> paragraphs(Span section) {
    var found = new ArrayList<Span>();
    var blank = BLANK.matcher(document.text());
    blank.region(section.from, section.to);
    int start = section.from;
    while (blank.find()) {
      addStripped(found, new Span(start, blank.start()));
      start = blank.end();
    }
    addStripped(found, new Span(start, section.to));
    return found;
  }

  /// Splits a paragraph between sentences, and a sentence that is too long between words.
  private List<Span> sentences(Span paragraph) {
    var found = new ArrayList<Span>();
    var ends = BreakIterator.getSentenceInstance(Locale.ROOT);
    ends.setText(document.text().substring(paragraph.from, paragraph.to));
    int start = paragraph.from;
    for (int end = ends.next(); end != BreakIterator.DONE; end = ends.next()) {
      int to = paragraph.from + end;
      while (to - start > MAX_LENGTH) {
        int middle = lastGap(start, start + MAX_LENGTH);
        addStripped(found, new Span(start, middle));
        start = middle;
      }
      addStripped(found, new Span(start, to));
      start = to;
    }
    return found;
  }

  /// The last position of white space; if there is none, the end, but not within a surrogate pair.
  private int lastGap(int from, int to) {
    for (int at = to; at > from; at--) {
      if (Character.isWhitespace(document.text().charAt(at))) {
        return at;
      }
    }
    return Character.isLowSurrogate(document.text().charAt(to)) ? to - 1 : to;
  }

  private void addStripped(List<Span> spans, Span span) {
    int from = span.from;
    int to = span.to;
    while (from < to && Character.isWhitespace(document.text().charAt(from))) {
      from++;
    }
    while (to > from && Character.isWhitespace(document.text().charAt(to - 1))) {
      to--;
    }
    if (from < to) {
      spans.add(new Span(from, to));
    }
  }

  /// A range of the document's text.
  private record Span(int from, int to) {
    int length() {
      return to - from;
    }
  }
}
