package io.stoker.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// The measurements that a child JVM reports to its parent on standard output, as lines of `bench`,
/// a name and a number. Confined to one thread.
final class ChildReport {

  /// The measurement starts now.
  static final String BEGUN = "begun";

  /// Nanoseconds measured; may be reported many times.
  static final String TOOK = "took";

  /// Nanoseconds of processor time during the measurement.
  static final String CPU = "cpu";

  /// The peak memory of the process, in bytes.
  static final String PEAK = "peak";

  /// Bytes of all values written.
  static final String BYTES = "bytes";

  private static final String MARK = "bench ";

  private final Map<String, List<Long>> numbers = new HashMap<>();

  /// Reports a number, in the child.
  static void print(String name, long number) {
    System.out.println(MARK + name + " " + number);
    System.out.flush();
  }

  static void print(String name, Duration took) {
    print(name, took.toNanos());
  }

  /// Processor time of this process so far, in nanoseconds.
  static long processorTime() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  /// Reports the peak memory of this process, where the system provides it.
  static void printPeak() throws IOException {
    var status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return;
    }
    for (var line : Files.readAllLines(status)) {
      if (line.startsWith("VmHWM:")) {
        print(PEAK, 1024 * Long.parseLong(line.replaceAll("\\D", "")));
      }
    }
  }

  /// Reads a line of a report, in the parent.
  ///
  /// @return the name; empty if the line is not part of a report
  String read(String line) {
    var words = line.split(" ", -1);
    if (!line.startsWith(MARK) || words.length != 3) {
      return "";
    }
    numbers.computeIfAbsent(words[1], _ -> new ArrayList<>()).add(Long.valueOf(words[2]));
    return words[1];
  }

  List<Duration> durations(String name) {
    return numbers.getOrDefault(name, List.of()).stream().map(Duration::ofNanos).toList();
  }

  Duration duration(String name) {
    return durations(name).getFirst();
  }

  OptionalLong number(String name) {
    return numbers.getOrDefault(name, List.of()).stream().mapToLong(Long::longValue).findFirst();
  }
}
