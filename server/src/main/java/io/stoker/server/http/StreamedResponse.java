package io.stoker.server.http;

import io.stoker.BackgroundTask;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.function.ServerResponse.StreamBuilder;

/// A response that is sent piece by piece, for as long as it takes, by a thread of its own.
///
/// However that thread ends, so does the response: complete if all was sent, and as a broken
/// connection after a fault, so that nobody takes it for all.
final class StreamedResponse {

  private static final Logger LOG = LoggerFactory.getLogger(StreamedResponse.class);

  private StreamedResponse() {}

  /// What is sent.
  interface Sender {

    /// Sends it all. Returns when there is no more to say.
    ///
    /// @throws IOException if whoever reads it has gone
    void sendTo(StreamBuilder stream) throws IOException, InterruptedException;
  }

  /// A response of this type.
  static ServerResponse of(MediaType type, ServerResponse.BodyBuilder head, Sender sender) {
    return head.contentType(type).header("X-Accel-Buffering", "no").stream(
        stream -> BackgroundTask.start("stoker-stream", () -> send(sender, stream)));
  }

  private static void send(Sender sender, StreamBuilder stream) {
    try {
      sender.sendTo(stream);
      stream.complete();
    } catch (IOException e) {
      LOG.debug("A reader has gone: {}", e.toString());
      stream.error(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stream.error(e);
    } catch (RuntimeException | Error e) {
      LOG.error("A response was aborted: internal error", e);
      stream.error(e);
    }
  }
}
