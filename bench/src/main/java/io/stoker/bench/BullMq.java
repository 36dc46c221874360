package io.stoker.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.testing.RealRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The comparable queue for Node: BullMQ on a Redis without persistence, with jobs that do nothing.
final class BullMq {

  private static final String VERSION = "6.7.0";
  private static final Pattern PER_SECOND = Pattern.compile("per second ([\\d.]+)");

  private static final String SCRIPT =
      """
      const { Queue, Worker } = require('bullmq');
      const connection = { host: '127.0.0.1', port: Number(process.argv[2]) };
      const count = 50000;
      (async () => {
        const queue = new Queue('answers', { connection });
        for (let i = 0; i < count; i += 1000) {
          await queue.addBulk(Array.from({ length: 1000 },
              (_, j) => ({ name: 'question', data: { question: 'What is ' + (i + j) + '?' } })));
        }
        let done = 0;
        const start = process.hrtime.bigint();
        const worker = new Worker('answers', async () => {}, { connection, concurrency: 250 });
        worker.on('completed', () => {
          if (++done === count) {
            const seconds = Number(process.hrtime.bigint() - start) / 1e9;
            console.log('per second ' + count / seconds);
            process.exit(0);
          }
        });
      })();
      """;

  private BullMq() {}

  /// Jobs claimed and completed per second; empty if Node, npm or the package is not available.
  static Optional<Double> jobsPerSecond(Path folder) throws InterruptedException {
    try {
      var home = Files.createDirectories(folder.resolve("bullmq"));
      var script = home.resolve("bench.cjs");
      if (!Files.exists(script)) {
        Files.writeString(script, SCRIPT);
        run(
            home,
            "npm",
            "install",
            "--silent",
            "--no-audit",
            "--no-fund",
            "bullmq@" + VERSION,
            "ioredis@6.0.0");
      }
      try (var redis = RealRedis.start()) {
        var report = PER_SECOND.matcher(run(home, "node", script.toString(), "" + redis.port()));
        return report.find() ? Optional.of(Double.valueOf(report.group(1))) : Optional.empty();
      }
    } catch (IOException e) {
      System.err.println("BullMQ is absent: " + e.getMessage());
      return Optional.empty();
    }
  }

  private static String run(Path home, String... command) throws InterruptedException {
    try {
      var process =
          new ProcessBuilder(List.of(command))
              .directory(home.toFile())
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      var output = new String(process.getInputStream().readAllBytes(), UTF_8);
      process.waitFor();
      return output;
    } catch (IOException e) {
      System.err.println("Cannot run " + command[0] + ": " + e.getMessage());
      return "";
    }
  }
}
