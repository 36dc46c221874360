package io.stoker.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/// Wraps objects so that chosen methods throw or return something else. Thread-safe.
public final class FaultInjector {

  private final Map<String, Runnable> before = new ConcurrentHashMap<>();

  private final Map<String, Object> instead = new ConcurrentHashMap<>();

  /// A proxy of `part` with these faults.
  public <T> T in(Class<T> type, T part) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              before.getOrDefault(method.getName(), () -> {}).run();
              if (instead.containsKey(method.getName())) {
                return instead.get(method.getName());
              }
              try {
                return method.invoke(part, arguments);
              } catch (InvocationTargetException e) {
                throw Objects.requireNonNull(e.getCause());
              }
            }));
  }

  /// An object all of whose methods throw.
  @SuppressWarnings("ReferenceEquality") // Its own equals is what is being defined.
  public static <T> T always(Class<T> type, Throwable fault) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) ->
                switch (method.getName()) {
                  case "hashCode" -> System.identityHashCode(self);
                  case "equals" -> self == arguments[0];
                  case "toString" -> "a part that throws";
                  default -> throw fault;
                }));
  }

  /// Makes a method return a value.
  public void instead(String method, Object value) {
    instead.put(method, value);
  }

  /// Runs an action before each call of a method.
  public void before(String method, Runnable action) {
    before.put(method, action);
  }

  /// Makes a method throw on every call.
  public void always(String method, Throwable fault) {
    before.put(
        method,
        () -> {
          throw sneaky(fault);
        });
  }

  /// Makes a method throw on its next call.
  public void next(String method, Throwable fault) {
    before.put(
        method,
        () -> {
          if (before.remove(method) != null) {
            throw sneaky(fault);
          }
        });
  }

  /// Removes all faults.
  public void end() {
    before.clear();
  }

  /// Throws any throwable, checked or not.
  public static RuntimeException sneaky(Throwable fault) {
    FaultInjector.<RuntimeException>raise(fault);
    return new IllegalStateException("not reached", fault);
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void raise(Throwable fault) throws E {
    throw (E) fault;
  }
}
