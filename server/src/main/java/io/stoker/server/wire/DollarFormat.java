package io.stoker.server.wire;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.regex.Pattern;

/// How amounts of money are written wherever somebody types or reads one: `5`, `2.50`, `0.000001`
/// dollars. Inside, and on the wire, they are micro-dollars: 1,000,000 are a dollar.
public final class DollarFormat {

  private static final Pattern AMOUNT = Pattern.compile("\\d{1,12}(\\.\\d{1,6}0*)?");
  private static final int MICRO_PLACES = 6;
  private static final long SHOWN = 100;

  private DollarFormat() {}

  /// Reads an amount.
  ///
  /// @return in micro-dollars
  /// @throws IllegalArgumentException saying what was wanted and what came
  public static long parse(String text) {
    var trimmed = text.strip();
    if (!AMOUNT.matcher(trimmed).matches()) {
      throw new IllegalArgumentException(
          "expected dollars with at most 6 decimal places, such as 2.50, got \"" + text + "\"");
    }
    return new BigDecimal(trimmed).movePointRight(MICRO_PLACES).longValueExact();
  }

  /// An amount for people, with four decimal places, rounded half up; `<$0.0001` for what is less
  /// than that and not nothing.
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
