package io.stoker.server.wire;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Pattern;

/// Parses and formats amounts in dollars, such as `5`, `2.50` or `0.000001`. Internally and in
/// JSON, amounts are in micro-dollars: a dollar has 1,000,000.
public final class DollarFormat {

  private static final Pattern AMOUNT = Pattern.compile("\\d{1,12}(\\.\\d{1,6}0*)?");
  private static final int MICRO_PLACES = 6;
  private static final long SHOWN = 100;

  private DollarFormat() {}

  /// Parses an amount.
  ///
  /// @return micro-dollars
  /// @throws IllegalArgumentException with a message "expected X, got Y"
  public static long parse(String text) {
    var trimmed = text.strip();
    if (!AMOUNT.matcher(trimmed).matches()) {
      throw new IllegalArgumentException(
          "expected dollars with at most 6 decimal places, such as 2.50, got \"" + text + "\"");
    }
    return new BigDecimal(trimmed).movePointRight(MICRO_PLACES).longValueExact();
  }

  /// Formats an amount with four decimal places, rounded half up; `<$0.0001` for smaller amounts
  /// other than 0.
  public static String format(long micros) {
    var sign = micros < 0 ? "-" : "";
    long amount = Math.absExact(micros);
    if (amount > 0 && amount < SHOWN) {
      return sign + "<$0.0001";
    }
    long rounded = Math.addExact(amount, SHOWN / 2) / SHOWN;
    long perDollar = 1_000_000 / SHOWN;
    return String.format(Locale.ROOT, "%s$%d.%04d", sign, rounded / perDollar, rounded % perDollar);
  }
}
