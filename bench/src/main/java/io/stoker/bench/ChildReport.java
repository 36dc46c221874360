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

/// What a child JVM reports to its parent: lines of `bench`, a name and a number on standard
/// output. Confined to one thread.
final class ChildReport {

  /// The measured thing starts now.
  static final String BEGUN = "begun";

  /// Nanoseconds that the measured thing took; may come many times.
  static final String TOOK = "took";

  /// Nanoseconds of processor time, from the start of the measured thing to its end.
  static final String CPU = "cpu";

  /// The most memory that the process ever had, in bytes.
  static final String PEAK = "peak";

  /// Bytes of all values written.
  static final String BYTES = "bytes";

  private static final String MARK = "bench ";

  private final Map<String, List<Long>> numbers = new HashMap<>();

  /// The child's side.
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

  /// Prints the peak of this process's memory, where the system knows it.
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

  /// The parent's side: reads a line, if it is one of ours.
  ///
  /// @return the name of what was reported; empty if the line is not ours
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
