package io.stoker.bench;

import io.stoker.Time;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A description of the machine.
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
        Statistics.printed(
            "%.1f", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage()));
  }

  /// The first rows of a table of results: command, date and machine.
  List<String> lines(String command) {
    return List.of(
        "| command | `" + command + "` |",
        "| date | %s UTC |"
            .formatted(
                Time.system()
                    .now()
                    .atOffset(ZoneOffset.UTC)
                    .toLocalDateTime()
                    .truncatedTo(ChronoUnit.MINUTES)),
        "| machine | %s, %d cores, %s |".formatted(processor, cores, memory),
        "| load before the start | %s |".formatted(load),
        "| system | %s |".formatted(system),
        "| Java | %s |".formatted(java));
  }

  private static String processorModel() {
    return value("/proc/cpuinfo", "model name").orElse(System.getProperty("os.arch"));
  }

  private static String gibibytes(String kibibytes) {
    return Statistics.printed(
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
