/// The RAG pipeline: answers questions from stored documents.
///
/// ```
/// AnswerDocuments -> PassageSplitter -> PassageIndex     updated when documents have changed
/// question -> Encoder (optional) -> PassageIndex.search -> ChatModel, or the passages themselves
///          -> Answer with its sources
/// ```
///
/// Start reading at [RagPipeline]. [DocumentText] reads uploads, [SampleCorpus] provides documents
/// to begin with.
@NullMarked
package io.stoker.answers.rag;

import org.jspecify.annotations.NullMarked;
