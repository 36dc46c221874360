package io.stoker.sessions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// TLS sockets for a Redis with a private CA or mutual TLS, configured from PEM files.
final class RedisTls {

  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]++)-----END PRIVATE KEY-----");
  private static final char[] NO_PASSWORD = new char[0];

  private RedisTls() {}

  /// @param authorities certificates that vouch for the server's; null for the JVM's
  /// @param certificate the client's, with those that vouch for it; null for none
  /// @param key the client's private key; null for none
  /// @throws IllegalArgumentException naming the file that cannot be used
  static SSLSocketFactory sockets(
      @Nullable String authorities, @Nullable String certificate, @Nullable String key) {
    if ((certificate == null) != (key == null)) {
      throw new IllegalArgumentException(
          "certificate-file and key-file are needed together, and one of them is missing");
    }
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(
          certificate == null || key == null ? null : keys(certificate, key),
          authorities == null ? null : trust(authorities),
          null);
      return context.getSocketFactory();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalArgumentException("the TLS files do not fit together: " + e.getMessage(), e);
    }
  }

  private static TrustManager[] trust(String file) throws GeneralSecurityException, IOException {
    var store = empty();
    int number = 0;
    for (var certificate : certificates("ca-file", file)) {
      store.setCertificateEntry("ca-" + number++, certificate);
    }
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    return managers.getTrustManagers();
  }

  private static KeyManager[] keys(String certificate, String key)
      throws GeneralSecurityException, IOException {
    var store = empty();
    var chain = certificates("certificate-file", certificate).toArray(Certificate[]::new);
    store.setKeyEntry("client", privateKey(key), NO_PASSWORD, chain);
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(store, NO_PASSWORD);
    return managers.getKeyManagers();
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    return store;
  }

  private static Collection<? extends Certificate> certificates(String name, String file) {
    try (var stream = Files.newInputStream(Path.of(file))) {
      var certificates = CertificateFactory.getInstance("X.509").generateCertificates(stream);
      if (certificates.isEmpty()) {
        throw new IllegalArgumentException(name + " " + file + " holds no certificate");
      }
      return certificates;
    } catch (IOException | InvalidPathException | GeneralSecurityException e) {
      throw new IllegalArgumentException(
          name + " " + file + " is not a readable PEM file with certificates", e);
    }
  }

  private static PrivateKey privateKey(String file) {
    try {
      var pem = KEY.matcher(Files.readString(Path.of(file)));
      if (pem.find()) {
        var encoded = new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(pem.group(1)));
        for (var algorithm : List.of("EC", "RSA", "EdDSA")) {
          try {
            return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
          } catch (GeneralSecurityException _) {
            // The key is of another kind.
          }
        }
      }
    } catch (IOException | IllegalArgumentException _) {
      // The cause could quote the key; the message below is sufficient.
    }
    throw new IllegalArgumentException(
        "key-file "
            + file
            + " is not a readable PEM file with an unencrypted PKCS#8 key. Convert it:"
            + " openssl pkcs8 -topk8 -nocrypt");
  }
}
