package io.stoker.answers;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.CallException;
import io.stoker.CallException.Code;
import io.stoker.testing.SocketModel;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;

/// Asks an [SocketModel]. Thread-safe.
///
/// An interrupt closes the socket of the call, which is what virtual threads do by themselves.
public final class SocketPipeline implements AnswerPipeline {

  private final String worker;
  private final int port;
  private final Duration timeout;

  /// @param worker by which name the model knows who asks
  /// @param timeout how long to wait for an answer
  public SocketPipeline(String worker, int port, Duration timeout) {
    this.worker = worker;
    this.port = port;
    this.timeout = timeout;
  }

  @Override
  public Answer answer(String question, String scope) throws InterruptedException {
    try (var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
      socket.setSoTimeout((int) timeout.toMillis());
      socket.getOutputStream().write((worker + "\t" + question + "\n").getBytes(UTF_8));
      var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      var line = reader.readLine();
      if (!SocketModel.answerTo(question).equals(line)) {
        throw new EOFException("the answer broke off: " + line);
      }
      var source = new Answer.Source("handbook", 1, "Handbook", "", 1.0);
      return new Answer(line, List.of(source), 90, "outside", "");
    } catch (SocketTimeoutException e) {
      throw new CallException(Code.TIMED_OUT, "no answer in " + timeout, null, e);
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("the call was broken off");
      }
      throw new CallException(Code.UNAVAILABLE, "no answer: " + e.getMessage(), null, e);
    }
  }

  @Override
  public String version() {
    return "outside";
  }
}
