package io.stoker.answers.rag;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.StopFilter;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/// Which words of a text count, and in which form: lower case, without accents, reduced to English
/// stems, without the small words that every question has. Other languages lose little by it.
/// Thread-safe.
final class WordAnalyzer extends Analyzer {

  /// Words that say nothing about what a text is about. "Not" and "no" do.
  private static final CharArraySet SMALL_WORDS =
      CharArraySet.unmodifiableSet(
          new CharArraySet(
              List.of(
                  """
                  a about am an and any are as at be been being but by can could did do does doing
                  for from give had has have he her his how i if in into is it its just many me mean
                  means may might mine much my of on or our please she should so some such tell than
                  that the their them then there these they this those to us was we were what when
                  where which while who whom whose why will with would you your
                  """
                      .strip()
                      .replace('\n', ' ')
                      .split(" ")),
              false));

  @Override
  protected TokenStreamComponents createComponents(String field) {
    var source = new StandardTokenizer();
    var words = new LowerCaseFilter(new EnglishPossessiveFilter(source));
    var telling = new StopFilter(new ASCIIFoldingFilter(words), SMALL_WORDS);
    return new TokenStreamComponents(source, new PorterStemFilter(telling));
  }

  /// The different words of a text, in the order in which they first come.
  Set<String> words(String text) {
    var words = new LinkedHashSet<String>();
    try (var stream = tokenStream("", text)) {
      var word = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        words.add(word.toString());
      }
      stream.end();
    } catch (IOException e) {
      throw new UncheckedIOException("reading from memory", e);
    }
    return words;
  }
}
