package io.stoker.server.wire;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Rejects null in records read from JSON, where a component or the elements of a list are not
/// [Nullable].
final class RequiredMembers {

  private static final Pattern CAPITAL = Pattern.compile("[A-Z]");

  private RequiredMembers() {}

  /// Returns `value`.
  ///
  /// @throws InvalidValueException naming a member that is null
  static <T> T check(T value) {
    if (value instanceof Record) {
      for (var component : value.getClass().getRecordComponents()) {
        check(component, valueOf(component, value));
      }
    }
    return value;
  }

  private static void check(RecordComponent component, @Nullable Object member) {
    var type = component.getAnnotatedType();
    if (member == null && !mayBeNull(type)) {
      throw isNull(component, "a value");
    }
    if (member instanceof List<?> items
        && type instanceof AnnotatedParameterizedType list
        && !mayBeNull(list.getAnnotatedActualTypeArguments()[0])
        && items.stream().anyMatch(Objects::isNull)) {
      throw isNull(component, "values only");
    }
  }

  private static boolean mayBeNull(AnnotatedElement type) {
    return type.isAnnotationPresent(Nullable.class);
  }

  private static InvalidValueException isNull(RecordComponent component, String wanted) {
    var name = CAPITAL.matcher(component.getName()).replaceAll("_$0").toLowerCase(Locale.ROOT);
    return new InvalidValueException(name, "expected " + wanted + ", got null");
  }

  private static @Nullable Object valueOf(RecordComponent component, Object value) {
    try {
      return component.getAccessor().invoke(value);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + " cannot be read", e);
    }
  }
}
