package io.stoker.wire;

import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A response body, received part by part. The next part is requested when one is taken, so that
/// little is buffered. Thread-safe.
final class ReplyBody implements BodySubscriber<ReplyBody> {

  /// A part of the body.
  sealed interface Part {}

  /// Some bytes.
  record Bytes(List<ByteBuffer> buffers) implements Part {}

  /// The end of the body, complete or not.
  ///
  /// @param cause the error that cut it short; null if it is complete
  record End(@Nullable Throwable cause) implements Part {}

  private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Subscription subscription;
  private boolean cancelled;

  @Override
  public CompletionStage<ReplyBody> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Subscription started) {
    boolean isCancelled;
    lock.lock();
    try {
      subscription = started;
      isCancelled = cancelled;
    } finally {
      lock.unlock();
    }
    if (isCancelled) {
      started.cancel();
    } else {
      started.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    parts.add(new Bytes(buffers));
  }

  @Override
  public void onError(Throwable cause) {
    parts.add(new End(cause));
  }

  @Override
  public void onComplete() {
    parts.add(new End(null));
  }

  /// The next part; null if none arrived in that time.
  @Nullable Part take(long nanos) throws InterruptedException {
    var part = parts.poll(nanos, TimeUnit.NANOSECONDS);
    if (part instanceof Bytes) {
      var current = subscription();
      if (current != null) {
        current.request(1);
      }
    }
    return part;
  }

  /// Closes the connection if the body has not ended.
  void cancel() {
    lock.lock();
    try {
      cancelled = true;
    } finally {
      lock.unlock();
    }
    var current = subscription();
    if (current != null) {
      current.cancel();
    }
  }

  private @Nullable Subscription subscription() {
    lock.lock();
    try {
      return subscription;
    } finally {
      lock.unlock();
    }
  }
}
