package io.stoker.testing;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Checks the regular expressions of a module for catastrophic backtracking: matches each against
/// hostile lines and counts how often it reads a character, which must not grow with the line.
public final class PatternRules {

  /// How often a pattern may read each character of a line.
  private static final int LOOKS = 40;

  private static final int PUMPED = 160;

  /// How many pieces are tried as prefixes.
  private static final int BEFORE = 16;

  /// Long enough to overflow the stack if a pattern recurses per character.
  private static final int LONG = 12_000;

  private static final int MOST_PIECES = 60;

  private static final Set<String> HIDDEN_PATTERNS =
      Set.of("matches", "replaceAll", "replaceFirst");

  /// A call of [String#split] with a single character, which compiles no pattern.
  private static final Pattern PLAIN_SPLIT =
      Pattern.compile("\\.split\\(\"(?:[^\\\\.$|()\\[{^?*+]|\\\\\\\\[^a-zA-Z0-9]|\\\\n)\"[,)]");

  private PatternRules() {}

  /// Checks that patterns are in static fields, where [#patterns(JavaClasses)] finds them.
  ///
  /// @param sources the module's source folder
  public static void checkPlaces(JavaClasses classes, Path sources) {
    noClasses()
        .should()
        .accessTargetWhere(describe("hides a pattern in a call", PatternRules::hidesPattern))
        .check(classes);
    noClasses()
        .should()
        .accessTargetWhere(
            describe("makes a pattern that no static field holds", PatternRules::makesOneInPassing))
        .check(classes);
    var splits = splits(sources);
    if (!splits.isEmpty()) {
      throw new AssertionError("expected split to have a single character, got " + splits);
    }
  }

  private static boolean hidesPattern(JavaAccess<?> access) {
    return (access.getTargetOwner().isEquivalentTo(String.class)
            && HIDDEN_PATTERNS.contains(access.getTarget().getName()))
        || (access.getTargetOwner().isEquivalentTo(Pattern.class)
            && access.getTarget().getName().equals("matches"));
  }

  /// Private static methods that return a pattern are allowed, too.
  private static boolean makesOneInPassing(JavaAccess<?> access) {
    var origin = access.getOrigin();
    boolean forField =
        origin.getName().equals("<clinit>")
            || (origin.getModifiers().contains(JavaModifier.PRIVATE)
                && origin.getModifiers().contains(JavaModifier.STATIC)
                && origin.getRawReturnType().isEquivalentTo(Pattern.class));
    return access.getTargetOwner().isEquivalentTo(Pattern.class)
        && access.getTarget().getName().equals("compile")
        && !forField;
  }

  private static List<String> splits(Path sources) {
    try (var files = Files.walk(sources)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .flatMap(PatternRules::lines)
          .filter(line -> line.contains(".split(\""))
          .filter(line -> !PLAIN_SPLIT.matcher(line).find())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> lines(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The patterns in static fields, by field name.
  public static Map<String, Pattern> patterns(JavaClasses classes) {
    var patterns = new TreeMap<String, Pattern>();
    classes.forEach(type -> {
      for (var field : fields(type.getName())) {
        var found = new ArrayList<Pattern>();
        collect(value(field), found);
        var name = type.getSimpleName() + "." + field.getName();
        for (int i = 0; i < found.size(); i++) {
          patterns.put(found.size() == 1 ? name : name + i, found.get(i));
        }
      }
    });
    return patterns;
  }

  private static List<Field> fields(String type) {
    try {
      return Stream.of(
              Class.forName(type, false, PatternRules.class.getClassLoader()).getDeclaredFields())
          .filter(field -> Modifier.isStatic(field.getModifiers()))
          .filter(field -> mayHoldPatterns(field.getType()))
          .toList();
    } catch (ClassNotFoundException | LinkageError e) {
      throw new AssertionError("cannot look into " + type, e);
    }
  }

  private static boolean mayHoldPatterns(Class<?> type) {
    return type == Pattern.class
        || Collection.class.isAssignableFrom(type)
        || Map.class.isAssignableFrom(type)
        || type == Pattern[].class;
  }

  private static Object value(Field field) {
    try {
      field.setAccessible(true);
      return field.get(null);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("cannot read " + field, e);
    }
  }

  private static void collect(Object value, List<Pattern> found) {
    switch (value) {
      case Pattern pattern -> found.add(pattern);
      case Pattern[] several -> found.addAll(List.of(several));
      case Collection<?> several -> several.forEach(one -> collect(one, found));
      case Map<?, ?> map -> {
        collect(map.keySet(), found);
        collect(map.values(), found);
      }
      case null, default -> {}
    }
  }

  /// Checks a pattern with hostile lines.
  ///
  /// @throws AssertionError with the offending line
  public static void check(String name, Pattern pattern) {
    var pieces = pieces(pattern);
    for (var pumped : pieces) {
      for (var before : pieces.subList(0, BEFORE)) {
        check(name, pattern, before + pumped.repeat(PUMPED / pumped.length()) + "\u2028");
      }
      check(name, pattern, pumped.repeat(LONG / pumped.length()) + "\u2028");
    }
    var random = new Random(12);
    for (int i = 0; i < 100; i++) {
      var line = new StringBuilder();
      var few = List.of(pick(pieces, random), pick(pieces, random), pick(pieces, random));
      while (line.length() < PUMPED) {
        line.append(pick(few, random));
      }
      check(name, pattern, line.toString());
    }
  }

  private static String pick(List<String> pieces, Random random) {
    return pieces.get(random.nextInt(pieces.size()));
  }

  /// The literals in a pattern, and some characters that its classes may match.
  private static List<String> pieces(Pattern pattern) {
    var pieces = new LinkedHashSet<String>();
    Pattern.compile("[^\\\\()\\[\\]{}|?*+^$<>=!&,-]{2,}")
        .matcher(pattern.pattern())
        .results()
        .forEach(word -> pieces.add(word.group()));
    pattern
        .pattern()
        .codePoints()
        .filter(character -> !Character.isLetterOrDigit(character))
        .forEach(character -> pieces.add(Character.toString(character)));
    pieces.addAll(
        List.of(
            " ", "\t", "\n", "\r", "\0", "a", "Z", "é", "0", "#", "-", ".", "/", "\"", "👍", "a ",
            "0."));
    return pieces.stream().limit(MOST_PIECES).toList();
  }

  private static void check(String name, Pattern pattern, String line) {
    try {
      var _ = pattern.matcher(new CountedLine(line)).matches();
      find(pattern.matcher(new CountedLine(line)));
    } catch (TooManyLooks | StackOverflowError e) {
      throw new AssertionError(
          "%s looks too often at \"%s...\" of %d characters: %s"
              .formatted(
                  name, line.substring(0, Math.min(40, line.length())), line.length(), pattern),
          e);
    }
  }

  private static void find(Matcher matcher) {
    while (matcher.find()) {
      // Find all matches.
    }
  }

  private static final class TooManyLooks extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /// A line that counts reads of its characters.
  private static final class CountedLine implements CharSequence {

    private final String line;
    private long left;

    CountedLine(String line) {
      this.line = line;
      this.left = (long) LOOKS * line.length() + 1000;
    }

    @Override
    public int length() {
      return line.length();
    }

    @Override
    public char charAt(int index) {
      if (--left < 0) {
        throw new TooManyLooks();
      }
      return line.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return line.subSequence(start, end);
    }

    @Override
    public String toString() {
      return line;
    }
  }
}
