package io.stoker.answers.rag;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.CpuWorkPool;
import io.stoker.Time;
import io.stoker.WorkRefusedException;
import io.stoker.answers.AnswerDocuments;
import io.stoker.answers.AnswerDocuments.Document;
import io.stoker.answers.Encoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.ThreadInterruptedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the passages that fit a question, in memory: by words (BM25) and, with an encoder, by
/// meaning (nearest vectors); the two lists are merged by reciprocal rank.
///
/// Before each search it looks whether the documents have changed, and takes in those that have, on
/// a thread of its own: no search is on a thread that must not be kept busy. Others wait meanwhile,
/// so that nobody is answered from documents that are gone. Thread-safe.
final class PassageIndex {

  /// How many passages of each of the two lists are merged.
  private static final int CANDIDATES = 20;

  /// Of a question that is a whole page, these are enough.
  private static final int MAX_WORDS = 200;

  /// The constant of reciprocal rank fusion, as usual.
  private static final int RANK = 60;

  /// Below this cosine texts have nothing to do with each other; from `SAME` on they are about the
  /// same. Both are all-MiniLM-L6-v2's, for a question and a passage of a few sentences.
  private static final double UNRELATED = 0.3;

  private static final double SAME = 0.75;

  /// How much more than the rarest a word counts that no passage holds.
  private static final double UNHEARD_OF = 2;

  private static final String WORDS = "words";
  private static final String VECTOR = "vector";
  private static final String SCOPE = "scope";
  private static final String DOCUMENT = "document";
  private static final String NUMBER = "number";

  /// How long one document may take the others' time.
  private static final Duration MAX_DOCUMENT = Duration.ofMinutes(5);

  private static final Duration MAX_REFRESH = Duration.ofMinutes(15);
  private static final int MAX_WAITING = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(PassageIndex.class);

  private final AnswerDocuments documents;
  private final Time time;
  private final @Nullable Encoder encoder;
  private final WordAnalyzer analyzer = new WordAnalyzer();
  private final CpuWorkPool threads = new CpuWorkPool("stoker-index", 1, MAX_WAITING, MAX_REFRESH);
  private final IndexWriter writer;
  private final Map<String, Indexed> indexed = new HashMap<>();
  private long nextNumber;
  private volatile @Nullable Snapshot snapshot;

  PassageIndex(AnswerDocuments documents, @Nullable Encoder encoder, Time time) {
    this.documents = documents;
    this.time = time;
    this.encoder = encoder;
    try {
      // No threads of its own, so that an interrupt meets nothing half done.
      var config = new IndexWriterConfig(analyzer).setMergeScheduler(new SerialMergeScheduler());
      this.writer = new IndexWriter(new ByteBuffersDirectory(), config);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }

  /// A passage that fits.
  ///
  /// @param fit how well, from 0 to 1: the greater of the share of the question's words that it
  ///   holds, rare words counting more, and of how near its meaning is
  /// @param own the share of the question's words that are its own and not just its document's
  ///   title
  /// @param place greater than that of the passages before it in its document
  record Hit(Passage passage, double fit, double own, long place) {}

  /// A document of which the passages are in the index.
  private record Indexed(Document document, Map<Long, Passage> passages) {

    boolean isOf(Document other) {
      return document.version() == other.version() && document.title().equals(other.title());
    }
  }

  /// The index as it was at a version of the documents.
  private record Snapshot(long version, DirectoryReader reader, Map<Long, Passage> passages) {}

  /// What decides on the passages found, beside the question.
  String version() {
    return encoder == null ? "words" : encoder.id();
  }

  /// The passages that fit best of those that the scope may see, the best first.
  List<Hit> search(String question, String scope, int most) throws InterruptedException {
    try {
      var found = current();
      try {
        return new Search(found, question, scope).best(most);
      } finally {
        found.reader.decRef();
      }
    } catch (ThreadInterruptedException _) {
      throw new InterruptedException();
    } catch (WorkRefusedException e) {
      throw new CallException(Code.UNAVAILABLE, "the documents are still being taken in", null, e);
    } catch (IOException | UncheckedIOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw new IllegalStateException("the index cannot be read", e);
    }
  }

  /// The index of the documents as they are now. The caller releases its reader.
  private Snapshot current() throws IOException {
    while (true) {
      var now = snapshot;
      if (now == null || now.version != documents.version()) {
        now = threads.run(this::refresh);
      }
      if (now.reader.tryIncRef()) {
        return now;
      }
    }
  }

  /// One at a time, for there is one thread for it.
  private Snapshot refresh() throws IOException, InterruptedException {
    var before = snapshot;
    long version = documents.version();
    if (before != null && before.version == version) {
      return before;
    }
    takeIn(documents.all());
    var passages = new HashMap<Long, Passage>();
    indexed.values().forEach(document -> passages.putAll(document.passages));
    var after = new Snapshot(version, DirectoryReader.open(writer), Map.copyOf(passages));
    snapshot = after;
    if (before != null) {
      before.reader.decRef();
    }
    return after;
  }

  private void takeIn(List<Document> all) throws IOException, InterruptedException {
    var gone = new HashSet<>(indexed.keySet());
    for (var document : all) {
      var key = document.scope() + '\n' + document.id();
      gone.remove(key);
      var known = indexed.get(key);
      if (known == null || !known.isOf(document)) {
        replace(key, document);
      }
    }
    for (var key : gone) {
      writer.deleteDocuments(new Term(DOCUMENT, key));
      indexed.remove(key);
    }
  }

  private void replace(String key, Document document) throws IOException, InterruptedException {
    var passages = new LinkedHashMap<Long, Passage>();
    var entries = new ArrayList<org.apache.lucene.document.Document>();
    var end = time.ticks().plus(MAX_DOCUMENT);
    for (var passage : split(document)) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (time.ticks().compareTo(end) > 0) {
        LOG.warn(
            "Document {} takes too long and is searched in its first {} passages alone. Split it",
            document.id(),
            passages.size());
        break;
      }
      long number = nextNumber++;
      passages.put(number, passage);
      entries.add(entry(key, number, passage));
    }
    if (entries.isEmpty()) {
      writer.deleteDocuments(new Term(DOCUMENT, key));
    } else {
      writer.updateDocuments(new Term(DOCUMENT, key), entries);
    }
    indexed.put(key, new Indexed(document, passages));
  }

  /// Those of a document that cannot be split are none: the others are to be found nevertheless.
  private static List<Passage> split(Document document) {
    try {
      var passages = PassageSplitter.split(document);
      if (passages.size() == PassageSplitter.MOST) {
        LOG.warn(
            "Document {} is searched in its first {} passages alone. Split it",
            document.id(),
            PassageSplitter.MOST);
      }
      return passages;
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("Document {} is not searched, for it cannot be split", document.id(), e);
      return List.of();
    }
  }

  private org.apache.lucene.document.Document entry(String key, long number, Passage passage) {
    var entry = new org.apache.lucene.document.Document();
    entry.add(new StringField(DOCUMENT, key, Field.Store.NO));
    entry.add(new StringField(SCOPE, visibleTo(passage.document().scope()), Field.Store.NO));
    entry.add(new TextField(WORDS, passage.words(), Field.Store.NO));
    entry.add(new StoredField(NUMBER, number));
    if (encoder != null) {
      var vector = encoder.encode(passage.words());
      entry.add(new KnnFloatVectorField(VECTOR, vector, VectorSimilarityFunction.COSINE));
    }
    return entry;
  }

  /// A term for a scope, also for the empty one.
  private static String visibleTo(String scope) {
    return '=' + scope;
  }

  /// One question's search.
  private final class Search {

    private final IndexSearcher searcher;
    private final Map<Long, Passage> passages;
    private final String question;
    private final Query visible;
    private final Map<String, Double> weights;
    private final Map<Integer, Double> ranks = new LinkedHashMap<>();
    private final Map<Integer, Double> nearness = new HashMap<>();

    private Search(Snapshot snapshot, String question, String scope) throws IOException {
      this.searcher = new IndexSearcher(snapshot.reader);
      this.passages = snapshot.passages;
      this.question = question;
      this.visible =
          new TermInSetQuery(
              SCOPE, List.of(new BytesRef(visibleTo("")), new BytesRef(visibleTo(scope))));
      this.weights = new LinkedHashMap<>();
      double all = Math.max(1, searcher.count(visible));
      for (var word : analyzer.words(question).stream().limit(MAX_WORDS).toList()) {
        weights.put(word, weight(word, all));
      }
    }

    /// The rarer a word is among the passages that the scope may see, the more it says. One that is
    /// in none of them says most: that they are about something else.
    private double weight(String word, double all) throws IOException {
      double having =
          searcher.count(
              new BooleanQuery.Builder()
                  .add(visible, Occur.FILTER)
                  .add(new TermQuery(new Term(WORDS, word)), Occur.FILTER)
                  .build());
      double weight = Math.log(1 + (all - Math.max(1, having) + 0.5) / (Math.max(1, having) + 0.5));
      return having == 0 ? UNHEARD_OF * weight : weight;
    }

    private List<Hit> best(int most) throws IOException {
      byWords();
      byMeaning();
      var order =
          ranks.entrySet().stream()
              .sorted(Map.Entry.<Integer, Double>comparingByValue().reversed())
              .limit(most)
              .toList();
      var hits = new ArrayList<Hit>();
      for (var entry : order) {
        hits.add(hit(entry.getKey()));
      }
      return hits;
    }

    private void byWords() throws IOException {
      if (weights.isEmpty()) {
        return;
      }
      var query =
          new BooleanQuery.Builder().add(visible, Occur.FILTER).setMinimumNumberShouldMatch(1);
      weights
          .keySet()
          .forEach(word -> query.add(new TermQuery(new Term(WORDS, word)), Occur.SHOULD));
      rank(searcher.search(query.build(), CANDIDATES).scoreDocs);
    }

    private void byMeaning() throws IOException {
      if (encoder == null) {
        return;
      }
      var query = new KnnFloatVectorQuery(VECTOR, encoder.encode(question), CANDIDATES, visible);
      var near = new ArrayList<ScoreDoc>();
      for (var found : searcher.search(query, CANDIDATES).scoreDocs) {
        double cosine = 2 * found.score - 1;
        if (cosine > UNRELATED) {
          nearness.put(found.doc, Math.min(1, (cosine - UNRELATED) / (SAME - UNRELATED)));
          near.add(found);
        }
      }
      rank(near.toArray(ScoreDoc[]::new));
    }

    private void rank(ScoreDoc[] found) {
      for (int i = 0; i < found.length; i++) {
        ranks.merge(found[i].doc, 1.0 / (RANK + 1 + i), Double::sum);
      }
    }

    private Hit hit(int found) throws IOException {
      var stored = searcher.storedFields().document(found).getField(NUMBER).numericValue();
      var passage = passages.get(stored.longValue());
      if (passage == null) {
        throw new IllegalStateException("the index knows a passage that its snapshot does not");
      }
      double near = nearness.getOrDefault(found, 0.0);
      return new Hit(
          passage,
          Math.max(covered(passage.words()), near),
          covered(passage.ownWords()),
          stored.longValue());
    }

    /// The share of the question's words that a text holds, by weight.
    private double covered(String text) {
      var held = analyzer.words(text);
      double all = weights.values().stream().collect(Collectors.summingDouble(weight -> weight));
      double covered = 0;
      for (var word : weights.entrySet()) {
        covered += held.contains(word.getKey()) ? word.getValue() : 0;
      }
      return all == 0 ? 0 : covered / all;
    }
  }
}
