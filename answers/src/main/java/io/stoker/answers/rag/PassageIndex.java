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

/// An in-memory index of passages. Searches by words (BM25) and, with an encoder, by meaning
/// (nearest vectors), and merges the two lists by reciprocal rank fusion. Thread-safe.
///
/// Before each search the index is updated if documents have changed, on its own thread. Searches
/// wait for the update, so that no answer is based on deleted documents.
final class PassageIndex {

  /// How many passages of each list are merged.
  private static final int CANDIDATES = 20;

  /// The most words of a question that are searched.
  private static final int MAX_QUESTION_WORDS = 200;

  /// The usual constant of reciprocal rank fusion.
  private static final int FUSION_CONSTANT = 60;

  /// Below this cosine similarity texts are unrelated; from `SAME` on they are about the same. Both
  /// are measured with all-MiniLM-L6-v2, for a question and a passage of a few sentences.
  private static final double UNRELATED = 0.3;

  private static final double SAME = 0.75;

  /// Weight of a word that no passage contains, relative to the rarest word that one does.
  private static final double UNKNOWN_WORD_FACTOR = 2;

  private static final String WORDS = "words";
  private static final String VECTOR = "vector";
  private static final String SCOPE = "scope";
  private static final String DOCUMENT = "document";
  private static final String NUMBER = "number";

  /// The longest time that indexing one document may take.
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
      // Without merge threads, so that an interrupt leaves nothing half done.
      var config = new IndexWriterConfig(analyzer).setMergeScheduler(new SerialMergeScheduler());
      this.writer = new IndexWriter(new ByteBuffersDirectory(), config);
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
  }

  /// A passage that matches a question.
  ///
  /// @param score how well, from 0 to 1: the greater of the weighted share of the question's words
  ///   in the passage and of the similarity of meaning
  /// @param ownScore the weighted share of the question's words in the passage, without the title
  ///   of its document
  /// @param position increases within a document
  record Hit(Passage passage, double score, double ownScore, long position) {}

  /// A document whose passages are in the index.
  private record Indexed(Document document, Map<Long, Passage> passages) {

    boolean isOf(Document other) {
      return document.version() == other.version() && document.title().equals(other.title());
    }
  }

  /// The index at one version of the documents.
  private record Snapshot(long version, DirectoryReader reader, Map<Long, Passage> passages) {}

  /// Identifies what determines the result besides question and documents.
  String version() {
    return encoder == null ? "words" : encoder.id();
  }

  /// The best passages of the documents that the scope may see, best first.
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
      throw new CallException(Code.UNAVAILABLE, "the documents are still being indexed", null, e);
    } catch (IOException | UncheckedIOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      throw new IllegalStateException("the index cannot be read", e);
    }
  }

  /// The index of the current documents. The caller releases its reader.
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

  /// Confined to the single thread of the pool.
  private Snapshot refresh() throws IOException, InterruptedException {
    var before = snapshot;
    long version = documents.version();
    if (before != null && before.version == version) {
      return before;
    }
    update(documents.all());
    var passages = new HashMap<Long, Passage>();
    indexed.values().forEach(document -> passages.putAll(document.passages));
    var after = new Snapshot(version, DirectoryReader.open(writer), Map.copyOf(passages));
    snapshot = after;
    if (before != null) {
      before.reader.decRef();
    }
    return after;
  }

  private void update(List<Document> all) throws IOException, InterruptedException {
    var deleted = new HashSet<>(indexed.keySet());
    for (var document : all) {
      var key = document.scope() + '\n' + document.id();
      deleted.remove(key);
      var current = indexed.get(key);
      if (current == null || !current.isOf(document)) {
        replace(key, document);
      }
    }
    for (var key : deleted) {
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
            "Document {} takes too long; only its first {} passages are indexed. Split it",
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

  /// Empty for a document that cannot be split, so that the others are indexed.
  private static List<Passage> split(Document document) {
    try {
      var passages = PassageSplitter.split(document);
      if (passages.size() == PassageSplitter.MAX_PASSAGES) {
        LOG.warn(
            "Document {} is too long; only its first {} passages are indexed. Split it",
            document.id(),
            PassageSplitter.MAX_PASSAGES);
      }
      return passages;
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("Document {} cannot be split and is not indexed", document.id(), e);
      return List.of();
    }
  }

  private org.apache.lucene.document.Document entry(String key, long number, Passage passage) {
    var entry = new org.apache.lucene.document.Document();
    entry.add(new StringField(DOCUMENT, key, Field.Store.NO));
    entry.add(new StringField(SCOPE, visibleTo(passage.document().scope()), Field.Store.NO));
    entry.add(new TextField(WORDS, passage.indexedText(), Field.Store.NO));
    entry.add(new StoredField(NUMBER, number));
    if (encoder != null) {
      var vector = encoder.encode(passage.indexedText());
      entry.add(new KnnFloatVectorField(VECTOR, vector, VectorSimilarityFunction.COSINE));
    }
    return entry;
  }

  /// The term of a scope, which must not be empty.
  private static String visibleTo(String scope) {
    return '=' + scope;
  }

  /// A search for one question.
  private final class Search {

    private final IndexSearcher searcher;
    private final Map<Long, Passage> passages;
    private final String question;
    private final Query visible;
    private final Map<String, Double> weights;
    private final Map<Integer, Double> ranks = new LinkedHashMap<>();
    private final Map<Integer, Double> similarities = new HashMap<>();

    private Search(Snapshot snapshot, String question, String scope) throws IOException {
      this.searcher = new IndexSearcher(snapshot.reader);
      this.passages = snapshot.passages;
      this.question = question;
      this.visible =
          new TermInSetQuery(
              SCOPE, List.of(new BytesRef(visibleTo("")), new BytesRef(visibleTo(scope))));
      this.weights = new LinkedHashMap<>();
      double all = Math.max(1, searcher.count(visible));
      for (var word : analyzer.words(question).stream().limit(MAX_QUESTION_WORDS).toList()) {
        weights.put(word, weight(word, all));
      }
    }

    /// Rare words, among the passages that the scope may see, have a greater weight. A word in none
    /// of them has the greatest: the passages are about something else.
    private double weight(String word, double all) throws IOException {
      double having =
          searcher.count(
              new BooleanQuery.Builder()
                  .add(visible, Occur.FILTER)
                  .add(new TermQuery(new Term(WORDS, word)), Occur.FILTER)
                  .build());
      double weight = Math.log(1 + (all - Math.max(1, having) + 0.5) / (Math.max(1, having) + 0.5));
      return having == 0 ? UNKNOWN_WORD_FACTOR * weight : weight;
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
      var similar = new ArrayList<ScoreDoc>();
      for (var found : searcher.search(query, CANDIDATES).scoreDocs) {
        double cosine = 2 * found.score - 1;
        if (cosine > UNRELATED) {
          similarities.put(found.doc, Math.min(1, (cosine - UNRELATED) / (SAME - UNRELATED)));
          similar.add(found);
        }
      }
      rank(similar.toArray(ScoreDoc[]::new));
    }

    private void rank(ScoreDoc[] found) {
      for (int i = 0; i < found.length; i++) {
        ranks.merge(found[i].doc, 1.0 / (FUSION_CONSTANT + 1 + i), Double::sum);
      }
    }

    private Hit hit(int found) throws IOException {
      var stored = searcher.storedFields().document(found).getField(NUMBER).numericValue();
      var passage = passages.get(stored.longValue());
      if (passage == null) {
        throw new IllegalStateException(
            "expected every passage of the index in its snapshot, got one that is missing");
      }
      double similar = similarities.getOrDefault(found, 0.0);
      return new Hit(
          passage,
          Math.max(covered(passage.indexedText()), similar),
          covered(passage.ownText()),
          stored.longValue());
    }

    /// The weighted share of the question's words in a text.
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
