package io.stoker.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// A response that may still be arriving. Closing it before its end closes the connection. Confined
/// to one thread.
public final class HttpReply implements AutoCloseable {

  private static final String DATA = "data:";

  private final String contentType;
  private final ReplyBody body;
  private final int maxBytes;
  private final CallDeadline deadline;
  private final ArrayDeque<ByteBuffer> buffers = new ArrayDeque<>();
  private int bytes;
  private boolean ended;

  HttpReply(String contentType, ReplyBody body, int maxBytes, CallDeadline deadline) {
    this.contentType = contentType;
    this.body = body;
    this.maxBytes = maxBytes;
    this.deadline = deadline;
  }

  /// The `Content-Type` header; empty if there was none.
  public String contentType() {
    return contentType;
  }

  /// The next line without its line break; null after the last.
  ///
  /// @throws CallException if the connection broke, a timeout expired, or the line is not UTF-8
  /// @throws InterruptedException if the thread is interrupted; close the reply then
  public @Nullable String line() throws InterruptedException {
    var line = new ByteArrayOutputStream();
    while (hasBytes()) {
      var buffer = buffers.element();
      while (buffer.hasRemaining()) {
        byte next = buffer.get();
        if (next == '\n') {
          return decode(line);
        }
        line.write(next);
      }
    }
    return line.size() == 0 ? null : decode(line);
  }

  /// The data of the next server-sent event, which must be a single line; null after the last.
  ///
  /// @throws CallException as [#line()] does
  /// @throws InterruptedException if the thread is interrupted; close the reply then
  public @Nullable String data() throws InterruptedException {
    for (var line = line(); line != null; line = line()) {
      if (line.startsWith(DATA)) {
        return line.substring(DATA.length()).strip();
      }
    }
    return null;
  }

  /// The rest of the response.
  ///
  /// @throws CallException as [#line()] does
  /// @throws InterruptedException if the thread is interrupted; close the reply then
  public String text() throws InterruptedException {
    var text = new ByteArrayOutputStream();
    while (hasBytes()) {
      var buffer = buffers.remove();
      var part = new byte[buffer.remaining()];
      buffer.get(part);
      text.writeBytes(part);
    }
    return decode(text);
  }

  @Override
  public void close() {
    if (!ended) {
      body.cancel();
    }
  }

  /// Waits until the first buffer has bytes; false at the end.
  private boolean hasBytes() throws InterruptedException {
    while (true) {
      while (!buffers.isEmpty() && !buffers.element().hasRemaining()) {
        buffers.remove();
      }
      if (!buffers.isEmpty()) {
        return true;
      }
      if (ended) {
        return false;
      }
      receive();
    }
  }

  private void receive() throws InterruptedException {
    switch (body.take(deadline.remaining().toNanos())) {
      case null -> throw deadline.timedOut();
      case ReplyBody.Bytes part -> {
        for (var buffer : part.buffers()) {
          bytes += buffer.remaining();
          buffers.add(buffer);
        }
        if (bytes > maxBytes) {
          throw new CallException(
              Code.BAD_ANSWER,
              deadline.where() + " sent more than " + maxBytes + " bytes",
              null,
              null);
        }
      }
      case ReplyBody.End end -> {
        ended = true;
        if (end.cause() != null) {
          throw HttpCalls.unavailable(deadline.where(), end.cause());
        }
      }
    }
  }

  private String decode(ByteArrayOutputStream collected) {
    try {
      var text = UTF_8.newDecoder().decode(ByteBuffer.wrap(collected.toByteArray())).toString();
      return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    } catch (CharacterCodingException _) {
      throw new CallException(
          Code.BAD_ANSWER, deadline.where() + " sent bytes that are not UTF-8", null, null);
    }
  }
}
