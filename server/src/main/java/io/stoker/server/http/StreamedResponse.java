package io.stoker.server.http;

import io.stoker.BackgroundTask;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.function.ServerResponse.StreamBuilder;

/// A response written over time by a thread of its own.
///
/// After a failure the connection is aborted, so that a partial response is not taken for complete.
final class StreamedResponse {

  private static final Logger LOG = LoggerFactory.getLogger(StreamedResponse.class);

  private StreamedResponse() {}

  /// Writes the body of a response.
  interface Sender {

    /// Writes the whole body.
    ///
    /// @throws IOException if the client has disconnected
    void sendTo(StreamBuilder stream) throws IOException, InterruptedException;
  }

  static ServerResponse of(MediaType type, ServerResponse.BodyBuilder head, Sender sender) {
    return head.contentType(type).header("X-Accel-Buffering", "no").stream(
        stream -> BackgroundTask.start("stoker-stream", () -> send(sender, stream)));
  }

  private static void send(Sender sender, StreamBuilder stream) {
    try {
      sender.sendTo(stream);
      stream.complete();
    } catch (IOException e) {
      LOG.debug("A client has disconnected: {}", e.toString());
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
