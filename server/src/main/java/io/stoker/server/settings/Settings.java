package io.stoker.server.settings;

import io.stoker.server.access.ConfiguredToken;
import io.stoker.server.access.TokenFile;
import io.stoker.server.access.TrustedProxies;
import io.stoker.server.settings.MissingSettingException.Need;
import io.stoker.server.wire.DurationFormat;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.server.wire.WireJson;
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

/// All that the program can be told, under `stoker.`; also `DATABASE_URL`, `REDIS_URL` and
/// `ANTHROPIC_API_KEY`.
///
/// @param databaseUrl where the Postgres of sessions is; null if nobody said
/// @param redisUrl where Redis is; null if nobody said
/// @param token an operator's token, of at least 16 characters; null for none
/// @param tokensFile the file that the tokens of `./stoker token` are in, which may be one that can
///   only be read; null for the state database if that is a Postgres, and else for `tokens` in the
///   data folder
/// @param rateLimit how many requests a second each token is good for; 0 for any number
/// @param proxies addresses and ranges (`10.0.0.0/8`) of the proxies that may say who sent a
///   request, by which scheme, to which host and below which path; unless named, none is believed
/// @param http what connections may be used for, and for how long
/// @param sessions how sessions are warmed
/// @param answers where answers are kept and come from
/// @param prompts who answers in chats, and how prompts are kept warm
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

  /// The keys as they are written; not private, or the binder would not see it. Addresses and the
  /// token stay text here, so that no complaint of the binder can quote one.
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

  /// Reads the settings.
  ///
  /// @throws InvalidValueException if one makes no sense
  public static Settings of(ConfigurableEnvironment environment) {
    return of(
        environment,
        problem -> {
          throw problem;
        });
  }

  /// Reads the settings as far as that goes: what makes no sense is as if it were not set.
  ///
  /// @param problems is told of each value that makes no sense; may end the reading by throwing it
  public static Settings of(
      ConfigurableEnvironment environment, Consumer<InvalidValueException> problems) {
    var keys = bind(environment, problems);
    var databaseUrl = first(keys.databaseUrl, environment.getProperty("DATABASE_URL"));
    var redisUrl = first(keys.redisUrl, environment.getProperty("REDIS_URL"));
    var token = first(keys.token, null);
    var settings =
        new Settings(
            read(databaseUrl, DatabaseUrl::parse, problems),
            read(redisUrl, RedisUrl::parse, problems),
            read(token, ConfiguredToken::new, problems),
            tokenFile(first(keys.tokensFile, null), keys.answers),
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
      @Nullable String text, Function<String, T> parse, Consumer<InvalidValueException> problems) {
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
      throw new InvalidValueException(
          "stoker.rate-limit", "must not be negative but was " + rateLimit);
    }
  }

  private void checkSessions() {
    try {
      sessions.check();
    } catch (InvalidSettingException e) {
      throw badValue(e);
    }
    var _ = mapping();
  }

  /// How sessions are found in the database.
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

  /// Where Postgres is.
  ///
  /// @throws MissingSettingException if nobody said
  public DatabaseUrl requireDatabase() {
    if (databaseUrl == null) {
      throw new MissingSettingException(List.of(Need.DATABASE_URL));
    }
    return databaseUrl;
  }

  /// Where Redis is.
  ///
  /// @throws MissingSettingException if nobody said
  public RedisUrl requireRedis() {
    if (redisUrl == null) {
      throw new MissingSettingException(List.of(Need.REDIS_URL));
    }
    return redisUrl;
  }

  /// Whether sessions can be warmed at all.
  public boolean sessionsConfigured() {
    return databaseUrl != null && redisUrl != null;
  }

  /// Checks that both addresses are there.
  ///
  /// @throws MissingSettingException naming every one that is not
  public void requireSessionsConfigured() {
    var missing = new ArrayList<Need>();
    if (databaseUrl == null) {
      missing.add(Need.DATABASE_URL);
    }
    if (redisUrl == null) {
      missing.add(Need.REDIS_URL);
    }
    if (!missing.isEmpty()) {
      throw new MissingSettingException(missing);
    }
  }

  private static @Nullable String first(@Nullable String one, @Nullable String other) {
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

  /// The names of settings that there are not.
  ///
  /// @param told those that were complained of before
  private static Optional<String> unknown(BindException e, Set<ConfigurationPropertyName> told) {
    if (!(e.getCause() instanceof UnboundConfigurationPropertiesException unknown)) {
      throw e;
    }
    return unknown.getUnboundProperties().stream()
        .map(ConfigurationProperty::getName)
        .filter(name -> !told.contains(name))
        .map(ConfigurationPropertyName::toString)
        .reduce((one, other) -> one + ", " + other);
  }

  private static InvalidValueException unknown(String names) {
    return new InvalidValueException(names, "is no setting of Stoker");
  }

  /// What the binder complains of, in one line.
  public static InvalidValueException badValue(BindException e) {
    return badValue(e.getName(), e.getTarget(), e.getProperty());
  }

  private static InvalidValueException badValue(
      ConfigurationPropertyName name,
      Bindable<?> target,
      @Nullable ConfigurationProperty property) {
    var value = property == null ? null : property.getValue();
    var wanted = WireJson.typeName(target.getType().resolve(Object.class));
    return new InvalidValueException(
        name.toString(), "expected " + wanted + ", got \"" + value + "\"" + place(property));
  }

  /// Where in a file a property stands; nothing if it comes from elsewhere.
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
