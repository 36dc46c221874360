package io.stoker.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/// What the measurements ran on, in words.
record Machine(
    String processor, int cores, String memory, String system, String java, String load) {

  static Machine here() {
    return new Machine(
        processorModel(),
        Runtime.getRuntime().availableProcessors(),
        value("/proc/meminfo", "MemTotal").map(Machine::gibibytes).orElse("unknown"),
        value("/etc/os-release", "PRETTY_NAME").orElse(System.getProperty("os.name"))
            + ", kernel "
            + System.getProperty("os.version"),
        System.getProperty("java.vendor") + " " + Runtime.version(),
        Figures.printed(
            "%.1f", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
  }

  private static String processorModel() {
    return value("/proc/cpuinfo", "model name").orElse(System.getProperty("os.arch"));
  }

  private static String gibibytes(String kibibytes) {
    return Figures.printed(
        "%.0f GiB", Long.parseLong(kibibytes.replaceAll("\\D", "")) / (1024.0 * 1024));
  }

  /// The first value of a name in a file of lines such as `name: value` or `name="value"`.
  private static Optional<String> value(String file, String name) {
    var path = Path.of(file);
    try (Stream<String> lines = Files.exists(path) ? Files.lines(path) : Stream.empty()) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.split("[:=]", 2)[1].replace("\"", "").strip())
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
