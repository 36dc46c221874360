package io.stoker.server.settings;

import io.stoker.server.access.ConfiguredToken;
import io.stoker.server.access.TokenFile;
import io.stoker.server.access.TrustedProxies;
import io.stoker.server.settings.MissingSettingException.Variable;
import io.stoker.server.wire.DurationFormat;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.server.wire.WireJson;
import io.stoker.sessions.FollowMode;
import io.stoker.sessions.SessionMapping;
import io.stoker.sessions.SessionSettings;
import io.stoker.sessions.SessionSettings.InvalidSettingException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.bind.handler.IgnoreErrorsBindHandler;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.ConfigurableEnvironment;

/// The program's settings: everything under `stoker.`, and `DATABASE_URL`, `REDIS_URL` and
/// `ANTHROPIC_API_KEY`.
///
/// @param databaseUrl URL of the Postgres with the sessions; null for `DATABASE_URL`, if that is
///   set, else for `PGHOST` and libpq's other variables
/// @param redisUrl URL of Redis; null for `REDIS_URL`, if that is set
/// @param token an operator token of at least 16 characters; null for none
/// @param tokensFile file of the tokens made with `./stoker token`, which may be read-only; null
///   for the state database if that is a Postgres, otherwise for `tokens` in the data folder
/// @param rateLimit maximum number of requests a second for each token; 0 for no limit
/// @param proxies addresses and ranges (`10.0.0.0/8`) of trusted proxies, whose `Forwarded` and
///   `X-Forwarded-*` headers are used for the client's address and the scheme, host and path of a
///   request
/// @param http limits and timeouts of connections
/// @param sessions warming of sessions
/// @param answers storage and pipeline of answers
/// @param prompts providers and warming of prompts
public record Settings(
    @Nullable DatabaseUrl databaseUrl,
    @Nullable RedisUrl redisUrl,
    @Nullable ConfiguredToken token,
    @Nullable TokenFile tokensFile,
    int rateLimit,
    TrustedProxies proxies,
    HttpSettings http,
    SessionSettings sessions,
    AnswerSettingsKeys answers,
    PromptSettingsKeys prompts) {

  /// The raw values. Public because Spring's binder must see it. Addresses and the token are
  /// strings here, so that no message of the binder quotes them.
  public record Keys(
      @Nullable String databaseUrl,
      @Nullable String redisUrl,
      @Nullable String token,
      @Nullable String tokensFile,
      @DefaultValue("200") int rateLimit,
      @DefaultValue List<String> proxies,
      @DefaultValue HttpSettings http,
      @DefaultValue SessionSettings sessions,
      @DefaultValue AnswerSettingsKeys answers,
      @DefaultValue PromptSettingsKeys prompts) {}

  /// Reads all settings.
  ///
  /// @throws InvalidValueException if one is invalid
  public static Settings of(ConfigurableEnvironment environment) {
    return of(
        environment,
        problem -> {
          throw problem;
        });
  }

  /// Reads the settings leniently: an invalid value counts as not set.
  ///
  /// @param problems receives each invalid value; may throw it to stop
  public static Settings of(
      ConfigurableEnvironment environment, Consumer<InvalidValueException> problems) {
    var keys = bind(environment, problems);
    var databaseUrl = firstNonBlank(keys.databaseUrl, environment.getProperty("DATABASE_URL"));
    var redisUrl = firstNonBlank(keys.redisUrl, environment.getProperty("REDIS_URL"));
    var token = firstNonBlank(keys.token, null);
    var settings =
        new Settings(
            databaseUrl == null
                ? read("", _ -> DatabaseUrl.ofVariables(environment::getProperty), problems)
                : read(databaseUrl, DatabaseUrl::parse, problems),
            read(redisUrl, RedisUrl::parse, problems),
            read(token, ConfiguredToken::new, problems),
            tokenFile(firstNonBlank(keys.tokensFile, null), keys.answers),
            keys.rateLimit,
            proxies(keys.proxies, problems),
            keys.http,
            keys.sessions,
            keys.answers,
            keys.prompts.withAnthropicKey(environment.getProperty("ANTHROPIC_API_KEY")));
    check(settings::checkRateLimit, problems);
    check(settings.http::check, problems);
    check(settings::checkSessions, problems);
    check(settings.answers::check, problems);
    check(settings.prompts::check, problems);
    return settings;
  }

  private static <T> @Nullable T read(
      @Nullable String text,
      Function<String, @Nullable T> parse,
      Consumer<InvalidValueException> problems) {
    try {
      return text == null ? null : parse.apply(text);
    } catch (InvalidValueException e) {
      problems.accept(e);
      return null;
    }
  }

  private static TrustedProxies proxies(
      List<String> texts, Consumer<InvalidValueException> problems) {
    try {
      return TrustedProxies.of(texts);
    } catch (IllegalArgumentException e) {
      problems.accept(new InvalidValueException("stoker.proxies", String.valueOf(e.getMessage())));
      return TrustedProxies.NONE;
    }
  }

  private static void check(Runnable check, Consumer<InvalidValueException> problems) {
    try {
      check.run();
    } catch (InvalidValueException e) {
      problems.accept(e);
    }
  }

  private static @Nullable TokenFile tokenFile(@Nullable String path, AnswerSettingsKeys answers) {
    if (path != null) {
      return new TokenFile(Path.of(path));
    }
    return answers.isShared() ? null : answers.tokens();
  }

  private void checkRateLimit() {
    if (rateLimit < 0) {
      throw new InvalidValueException("stoker.rate-limit", "expected at least 0, got " + rateLimit);
    }
  }

  private void checkSessions() {
    try {
      sessions.check();
      if (sessions.followMode() != FollowMode.OFF) {
        var _ = sessions.followedTables();
      }
    } catch (InvalidSettingException e) {
      throw badValue(e);
    }
    var _ = mapping();
  }

  /// The SELECT that reads sessions.
  ///
  /// @throws InvalidValueException if there is no such mapping or file
  public SessionMapping mapping() {
    try {
      return sessions.sessionMapping();
    } catch (InvalidSettingException e) {
      throw badValue(e);
    }
  }

  private static InvalidValueException badValue(InvalidSettingException e) {
    return new InvalidValueException("stoker.sessions." + e.name(), e.problem());
  }

  /// The Postgres of sessions.
  ///
  /// @throws MissingSettingException if it is not set
  public DatabaseUrl requireDatabase() {
    if (databaseUrl == null) {
      throw new MissingSettingException(List.of(Variable.DATABASE_URL));
    }
    return databaseUrl;
  }

  /// The Redis.
  ///
  /// @throws MissingSettingException if it is not set
  public RedisUrl requireRedis() {
    if (redisUrl == null) {
      throw new MissingSettingException(List.of(Variable.REDIS_URL));
    }
    return redisUrl;
  }

  /// Whether the addresses of both Postgres and Redis are set.
  public boolean sessionsConfigured() {
    return missing().isEmpty();
  }

  /// Checks that the addresses of both Postgres and Redis are set.
  ///
  /// @throws MissingSettingException naming each address that is not set
  public void requireSessionsConfigured() {
    if (!sessionsConfigured()) {
      throw new MissingSettingException(missing());
    }
  }

  /// The addresses that sessions need and that are not set.
  public List<Variable> missing() {
    var missing = new ArrayList<Variable>();
    if (databaseUrl == null) {
      missing.add(Variable.DATABASE_URL);
    }
    if (redisUrl == null) {
      missing.add(Variable.REDIS_URL);
    }
    return missing;
  }

  private static @Nullable String firstNonBlank(@Nullable String one, @Nullable String other) {
    if (one != null && !one.isBlank()) {
      return one.strip();
    }
    return other == null || other.isBlank() ? null : other.strip();
  }

  private static Keys bind(
      ConfigurableEnvironment environment, Consumer<InvalidValueException> problems) {
    var conversions = new ApplicationConversionService();
    conversions.addConverter(String.class, Duration.class, DurationFormat::parse);
    var binder =
        new Binder(
            ConfigurationPropertySources.from(environment.getPropertySources()),
            new PropertySourcesPlaceholdersResolver(environment),
            conversions);
    var found = new LinkedHashMap<ConfigurationPropertyName, InvalidValueException>();
    var keys = Bindable.of(Keys.class);
    var lenient =
        new AbstractBindHandler() {
          @Override
          public @Nullable Object onFailure(
              ConfigurationPropertyName name,
              Bindable<?> target,
              BindContext context,
              Exception problem) {
            var property = context.getConfigurationProperty();
            found.putIfAbsent(name, badValue(name, target, property));
            return null;
          }
        };
    var read = binder.bindOrCreate("stoker", keys, lenient);
    found.values().forEach(problems);
    var refuseUnknown =
        new NoUnboundElementsBindHandler(
            new IgnoreErrorsBindHandler(), new UnboundElementsSourceFilter());
    try {
      binder.bind("stoker", keys, refuseUnknown);
    } catch (BindException e) {
      unknown(e, found.keySet()).map(Settings::unknown).ifPresent(problems);
    }
    return read;
  }

  /// The names of unknown settings.
  ///
  /// @param reported names with a problem that was reported already
  private static Optional<String> unknown(
      BindException e, Set<ConfigurationPropertyName> reported) {
    if (!(e.getCause() instanceof UnboundConfigurationPropertiesException unknown)) {
      throw e;
    }
    return unknown.getUnboundProperties().stream()
        .map(ConfigurationProperty::getName)
        .filter(name -> !reported.contains(name))
        .map(ConfigurationPropertyName::toString)
        .reduce((one, other) -> one + ", " + other);
  }

  private static InvalidValueException unknown(String names) {
    return new InvalidValueException(names, "is no setting of Stoker");
  }

  /// A binding failure as a message of one line.
  public static InvalidValueException badValue(BindException e) {
    return badValue(e.getName(), e.getTarget(), e.getProperty());
  }

  private static InvalidValueException badValue(
      ConfigurationPropertyName name,
      Bindable<?> target,
      @Nullable ConfigurationProperty property) {
    var value = property == null ? null : property.getValue();
    var expected = WireJson.typeName(target.getType().resolve(Object.class));
    return new InvalidValueException(
        name.toString(), "expected " + expected + ", got \"" + value + "\"" + place(property));
  }

  /// The file and line of a property; empty if it is from another source.
  private static String place(@Nullable ConfigurationProperty property) {
    var origin = property == null ? null : property.getOrigin();
    if (origin instanceof PropertySourceOrigin source
        && source.getOrigin() instanceof TextResourceOrigin text) {
      var file = text.getResource();
      var location = text.getLocation();
      if (file != null && location != null) {
        return " (" + file.getFilename() + ", line " + (location.getLine() + 1) + ")";
      }
    }
    return "";
  }
}
