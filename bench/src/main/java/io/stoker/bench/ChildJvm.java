package io.stoker.bench;

import io.stoker.Time;
import io.stoker.bench.Contender.Watcher;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Runs a main class in a new JVM.
final class ChildJvm {

  private ChildJvm() {}

  /// The result of a child JVM.
  ///
  /// @param report the child's measurements
  /// @param start the time from the launch of the process to the start of the measurement
  record Ended(ChildReport report, Duration start) {}

  /// Runs a child JVM to its end.
  ///
  /// @param watcher called when the measurement begins and ends
  /// @throws IllegalStateException if the child fails
  static Ended run(List<String> options, Class<?> main, List<String> arguments, Watcher watcher)
      throws InterruptedException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-Dlogback.configurationFile=logback-bench.xml"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    var time = Time.system();
    var launched = time.ticks();
    var report = new ChildReport();
    var start = Duration.ZERO;
    try {
      var process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
      try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
        start = listen(lines, report, time, launched, watcher);
      }
      int code = process.waitFor();
      if (code != 0) {
        throw new IllegalStateException(main.getSimpleName() + " ended with exit code " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Ended(report, start);
  }

  private static Duration listen(
      BufferedReader lines, ChildReport report, Time time, Duration launched, Watcher watcher)
      throws IOException {
    var start = Duration.ZERO;
    String line;
    while ((line = lines.readLine()) != null) {
      switch (report.read(line)) {
        case "" -> System.err.println(line);
        case ChildReport.BEGUN -> {
          start = time.ticks().minus(launched);
          watcher.begun();
        }
        case ChildReport.TOOK -> watcher.ended();
        default -> {}
      }
    }
    return start;
  }
}
