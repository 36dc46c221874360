package io.stoker.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.Time;
import io.stoker.testing.RealPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The shell one-liner: JSON from Postgres, converted to Redis' protocol by awk, piped into
/// redis-cli.
record ShellPipe() implements Contender {

  private static final List<String> TOOLS = List.of("psql", "awk", "redis-cli");

  /// COPY in CSV with delimiter and quote characters that never occur, since the text format would
  /// double the backslashes of JSON.
  private static final String SQL =
      """
      COPY (SELECT token_hash || row_to_json(s)::text FROM (%s) AS s)
        TO STDOUT (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02')
      """
          .formatted(BenchServers.eligible());

  private static final String SCRIPT =
      """
      psql -X -q -At -v ON_ERROR_STOP=1 -c "$SQL" "$POSTGRES" |
      LC_ALL=C awk -v namespace="$NAMESPACE" '
        BEGIN { head = "*5\\r\\n$3\\r\\nSET\\r\\n$" (length(namespace) + 64) "\\r\\n" namespace }
        {
          value = substr($0, 65)
          printf "%s%s\\r\\n$%d\\r\\n%s\\r\\n$2\\r\\nEX\\r\\n$3\\r\\n300\\r\\n", \\
            head, substr($0, 1, 64), length(value), value
        }' |
      redis-cli -u "$REDIS" --pipe
      times
      """;

  /// The second line of the output of `times`: the processor time of the shell's children.
  private static final Pattern TIMES = Pattern.compile("(\\d+)m([\\d.]+)s (\\d+)m([\\d.]+)s\\s*$");

  @Override
  public String name() {
    return "psql, awk, redis-cli --pipe";
  }

  @Override
  public Optional<String> absent() {
    return TOOLS.stream().allMatch(tool -> sh("command -v " + tool).code == 0)
        ? Optional.empty()
        : Optional.of("absent: install postgresql-client and redis-tools");
  }

  /// The versions of the tools.
  static String versions() {
    var script = "psql --version; awk -W version 2>&1 | head -n 1; redis-cli --version";
    return String.join(", ", sh(script).output.lines().map(String::strip).toList());
  }

  @Override
  public Pass copy(BenchServers servers, Watcher watcher) {
    var shell = new ProcessBuilder("sh", "-c", SCRIPT);
    shell.environment().put("SQL", SQL);
    shell.environment().put("POSTGRES", servers.postgres().url(RealPostgres.POSTGRES));
    shell.environment().put("REDIS", servers.redis().url());
    shell.environment().put("NAMESPACE", BenchServers.NAMESPACE);
    var time = Time.system();
    watcher.begun();
    var start = time.ticks();
    var ended = run(shell);
    var took = time.ticks().minus(start);
    watcher.ended();
    if (ended.code != 0 || !ended.output.contains("errors: 0,")) {
      throw new IllegalStateException(name() + " failed: " + ended.output);
    }
    return new Pass(
        took,
        Optional.empty(),
        processor(ended.output),
        OptionalLong.empty(),
        OptionalLong.empty());
  }

  private static Duration processor(String output) {
    var times = TIMES.matcher(output);
    if (!times.find()) {
      throw new IllegalStateException("expected the times of the shell, got " + output);
    }
    return Stream.of(1, 3)
        .map(i -> minutes(times.group(i), times.group(i + 1)))
        .reduce(Duration.ZERO, Duration::plus);
  }

  private static Duration minutes(String minutes, String seconds) {
    var milliseconds = new BigDecimal(seconds).movePointRight(3).longValue();
    return Duration.ofMinutes(Long.parseLong(minutes)).plusMillis(milliseconds);
  }

  private static Ended sh(String script) {
    return run(new ProcessBuilder("sh", "-c", script));
  }

  private static Ended run(ProcessBuilder builder) {
    try {
      var process = builder.redirectErrorStream(true).start();
      process.getOutputStream().close();
      var output = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Ended(process.onExit().join().exitValue(), output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Ended(int code, String output) {}
}
