package io.stoker.prompts;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stoker.prompts.policy.CachePricing;
import io.stoker.prompts.policy.CacheTiers;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The known cache behavior and prices of models.
///
/// Read from a properties file whose comments document the format and the sources. Immutable.
public final class ProviderFacts {

  private static final String STANDARD = "providers.properties";
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
  private static final Pattern AMOUNT = Pattern.compile("[0-9]{1,7}(\\.[0-9]{1,6})?");
  private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,6})([smhd])");
  private static final BigDecimal MICROS = BigDecimal.valueOf(1_000_000);

  /// The number of warms of an idle period that the policy considers; later, too few users come
  /// back.
  private static final int MAX_WARMS = 12;

  private static final int MAX_LONG_TTL_WARMS = 7;
  private static final BigDecimal MAX_AMOUNT = BigDecimal.valueOf(1_000_000);

  private enum Fact {
    TTL,
    LONG_TTL,
    PING_EVERY,
    LONG_PING_EVERY,
    MINIMUM_TOKENS,
    REFRESH,
    INSTEAD,
    INPUT,
    OUTPUT,
    WRITE,
    LONG_WRITE,
    READ;

    String key() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /// A line of the file.
  ///
  /// @param beginning the prefix of the full model names that this line matches
  /// @param whole whether it is the whole name
  private record FactLine(String beginning, boolean whole, String value) {

    static final Comparator<FactLine> LONGEST_FIRST =
        Comparator.comparingInt((FactLine line) -> line.beginning.length())
            .thenComparing(FactLine::whole)
            .reversed();

    boolean isAbout(String name) {
      return whole ? name.equals(beginning) : name.startsWith(beginning);
    }
  }

  private final Map<Fact, List<FactLine>> lines = new EnumMap<>(Fact.class);

  private ProviderFacts(Map<String, String> entries) {
    for (var fact : Fact.values()) {
      lines.put(fact, new ArrayList<>());
    }
    entries.forEach(this::add);
    lines.values().forEach(list -> list.sort(FactLine.LONGEST_FIRST));
  }

  /// The built-in facts.
  public static ProviderFacts standard() {
    return new ProviderFacts(builtIn());
  }

  /// The built-in facts, overridden by those of a file with the same pattern and fact.
  ///
  /// @throws IllegalArgumentException if the file cannot be read or parsed; the message names the
  ///   file, the line and what was expected
  public static ProviderFacts from(Path file) {
    try (var reader = Files.newBufferedReader(file)) {
      var entries = builtIn();
      entries.putAll(read(reader, file.toString()));
      return new ProviderFacts(entries);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "expected a file of facts about providers, but " + file + " cannot be read: " + e, e);
    }
  }

  /// The cache profile of a model, by its full name; [CacheProfile#UNKNOWN] for what is not known.
  public CacheProfile cacheProfile(String fullName) {
    return cacheProfile(fullName, find(Fact.TTL, fullName));
  }

  /// The same for the longer tier, where there is one.
  public CacheProfile longCacheProfile(String fullName) {
    return cacheProfile(fullName, find(Fact.LONG_TTL, fullName).or(() -> find(Fact.TTL, fullName)));
  }

  private CacheProfile cacheProfile(String fullName, Optional<String> timeToLive) {
    var refresh =
        find(Fact.REFRESH, fullName).map(ProviderFacts::refresh).orElse(CacheProfile.Refresh.PING);
    return new CacheProfile(
        timeToLive.map(ProviderFacts::time).orElse(CacheProfile.UNKNOWN.timeToLive()),
        find(Fact.MINIMUM_TOKENS, fullName).map(Integer::parseInt).orElse(0),
        refresh,
        refresh == CacheProfile.Refresh.PING ? "" : find(Fact.INSTEAD, fullName).orElse(""));
  }

  /// The prices of a model's cache tiers, by its full name. The default time between warms is 29/30
  /// of the time to live.
  ///
  /// @throws IllegalArgumentException if warms would be sent too late
  public CacheTiers cacheTiers(String fullName) {
    var write = factor(Fact.WRITE, fullName, BigDecimal.ONE);
    var lasting = find(Fact.LONG_TTL, fullName);
    return new CacheTiers(
        fullName,
        tier(
            cacheProfile(fullName).timeToLive(),
            find(Fact.PING_EVERY, fullName),
            MAX_WARMS,
            write,
            fullName),
        lasting.isEmpty()
            ? null
            : tier(
                longCacheProfile(fullName).timeToLive(),
                find(Fact.LONG_PING_EVERY, fullName),
                MAX_LONG_TTL_WARMS,
                factor(Fact.LONG_WRITE, fullName, write),
                fullName));
  }

  private CachePricing tier(
      Duration timeToLive,
      Optional<String> warmEvery,
      int maxWarms,
      BigDecimal write,
      String fullName) {
    double read = factor(Fact.READ, fullName, BigDecimal.ONE).doubleValue();
    return new CachePricing(
        timeToLive,
        warmEvery.map(ProviderFacts::time).orElse(timeToLive.multipliedBy(29).dividedBy(30)),
        maxWarms,
        Math.max(write.doubleValue(), read),
        read);
  }

  /// The prices of a model, by its full name; empty if unknown, as for local models.
  public Optional<Prices> prices(String fullName) {
    var input = find(Fact.INPUT, fullName).map(BigDecimal::new);
    var output = find(Fact.OUTPUT, fullName).map(BigDecimal::new);
    if (input.isEmpty() || output.isEmpty()) {
      return Optional.empty();
    }
    var write = factor(Fact.WRITE, fullName, BigDecimal.ONE);
    return Optional.of(
        new Prices(
            micros(input.get()),
            micros(output.get()),
            micros(input.get().multiply(factor(Fact.READ, fullName, BigDecimal.ONE))),
            micros(input.get().multiply(write)),
            micros(input.get().multiply(factor(Fact.LONG_WRITE, fullName, write)))));
  }

  private BigDecimal factor(Fact fact, String fullName, BigDecimal otherwise) {
    return find(fact, fullName).map(BigDecimal::new).orElse(otherwise);
  }

  private Optional<String> find(Fact fact, String fullName) {
    for (var line : lines.getOrDefault(fact, List.of())) {
      if (line.isAbout(fullName)) {
        return Optional.of(line.value());
      }
    }
    return Optional.empty();
  }

  private void add(String key, String value) {
    int dot = key.lastIndexOf('.');
    var fact = fact(key.substring(dot + 1));
    if (fact != null) {
      boolean whole = key.charAt(dot - 1) != '*';
      var line = new FactLine(key.substring(0, whole ? dot : dot - 1), whole, value);
      lines.computeIfAbsent(fact, _ -> new ArrayList<>()).add(line);
    }
  }

  private static Map<String, String> builtIn() {
    try (var in = ProviderFacts.class.getResourceAsStream(STANDARD)) {
      if (in == null) {
        throw new IllegalStateException("Stoker's own " + STANDARD + " is missing");
      }
      return read(new InputStreamReader(in, UTF_8), STANDARD);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> read(Reader reader, String file) throws IOException {
    var properties = new Properties();
    try {
      properties.load(reader);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + " cannot be understood: " + e.getMessage(), e);
    }
    var entries = new TreeMap<String, String>();
    for (var key : properties.stringPropertyNames()) {
      var value = properties.getProperty(key).strip();
      check(file, key, value);
      entries.put(key, value);
    }
    return entries;
  }

  private static void check(String file, String key, String value) {
    int dot = key.lastIndexOf('.');
    var fact = dot < 0 ? null : fact(key.substring(dot + 1));
    if (fact == null) {
      throw invalid(
          file,
          key,
          "a key that ends in one of "
              + String.join(
                  ", ", Arrays.stream(Fact.values()).map(each -> '.' + each.key()).toList()),
          value);
    }
    var pattern = key.substring(0, dot);
    int star = pattern.indexOf('*');
    if (pattern.indexOf('/') < 1 || (star >= 0 && star < pattern.length() - 1)) {
      throw invalid(
          file, key, "a model such as openai/gpt-4o, or a beginning such as openai/gpt-4o*", value);
    }
    var expected = expected(fact, value);
    if (!expected.isEmpty()) {
      throw invalid(file, key, expected, value);
    }
  }

  /// What was expected of a value; empty if it is valid.
  private static String expected(Fact fact, String value) {
    return switch (fact) {
      case TTL, LONG_TTL, PING_EVERY, LONG_PING_EVERY ->
          TIME.matcher(value).matches() ? "" : "a time such as 90s, 5m, 1h or 2d";
      case MINIMUM_TOKENS -> NUMBER.matcher(value).matches() ? "" : "a number of tokens";
      case REFRESH -> isRefresh(value) ? "" : "ping, request or never";
      case INSTEAD -> value.isEmpty() ? "a text" : "";
      case INPUT, OUTPUT -> isAmount(value) ? "" : "dollars for a million tokens, such as 0.25";
      case WRITE, LONG_WRITE, READ -> isAmount(value) ? "" : "a factor such as 1.25";
    };
  }

  private static boolean isRefresh(String value) {
    return Arrays.stream(CacheProfile.Refresh.values())
        .anyMatch(refresh -> refresh.name().toLowerCase(Locale.ROOT).equals(value));
  }

  private static boolean isAmount(String value) {
    return AMOUNT.matcher(value).matches() && new BigDecimal(value).compareTo(MAX_AMOUNT) <= 0;
  }

  private static IllegalArgumentException invalid(
      String file, String key, String expected, String value) {
    return new IllegalArgumentException(
        file + ": expected " + expected + ", but " + key + " is \"" + value + '"');
  }

  private static @Nullable Fact fact(String name) {
    for (var fact : Fact.values()) {
      if (fact.key().equals(name)) {
        return fact;
      }
    }
    return null;
  }

  private static CacheProfile.Refresh refresh(String value) {
    return CacheProfile.Refresh.valueOf(value.toUpperCase(Locale.ROOT));
  }

  private static Duration time(String value) {
    var parts = TIME.matcher(value);
    if (!parts.matches()) {
      throw new IllegalArgumentException(value);
    }
    long count = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "s" -> Duration.ofSeconds(count);
      case "m" -> Duration.ofMinutes(count);
      case "h" -> Duration.ofHours(count);
      default -> Duration.ofDays(count);
    };
  }

  private static long micros(BigDecimal dollars) {
    return dollars.multiply(MICROS).setScale(0, RoundingMode.HALF_UP).longValueExact();
  }
}
