package io.stoker.server;

import java.lang.reflect.InvocationTargetException;
import java.util.Objects;

/**
 * Starts the program where Java is new enough, and says what to do where it is not.
 *
 * <p>The only class that is compiled for Java 17, so that an older Java can at least read it. For
 * the same reason it reaches {@code Main} by name.
 */
final class Launcher {
  private static final int NEEDED = 25;
  private static final int EXIT_FAILED = 1;
  private static final int EXIT_WRONG_JAVA = 78;

  private Launcher() {}

  public static void main(String[] args) throws ReflectiveOperationException {
    int found = Runtime.version().feature();
    if (found < NEEDED) {
      System.err.printf(
          "Stoker needs Java %d or newer, but this is Java %d (%s).%n"
              + "Install a JDK %d, for example Temurin from https://adoptium.net, or set JAVA_HOME to the one you have.%n",
          NEEDED, found, System.getProperty("java.home"), NEEDED);
      System.exit(EXIT_WRONG_JAVA);
    }
    try {
      Class.forName("io.stoker.server.Main")
          .getDeclaredMethod("main", String[].class)
          .invoke(null, (Object) args);
    } catch (InvocationTargetException failed) {
      end(Objects.requireNonNull(failed.getCause()));
    }
  }

  /** Ends the JVM even if a failed start left threads behind that would keep it alive. */
  private static void end(Throwable failure) {
    // The handler knows whether Spring has already told of this failure.
    Thread main = Thread.currentThread();
    main.getUncaughtExceptionHandler().uncaughtException(main, failure);
    System.exit(EXIT_FAILED);
  }
}
