/// The stock pipeline: answers questions from documents, `embed -> search -> ask`. Keeping the
/// answer is the cache's business.
///
/// ```
/// AnswerDocuments -> PassageSplitter -> PassageIndex    rebuilt when the documents have changed
/// question -> Encoder (optional) -> PassageIndex.search -> ChatModel or the passages themselves
///          -> Answer with its sources
/// ```
///
/// The door is [RagPipeline]; start reading at [RagPipeline]. [DocumentText] reads uploads,
/// [SampleCorpus] is something to begin with. Needs Lucene on the class path, and for
/// [Encoder#miniLm()] LangChain4j's encoder.
@NullMarked
package io.stoker.answers.rag;

import org.jspecify.annotations.NullMarked;
