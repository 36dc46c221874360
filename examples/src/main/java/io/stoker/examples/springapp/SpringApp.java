package io.stoker.examples.springapp;

import io.stoker.examples.Servers;
import io.stoker.testing.SessionSchema;
import io.stoker.testing.SessionSeed;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ConfigurableApplicationContext;

/// A Spring application whose sessions are warm before it is ready. It only needs the starter on
/// its class path and a few lines in `application.yaml`.
@SpringBootApplication(proxyBeanMethods = false)
public final class SpringApp {

  /// Made by Spring.
  SpringApp() {}

  /// Runs until Ctrl-C, and prints commands to try.
  public static void main(String[] arguments) throws InterruptedException {
    try (var servers = Servers.open()) {
      var token = token(servers);
      var application = start(servers, List.of(arguments));
      var uri = "http://127.0.0.1:" + application.getEnvironment().getProperty("local.server.port");
      System.out.println("Try, and stop with Ctrl-C:");
      System.out.println("  curl -i -H 'Authorization: Bearer " + token + "' " + uri + "/me");
      System.out.println("  curl -s " + uri + "/actuator/stoker");
      new CountDownLatch(1).await();
    }
  }

  /// Starts the application with these servers, which takes two properties.
  static ConfigurableApplicationContext start(Servers servers, List<String> more) {
    var arguments = new ArrayList<String>();
    arguments.add("--spring.datasource.url=" + jdbc(servers.databaseUrl()));
    arguments.add("--stoker.sessions.redis-url=" + servers.redisUrl());
    arguments.addAll(more);
    return SpringApplication.run(SpringApp.class, arguments.toArray(String[]::new));
  }

  private static String token(Servers servers) {
    if (!servers.areFresh()) {
      return "TOKEN";
    }
    var seed = SessionSeed.of(1);
    SessionSchema.create(servers.dataSource());
    seed.into(servers.dataSource());
    return seed.rawToken(0);
  }

  private static String jdbc(String databaseUrl) {
    if (databaseUrl.startsWith("jdbc:")) {
      return databaseUrl;
    }
    var url = URI.create(databaseUrl);
    var login = url.getRawUserInfo().split(":", 2);
    var place = url.getHost() + ":" + url.getPort() + url.getRawPath();
    return "jdbc:postgresql://" + place + "?user=" + login[0] + "&password=" + login[1];
  }
}
