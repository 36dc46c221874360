/// Warms a cache of answers: a durable queue of questions, worked off through a RAG pipeline.
///
/// Three short lines that meet only at the store's tables:
///
/// ```
/// submit   QuestionList.read -> AnswerQueue.submit (one transaction) -> WakeSignal.wake
/// work     AnswerWorker: AnswerClaims.claim -> AnswerPipeline.answer -> AnswerCache.put
///          -> RetryRules -> AnswerClaims.settle (only if the claim is still the newest)
/// watch    AnswerLog.after -> whoever looks on
/// ```
///
/// Start reading at [AnswerWorker]; the legal moves are in [BatchRules], what is kept in
/// [AnswerStore].
@NullMarked
package io.stoker.answers;

import org.jspecify.annotations.NullMarked;
