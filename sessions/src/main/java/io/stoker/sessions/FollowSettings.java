package io.stoker.sessions;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// How a [SessionFollower] behaves.
///
/// @param inserts whether a new session is written before anybody looks it up
/// @param lagLimit how many bytes of its log Postgres may keep for the slot; beyond it the slot is
///   given up
/// @param slot the replication slot's name: small letters, digits and underscores
/// @param publication the publication's name, as an administrator has created it
public record FollowSettings(boolean inserts, long lagLimit, String slot, String publication) {

  /// The name of slot and publication unless others are chosen.
  public static final String NAME = "stoker_sessions";

  /// A gigabyte.
  public static final String LAG_LIMIT = "1GB";

  private static final Pattern SLOT = Pattern.compile("[a-z0-9_]{1,63}");
  private static final Pattern BYTES = Pattern.compile("\\A(\\d{1,15}+) ?+(B|KB|MB|GB|TB)\\z");
  private static final int KILO = 1024;

  /// Refuses names that Postgres would refuse, and a limit of nothing.
  public FollowSettings {
    if (!SLOT.matcher(slot).matches()) {
      throw new IllegalArgumentException(
          "expected small letters, digits and underscores, at most 63, got \"" + slot + "\"");
    }
    if (publication.isBlank()) {
      throw new IllegalArgumentException("expected a publication's name, got none");
    }
    if (lagLimit < 1) {
      throw new IllegalArgumentException("expected a limit above zero, got " + lagLimit);
    }
  }

  /// Everything as it is unless set.
  public static FollowSettings standard() {
    return new FollowSettings(true, bytes(LAG_LIMIT).orElseThrow(), NAME, NAME);
  }

  static boolean isSlotName(String name) {
    return SLOT.matcher(name).matches();
  }

  /// How many bytes a text such as `512MB` means; nothing if it is none.
  static Optional<Long> bytes(String text) {
    var parts = BYTES.matcher(text.strip().toUpperCase(Locale.ROOT));
    if (!parts.matches()) {
      return Optional.empty();
    }
    long unit =
        switch (parts.group(2)) {
          case "B" -> 1;
          case "KB" -> KILO;
          case "MB" -> KILO * KILO;
          case "GB" -> (long) KILO * KILO * KILO;
          default -> (long) KILO * KILO * KILO * KILO;
        };
    try {
      long bytes = Math.multiplyExact(Long.parseLong(parts.group(1)), unit);
      return bytes < 1 ? Optional.empty() : Optional.of(bytes);
    } catch (ArithmeticException _) {
      return Optional.empty();
    }
  }
}
