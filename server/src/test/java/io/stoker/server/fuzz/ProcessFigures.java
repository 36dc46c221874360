package io.stoker.server.fuzz;

import com.sun.management.UnixOperatingSystemMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadMXBean;
import java.util.Locale;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/// What another JVM of this machine holds.
///
/// @param heap bytes that are in use after a full collection
/// @param threads of the platform; virtual ones hold none
/// @param files descriptors that are open, connections among them
record ProcessFigures(long heap, int threads, long files) {

  /// Collects its garbage, and looks.
  ///
  /// The address that is looked up is what the process itself has said.
  @SuppressWarnings("BanJNDI")
  static ProcessFigures of(long process) {
    try {
      var machine = VirtualMachine.attach(Long.toString(process));
      String address;
      try {
        address = machine.startLocalManagementAgent();
      } finally {
        machine.detach();
      }
      try (var connector = JMXConnectorFactory.connect(new JMXServiceURL(address))) {
        var beans = connector.getMBeanServerConnection();
        var memory = ManagementFactory.getPlatformMXBean(beans, MemoryMXBean.class);
        var threads = ManagementFactory.getPlatformMXBean(beans, ThreadMXBean.class);
        var system = ManagementFactory.getPlatformMXBean(beans, UnixOperatingSystemMXBean.class);
        memory.gc();
        return new ProcessFigures(
            memory.getHeapMemoryUsage().getUsed(),
            threads.getThreadCount(),
            system.getOpenFileDescriptorCount());
      }
    } catch (AttachNotSupportedException | IOException e) {
      throw new IllegalStateException("the process " + process + " cannot be looked into", e);
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%.1f MB after a full collection, %d threads, %d open files",
        heap / 1e6,
        threads,
        files);
  }
}
