package io.stoker.server.settings;

import io.stoker.server.access.Tokens;
import io.stoker.server.wire.InvalidValueException;
import java.net.InetAddress;
import java.util.Set;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;

/// The settings with which a server must not start: what Spring's own make unsafe, or cannot be
/// read.
public final class StartupChecks {

  private static final String LOG_FORMAT = "logging.structured.format.console";
  private static final String FORWARDING = "server.forward-headers-strategy";
  private static final String REMOTE_IP = "server.tomcat.remoteip";
  private static final String BELIEVES_ALL =
      "is not supported, since it would believe every proxy. Name those that may say who sent a"
          + " request in stoker.proxies";
  private static final Set<String> LOG_FORMATS = Set.of("ecs", "gelf", "logstash");

  private StartupChecks() {}

  /// Refuses what would keep the server from starting, as far as settings alone tell.
  ///
  /// @throws InvalidValueException naming the setting
  public static void check(ConfigurableEnvironment environment, Settings settings) {
    try {
      requireSafety(environment, settings);
      Binder.get(environment).bind("server.port", Integer.class);
    } catch (BindException e) {
      throw Settings.badValue(e);
    }
    var format = environment.getProperty(LOG_FORMAT, "");
    if (!format.isEmpty() && !LOG_FORMATS.contains(format)) {
      throw new InvalidValueException(
          LOG_FORMAT, "expected one of ecs, gelf, logstash, got \"" + format + "\"");
    }
  }

  /// Refuses what would let everybody in, as far as that can be known without the state database.
  private static void requireSafety(ConfigurableEnvironment environment, Settings settings) {
    var binder = Binder.get(environment);
    var file = settings.tokensFile();
    if (file != null) {
      requireOperator(environment, new Tokens(settings.token(), file));
    }
    if (!binder.bind(FORWARDING, String.class).orElse("none").equalsIgnoreCase("none")) {
      throw new InvalidValueException(FORWARDING, BELIEVES_ALL);
    }
    if (binder.bind(REMOTE_IP, Bindable.mapOf(String.class, String.class)).isBound()) {
      throw new InvalidValueException(REMOTE_IP, BELIEVES_ALL);
    }
    if (binder.bind("server.servlet.context-path", String.class).isBound()) {
      throw new InvalidValueException(
          "server.servlet.context-path",
          "is not supported. To be reached below a path, have your proxy take it off and set"
              + " X-Forwarded-Prefix (docs/how-to/behind-nginx.md)");
    }
    if (binder.bind("management.server.port", String.class).isBound()) {
      throw new InvalidValueException(
          "management.server.port", "is not supported, since no token would guard that port");
    }
  }

  /// Refuses an address that others can reach while no token lets an operator in.
  ///
  /// @throws InvalidValueException if that is so
  public static void requireOperator(ConfigurableEnvironment environment, Tokens tokens) {
    var address = Binder.get(environment).bind("server.address", InetAddress.class).orElse(null);
    boolean isPublic = address == null || !address.isLoopbackAddress();
    if (isPublic && !tokens.includeOperator()) {
      throw new InvalidValueException(
          "server.address",
          "expected a loopback address such as 127.0.0.1, since anybody could reach "
              + (address == null ? "the others" : address.getHostAddress())
              + ". To listen there, make an operator's token first:"
              + " ./stoker token create --role operator --name NAME (or set STOKER_TOKEN)");
    }
  }
}
