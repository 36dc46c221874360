package io.stoker.testing;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/// Makes parts throw what they must not. A part does what it always does, but for those of its
/// methods that are told otherwise. Thread-safe.
public final class FaultInjector {

  private final Map<String, Runnable> before = new ConcurrentHashMap<>();

  private final Map<String, Object> instead = new ConcurrentHashMap<>();

  /// The part, with these faults.
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

  /// Something all of whose methods throw.
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

  /// The method gives this.
  public void instead(String method, Object value) {
    instead.put(method, value);
  }

  /// Does something whenever the method is called, before it does what it always does.
  public void before(String method, Runnable action) {
    before.put(method, action);
  }

  /// The method throws each time.
  public void always(String method, Throwable fault) {
    before.put(
        method,
        () -> {
          throw sneaky(fault);
        });
  }

  /// The method throws when it is called next.
  public void next(String method, Throwable fault) {
    before.put(
        method,
        () -> {
          if (before.remove(method) != null) {
            throw sneaky(fault);
          }
        });
  }

  /// There are no faults any more.
  public void end() {
    before.clear();
  }

  /// Throws it, whatever it is.
  public static RuntimeException sneaky(Throwable fault) {
    FaultInjector.<RuntimeException>raise(fault);
    return new IllegalStateException("not reached", fault);
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void raise(Throwable fault) throws E {
    throw (E) fault;
  }
}
