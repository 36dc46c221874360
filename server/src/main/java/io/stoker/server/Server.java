package io.stoker.server;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.tracing.Tracer;
import io.stoker.StokerException;
import io.stoker.Time;
import io.stoker.server.access.AccessRefresher;
import io.stoker.server.access.RevokedCookies;
import io.stoker.server.access.Tokens;
import io.stoker.server.answers.AnswerMetrics;
import io.stoker.server.answers.AnswerServices;
import io.stoker.server.doctor.Doctor;
import io.stoker.server.http.AnswerHandlers;
import io.stoker.server.http.AnswerHealth;
import io.stoker.server.http.AnswerStream;
import io.stoker.server.http.ApiDocs;
import io.stoker.server.http.AskHandlers;
import io.stoker.server.http.Authenticator;
import io.stoker.server.http.ChatHandlers;
import io.stoker.server.http.ChatStream;
import io.stoker.server.http.ConnectionRegistry;
import io.stoker.server.http.DocumentHandlers;
import io.stoker.server.http.HealthPaths;
import io.stoker.server.http.LedgerHandlers;
import io.stoker.server.http.OverviewStream;
import io.stoker.server.http.ProgressStream;
import io.stoker.server.http.PromptHandlers;
import io.stoker.server.http.PromptHealth;
import io.stoker.server.http.ReadinessGate;
import io.stoker.server.http.RequestFilter;
import io.stoker.server.http.RequestLimitsFilter;
import io.stoker.server.http.Routes;
import io.stoker.server.http.SessionHandlers;
import io.stoker.server.http.SessionHealth;
import io.stoker.server.http.SignIn;
import io.stoker.server.http.SocketHandler;
import io.stoker.server.http.SocketMapping;
import io.stoker.server.http.SocketPort;
import io.stoker.server.http.TomcatCustomizer;
import io.stoker.server.overview.Overview;
import io.stoker.server.prompts.PromptMetrics;
import io.stoker.server.prompts.PromptServices;
import io.stoker.server.sessions.SessionServices;
import io.stoker.server.settings.Configuration;
import io.stoker.server.settings.Settings;
import io.stoker.server.settings.StartupChecks;
import io.stoker.server.telemetry.Tracing;
import io.stoker.server.wire.InvalidValueException;
import io.stoker.sessions.FollowMetrics;
import io.stoker.sessions.SessionMetrics;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroups;
import org.springframework.boot.health.registry.HealthContributorRegistry;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/// The Spring Boot application: defines the parts of [Assembly] and the HTTP layer as beans.
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class Server {

  private static final Logger LOG = LoggerFactory.getLogger(Server.class);

  /// Starts the server and blocks until the process ends.
  ///
  /// @throws InvalidValueException if a setting prevents the start
  static void serve(Configuration configuration) {
    start(configuration);
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Starts the server and returns once it listens.
  ///
  /// @throws InvalidValueException if a setting prevents the start
  static ConfigurableApplicationContext start(Configuration configuration) {
    var environment = configuration.read();
    var settings = Settings.of(environment);
    StartupChecks.check(environment, settings);
    requireOperator(environment, settings);
    var application = new SpringApplication(Server.class);
    application.setEnvironment(configuration.unread());
    application.setBannerMode(Banner.Mode.OFF);
    application.setLogStartupInfo(false);
    try {
      var context = application.run();
      LOG.info(
          "Stoker listens on port {}", context.getEnvironment().getProperty("local.server.port"));
      var access = Doctor.access(settings, context.getBean(Tokens.class).areRequired());
      LOG.info(
          "Access: {}{}", access.detail(), access.advice() == null ? "" : ". " + access.advice());
      return context;
    } catch (RuntimeException e) {
      throw cause(e, PortInUseException.class)
          .map(taken ->
              new InvalidValueException(
                  "server.port",
                  taken.getPort() + " is in use. Stop what listens there, or set SERVER_PORT"))
          .or(() -> cause(e, BindException.class).map(Settings::badValue))
          .or(() -> cause(e, InvalidValueException.class))
          .map(RuntimeException.class::cast)
          .or(() -> cause(e, StokerException.class))
          .orElse(e);
    }
  }

  /// Rejects settings that would give everyone access, if tokens are in the state database.
  private static void requireOperator(ConfigurableEnvironment environment, Settings settings) {
    if (settings.tokensFile() == null) {
      try (var assembly = new Assembly(settings, Time.system())) {
        StartupChecks.requireOperator(environment, new Tokens(settings.token(), assembly.tokens()));
      }
    }
  }

  private static <T extends Throwable> Optional<T> cause(Throwable e, Class<T> type) {
    return Stream.iterate(e, Objects::nonNull, Throwable::getCause)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst();
  }

  @Bean
  Settings settings(ConfigurableEnvironment environment) {
    return Settings.of(environment);
  }

  /// The tokens that callers authenticate with.
  @Bean
  Tokens tokens(Settings settings, Assembly assembly) {
    var unread = settings.answers().tokens();
    if (settings.tokensFile() == null && !unread.read().isEmpty()) {
      LOG.warn(
          "The tokens in {} are ignored, because tokens are read from the state database. Import"
              + " them with './stoker token import {}', or set STOKER_TOKENS_FILE to that file",
          unread,
          unread);
    }
    return new Tokens(settings.token(), assembly.tokens());
  }

  @Bean
  RevokedCookies revokedCookies(Assembly assembly) {
    return new RevokedCookies(assembly.access(), Time.system());
  }

  @Bean
  AccessRefresher accessWatch(Tokens tokens, RevokedCookies revokedCookies) {
    return new AccessRefresher(List.of(tokens::refresh, revokedCookies::refresh), Time.system());
  }

  @Bean
  Authenticator authenticator(
      Settings settings,
      Tokens tokens,
      RevokedCookies revokedCookies,
      ConnectionRegistry connections) {
    return new Authenticator(settings, tokens, revokedCookies, connections, Time.system());
  }

  @Bean
  Tracing tracing(ObjectProvider<Tracer> tracer) {
    return new Tracing(tracer.getIfAvailable());
  }

  @Bean
  Assembly assembly(Settings settings, Tracing tracing) {
    return new Assembly(settings, tracing, Time.system());
  }

  @Bean
  Supplier<SessionServices> sessions(
      Settings settings, Assembly assembly, Tracing tracing, MeterRegistry registry) {
    var sessions = assembly.sessions(tracing.traced(new SessionMetrics(registry)));
    if (settings.sessionsConfigured()) {
      var follower = sessions.get().follower();
      if (follower != null) {
        FollowMetrics.watch(follower, registry);
      }
    }
    return sessions;
  }

  @Bean
  AnswerServices answers(Assembly assembly) {
    return assembly.answers();
  }

  @Bean
  AnswerMetrics answerMetrics(AnswerServices answers, MeterRegistry registry) {
    return new AnswerMetrics(answers, registry, Time.system());
  }

  @Bean
  PromptServices prompts(Assembly assembly, MeterRegistry registry) {
    var prompts = assembly.prompts();
    PromptMetrics.show(prompts, registry);
    return prompts;
  }

  /// Also starts the warming of prompts, whose first events then reach the sockets.
  @Bean
  SocketHandler sockets(
      Settings settings,
      PromptServices prompts,
      Authenticator authenticator,
      MeterRegistry registry) {
    var sockets =
        new SocketHandler(prompts, authenticator, settings.http().pingEvery(), Time.system());
    Gauge.builder("stoker.prompts.sockets", sockets::count)
        .description("Connected WebSocket clients of surfaces and chats")
        .register(registry);
    FunctionCounter.builder("stoker.tokens.refused", authenticator, Authenticator::failures)
        .description("Requests with an invalid token or ticket")
        .register(registry);
    prompts.warmer().start();
    return sockets;
  }

  @Bean
  Overview overview(
      Settings settings,
      ConfigurableEnvironment environment,
      Supplier<SessionServices> sessions,
      AnswerServices answers,
      PromptServices prompts) {
    var address = environment.getProperty("server.address");
    var overview = new Overview(settings, address, sessions, answers, prompts, Time.system());
    overview.start();
    return overview;
  }

  @Bean
  HealthPaths healthPaths(HealthContributorRegistry contributors, HealthEndpointGroups groups) {
    return new HealthPaths(contributors, groups);
  }

  @Bean
  SocketMapping socketMapping(SocketHandler sockets) {
    return new SocketMapping(sockets);
  }

  @Bean
  ConnectionRegistry connections(Settings settings) {
    var connections = new ConnectionRegistry(settings.http(), Time.system());
    connections.start();
    return connections;
  }

  @Bean
  TomcatCustomizer connectorSetup(ConnectionRegistry connections) {
    return new TomcatCustomizer(connections);
  }

  @Bean
  SocketPort socketPort(Settings settings, TomcatCustomizer setup) {
    return new SocketPort(settings.prompts().socketPort(), setup);
  }

  @Bean
  FilterRegistrationBean<RequestLimitsFilter> requestBounds(
      Settings settings, ConnectionRegistry connections) {
    var bounds = new RequestLimitsFilter(connections, settings.http().bodyTimeout(), Time.system());
    var registration = new FilterRegistrationBean<>(bounds);
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return registration;
  }

  @Bean
  Routes routes(
      Authenticator authenticator,
      Supplier<SessionServices> sessions,
      AnswerServices answers,
      AnswerMetrics metrics,
      PromptServices prompts,
      Overview overview) {
    var time = Time.system();
    var handlers =
        new Routes.Handlers(
            new SessionHandlers(sessions),
            new ProgressStream(sessions, time),
            new AnswerHandlers(answers, time),
            new AnswerStream(answers, time),
            new AskHandlers(answers, metrics, time),
            new DocumentHandlers(answers),
            new ChatHandlers(prompts),
            new ChatStream(prompts),
            new PromptHandlers(prompts, time),
            new LedgerHandlers(prompts, time),
            new OverviewStream(overview, time),
            new SignIn(authenticator));
    return new Routes(handlers);
  }

  @Bean
  RouterFunction<ServerResponse> router(Routes routes) {
    return routes.routes();
  }

  @Bean
  ApiDocs apiDocs(Routes routes) {
    return new ApiDocs(routes);
  }

  @Bean
  FilterRegistrationBean<RequestFilter> requestFilter(
      Settings settings, Authenticator authenticator) {
    var chats =
        new RequestFilter.Chats(settings.prompts().knownOrigins(), settings.prompts().socketPort());
    var registration =
        new FilterRegistrationBean<>(new RequestFilter(authenticator, settings.proxies(), chats));
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE + 1);
    return registration;
  }

  @Bean
  SessionHealth sessionsHealthIndicator(Supplier<SessionServices> sessions) {
    return new SessionHealth(sessions);
  }

  @Bean
  AnswerHealth answersHealthIndicator(AnswerServices answers) {
    return new AnswerHealth(answers, Time.system());
  }

  @Bean
  PromptHealth promptsHealthIndicator(PromptServices prompts, SocketHandler sockets) {
    return new PromptHealth(prompts, sockets);
  }

  @Bean
  ReadinessGate sessionsReadyHealthIndicator(Supplier<SessionServices> sessions) {
    return new ReadinessGate(sessions, Time.system());
  }

  /// Ends all streams first; otherwise a graceful shutdown would wait for their viewers.
  @Bean
  ApplicationListener<ContextClosedEvent> endOfStreams(
      Settings settings,
      Supplier<SessionServices> sessions,
      AnswerServices answers,
      PromptServices prompts,
      SocketHandler sockets,
      Overview overview) {
    return _ -> {
      overview.close();
      answers.feed().close();
      prompts.chat().close();
      sockets.close();
      if (settings.sessionsConfigured()) {
        sessions.get().runs().close();
      }
    };
  }
}
