package io.stoker.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// [LargeBodiesTest] for longer.
@Tag("soak")
class LargeBodiesSoakTest {

  private static final int MEGABYTE = 1024 * 1024;

  @TempDir private Path folder;

  @Test
  void ten_thousand_refused_bodies_of_a_megabyte_leave_no_memory_behind() throws Exception {
    try (var server = LargeBodiesTest.smallServer(folder)) {
      LargeBodiesTest.refuse(server, 500, MEGABYTE);
      long before = server.residentKilobytes();

      LargeBodiesTest.refuse(server, 10_000, MEGABYTE);

      assertThat(server.residentKilobytes()).isLessThan(before + before / 10);
    }
  }
}
