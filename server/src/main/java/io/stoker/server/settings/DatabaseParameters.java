package io.stoker.server.settings;

import io.stoker.server.wire.InvalidValueException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.postgresql.PGProperty;

/// The parameters of a [DatabaseUrl], by the names of the JDBC driver or of libpq.
///
/// The driver ignores a name that it does not know, and so would connect without the encryption
/// that `sslMode` was meant to require. No message quotes what is in the URL: what looks like a
/// name can be the rest of a password.
final class DatabaseParameters {

  /// The names that libpq has and the driver does not, with the driver's own.
  private static final Map<String, PGProperty> LIBPQ =
      Map.ofEntries(
          Map.entry("application_name", PGProperty.APPLICATION_NAME),
          Map.entry("fallback_application_name", PGProperty.APPLICATION_NAME),
          Map.entry("channel_binding", PGProperty.CHANNEL_BINDING),
          Map.entry("connect_timeout", PGProperty.CONNECT_TIMEOUT),
          Map.entry("gssencmode", PGProperty.GSS_ENC_MODE),
          Map.entry("keepalives", PGProperty.TCP_KEEP_ALIVE),
          Map.entry("krbsrvname", PGProperty.KERBEROS_SERVER_NAME),
          Map.entry("load_balance_hosts", PGProperty.LOAD_BALANCE_HOSTS),
          Map.entry("require_auth", PGProperty.REQUIRE_AUTH),
          Map.entry("sslnegotiation", PGProperty.SSL_NEGOTIATION),
          Map.entry("target_session_attrs", PGProperty.TARGET_SERVER_TYPE));

  /// Values of libpq that the driver spells differently.
  private static final Map<String, String> VALUES =
      Map.of(
          "target_session_attrs=read-write", "primary",
          "target_session_attrs=read-only", "secondary",
          "target_session_attrs=standby", "secondary",
          "target_session_attrs=prefer-standby", "preferSecondary",
          "load_balance_hosts=disable", "false",
          "load_balance_hosts=random", "true",
          "keepalives=0", "false",
          "keepalives=1", "true");

  private static final List<String> SSL_MODES =
      List.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,9}");
  private static final Set<String> SWITCH = Set.of("true", "false");

  private DatabaseParameters() {}

  /// Parses `name=value&name=value`.
  ///
  /// @param decode decodes a value
  /// @return values by the driver's names
  /// @throws InvalidValueException if the driver would ignore one
  static Map<String, String> parse(String text, UnaryOperator<String> decode) {
    var parameters = new LinkedHashMap<String, String>();
    int place = 0;
    for (var parameter : text.split("&", -1)) {
      place++;
      if (!parameter.isEmpty()) {
        var parts = parameter.split("=", 2);
        add(parts[0], decode.apply(parts.length == 1 ? "" : parts[1]), place, parameters);
      }
    }
    return parameters;
  }

  private static void add(String name, String value, int place, Map<String, String> parameters) {
    if (name.equals("host")) {
      throw DatabaseUrl.bad(
          "a URL with the parameter host; name the host before the database (Java's driver cannot"
              + " use a Unix socket)");
    }
    if (name.equals("client_encoding")) {
      return; // the driver uses UTF-8
    }
    if (name.equals("sslrootcert") && value.equals("system")) {
      parameters.put(PGProperty.SSL_FACTORY.getName(), "org.postgresql.ssl.DefaultJavaSSLFactory");
      return;
    }
    var libpq = LIBPQ.get(name);
    var property = libpq == null ? PGProperty.forName(name) : libpq;
    if (property == null) {
      throw DatabaseUrl.bad(unknown(name, place));
    }
    if (property == PGProperty.SSL_MODE && !SSL_MODES.contains(value)) {
      throw DatabaseUrl.bad(
          "a URL with another sslmode than one of " + String.join(", ", SSL_MODES));
    }
    var translated = VALUES.getOrDefault(name + "=" + value, value);
    requireKind(property, translated);
    parameters.put(property.getName(), translated);
  }

  /// Refuses what the driver would find out when it connects, in a message that quotes the value.
  private static void requireKind(PGProperty property, String value) {
    var usual = String.valueOf(property.getDefaultValue());
    if (NUMBER.matcher(usual).matches() && !NUMBER.matcher(value).matches()) {
      throw DatabaseUrl.bad("a URL whose parameter " + property.getName() + " is not a number");
    }
    if (SWITCH.contains(usual) && !value.isEmpty() && !SWITCH.contains(value)) {
      throw DatabaseUrl.bad(
          "a URL whose parameter " + property.getName() + " is neither true nor false");
    }
  }

  private static String unknown(String name, int place) {
    var problem = "a URL whose parameter number " + place + " is unknown";
    return similar(name).map(known -> problem + "; write " + known).orElse(problem);
  }

  /// A known name that differs in case or underscores only.
  private static Optional<String> similar(String name) {
    var names =
        Stream.concat(
            Stream.of(PGProperty.values()).map(PGProperty::getName), LIBPQ.keySet().stream());
    return names.filter(known -> plain(known).equals(plain(name))).sorted().findFirst();
  }

  private static String plain(String name) {
    return name.replace("_", "").toLowerCase(Locale.ROOT);
  }
}
