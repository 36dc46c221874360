package io.stoker.server.settings;

import io.stoker.server.access.Tokens;
import io.stoker.server.wire.InvalidValueException;
import java.net.InetAddress;
import java.util.Set;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.ConfigurableEnvironment;

/// Rejects settings with which a server must not start, such as Spring Boot settings that would
/// bypass its access control.
public final class StartupChecks {

  private static final String LOG_FORMAT = "logging.structured.format.console";
  private static final String FORWARDING = "server.forward-headers-strategy";
  private static final String REMOTE_IP = "server.tomcat.remoteip";
  private static final String TRUSTS_ALL =
      "is not supported, because it would trust every proxy. List the trusted proxies in"
          + " stoker.proxies";
  private static final Set<String> LOG_FORMATS = Set.of("ecs", "gelf", "logstash");

  private StartupChecks() {}

  /// Checks everything that needs no access to the state database.
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

  private static void requireSafety(ConfigurableEnvironment environment, Settings settings) {
    var binder = Binder.get(environment);
    var file = settings.tokensFile();
    if (file != null) {
      requireOperator(environment, new Tokens(settings.token(), file));
    }
    if (!binder.bind(FORWARDING, String.class).orElse("none").equalsIgnoreCase("none")) {
      throw new InvalidValueException(FORWARDING, TRUSTS_ALL);
    }
    if (binder.bind(REMOTE_IP, Bindable.mapOf(String.class, String.class)).isBound()) {
      throw new InvalidValueException(REMOTE_IP, TRUSTS_ALL);
    }
    if (binder.bind("server.servlet.context-path", String.class).isBound()) {
      throw new InvalidValueException(
          "server.servlet.context-path",
          "is not supported. To serve below a path, have your proxy strip it and set"
              + " X-Forwarded-Prefix (docs/how-to/behind-nginx.md)");
    }
    if (binder.bind("management.server.port", String.class).isBound()) {
      throw new InvalidValueException(
          "management.server.port", "is not supported, because that port would need no token");
    }
  }

  /// Rejects a public address while there is no operator token.
  ///
  /// @throws InvalidValueException naming `server.address`
  public static void requireOperator(ConfigurableEnvironment environment, Tokens tokens) {
    var address = Binder.get(environment).bind("server.address", InetAddress.class).orElse(null);
    boolean isPublic = address == null || !address.isLoopbackAddress();
    if (isPublic && !tokens.includeOperator()) {
      throw new InvalidValueException(
          "server.address",
          "expected a loopback address such as 127.0.0.1, got "
              + (address == null ? "all addresses" : address.getHostAddress())
              + ", which others can reach. To listen there, create an operator token first:"
              + " ./stoker token create --role operator --name NAME (or set STOKER_TOKEN)");
    }
  }
}
