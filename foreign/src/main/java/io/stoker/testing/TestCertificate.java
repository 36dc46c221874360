package io.stoker.testing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/// A self-signed certificate for `localhost` and `127.0.0.1`, generated once per JVM.
///
/// Immutable.
public final class TestCertificate {

  private static final String PASSWORD = "test-only";
  private static final String ALIAS = "test";

  private final Path folder = Sandbox.newFolder("certificate");
  private final SSLSocketFactory socketFactory;

  private TestCertificate() {
    generate();
    try {
      var store = KeyStore.getInstance(keyStore().toFile(), PASSWORD.toCharArray());
      var key = store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded();
      writePem(certificateFile(), "CERTIFICATE", store.getCertificate(ALIAS).getEncoded());
      writePem(keyFile(), "PRIVATE KEY", key);
      socketFactory = trusting(trustOf(store));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the test certificate cannot be read back", e);
    }
  }

  /// The certificate of this JVM; the first call takes about a second.
  public static TestCertificate shared() {
    return Shared.ONE;
  }

  /// A PKCS12 trust store with only the certificate, for clients.
  public Path trustStore() {
    return folder.resolve("trust.p12");
  }

  public String trustStorePassword() {
    return PASSWORD;
  }

  /// The certificate in PEM, for servers.
  public Path certificateFile() {
    return folder.resolve("certificate.pem");
  }

  /// The private key in PEM, for servers.
  public Path keyFile() {
    return folder.resolve("key.pem");
  }

  /// A factory of client sockets that trust only this certificate.
  public SSLSocketFactory socketFactory() {
    return socketFactory;
  }

  private void generate() {
    Sandbox.run(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-genkeypair",
        "-alias",
        ALIAS,
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-dname",
        "CN=localhost",
        "-ext",
        "san=dns:localhost,ip:127.0.0.1",
        "-validity",
        "30",
        "-storetype",
        "PKCS12",
        "-keystore",
        keyStore().toString(),
        "-storepass",
        PASSWORD);
  }

  private static void writePem(Path file, String kind, byte[] content) throws IOException {
    var body = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(content);
    Files.writeString(
        file, "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
  }

  private KeyStore trustOf(KeyStore keys) throws GeneralSecurityException, IOException {
    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, new char[0]);
    trusted.setCertificateEntry(ALIAS, keys.getCertificate(ALIAS));
    try (var file = Files.newOutputStream(trustStore())) {
      trusted.store(file, PASSWORD.toCharArray());
    }
    return trusted;
  }

  private static SSLSocketFactory trusting(KeyStore trusted) throws GeneralSecurityException {
    var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    var context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context.getSocketFactory();
  }

  private Path keyStore() {
    return folder.resolve("keys.p12");
  }

  private static final class Shared {
    static final TestCertificate ONE = new TestCertificate();
  }
}
