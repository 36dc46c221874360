/// An answer cache, and the durable queue of questions that warms it through a RAG pipeline.
///
/// Three flows that share nothing but the store's tables:
///
/// ```
/// submit   QuestionListReader.read -> AnswerQueue.submit (one transaction) -> WakeSignal.wake
/// work     AnswerWorker: AnswerClaims.claim -> AnswerPipeline.answer -> AnswerCache
///          -> RetryRules -> AnswerClaims.settle (only if the claim is still the newest)
/// watch    AnswerLog.after -> AnswerFeed -> viewers
/// ```
///
/// Start reading at [AnswerWorker]. [BatchRules] lists the actions that each state of a batch
/// allows, [AnswerStore] what is persisted.
@NullMarked
package io.stoker.answers;

import org.jspecify.annotations.NullMarked;
