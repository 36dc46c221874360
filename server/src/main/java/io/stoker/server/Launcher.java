package io.stoker.server;

import java.lang.reflect.InvocationTargetException;
import java.util.Objects;

/**
 * The main class of the jar: starts the program, or prints which Java to install if this one is too
 * old.
 *
 * <p>The only class that is compiled for Java 17, so that an older Java can load it. For the same
 * reason it refers to {@code Main} by name only.
 */
final class Launcher {
  private static final int REQUIRED_JAVA = 25;
  private static final int EXIT_FAILED = 1;
  private static final int EXIT_WRONG_JAVA = 78;

  private Launcher() {}

  public static void main(String[] args) throws ReflectiveOperationException {
    int found = Runtime.version().feature();
    if (found < REQUIRED_JAVA) {
      System.err.printf(
          "Stoker needs Java %d or newer, but this is Java %d (%s).%n"
              + "Install a JDK %d, for example Temurin from https://adoptium.net, or set JAVA_HOME to the one you have.%n",
          REQUIRED_JAVA, found, System.getProperty("java.home"), REQUIRED_JAVA);
      System.exit(EXIT_WRONG_JAVA);
    }
    try {
      Class.forName("io.stoker.server.Main")
          .getDeclaredMethod("main", String[].class)
          .invoke(null, (Object) args);
    } catch (InvocationTargetException failed) {
      exit(Objects.requireNonNull(failed.getCause()));
    }
  }

  /** Exits explicitly, because threads left behind by a failed start would keep the JVM alive. */
  private static void exit(Throwable failure) {
    // The handler knows whether Spring has already logged this failure.
    Thread main = Thread.currentThread();
    main.getUncaughtExceptionHandler().uncaughtException(main, failure);
    System.exit(EXIT_FAILED);
  }
}
