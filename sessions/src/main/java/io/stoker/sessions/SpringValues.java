package io.stoker.sessions;

/// How an application's Spring Session stores the values of a session in Redis, decided by the
/// serializer of its `RedisTemplate`. Thread-safe.
public interface SpringValues {

  /// What operators call the format, as in `Java serialization`.
  String description();

  /// Converts a value in Java serialization, in which Spring Session JDBC keeps attributes.
  ///
  /// @throws IllegalArgumentException with a reason for operators, if it cannot be converted
  byte[] encode(byte[] java);

  /// Whether the application can read a value in Redis. An empty one counts as null.
  boolean canDecode(byte[] value);

  /// Java serialization, Spring Session's default: attributes stay as they are.
  static SpringValues java() {
    return JavaSpringValues.INSTANCE;
  }
}
