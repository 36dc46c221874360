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

/// Lucene analyzer of questions and passages: lower case, without accents and stop words, reduced
/// to English stems. Other languages lose little by it. Thread-safe.
final class WordAnalyzer extends Analyzer {

  /// Not among them are "not" and "no", which change the meaning.
  private static final CharArraySet STOP_WORDS =
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
    var significant = new StopFilter(new ASCIIFoldingFilter(words), STOP_WORDS);
    return new TokenStreamComponents(source, new PorterStemFilter(significant));
  }

  /// The distinct words of a text, in order of appearance.
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
