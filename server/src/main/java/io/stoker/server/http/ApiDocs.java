package io.stoker.server.http;

import io.stoker.server.access.Role;
import io.stoker.server.http.ApiOperation.ResponseBody;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.Paths;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.customizers.ServerBaseUrlCustomizer;
import org.springframework.http.HttpRequest;
import org.springframework.http.server.ServletServerHttpRequest;

/// The OpenAPI document of [Routes], which Springdoc serves at `/v3/api-docs` and which is
/// generated on the first request. Thread-safe.
///
/// [ApiOperations] lists the records that each route returns; [ApiSchemas] describes them. Request
/// bodies are described by [ApiExamples], because chats read JSON without a record, and a question
/// may be text or an object.
public final class ApiDocs implements OpenApiCustomizer, ServerBaseUrlCustomizer {

  /// The paths of the document, as JSON and as YAML.
  static final List<String> PATHS = List.of("/v3/api-docs", "/v3/api-docs.yaml");

  private static final String JSON = "application/json";
  private static final String FORM = "multipart/form-data";
  private static final String PROBLEM = "Problem";
  private static final String TOKEN = "token";
  private static final String ROLES = "x-stoker-roles";
  private static final String ITEMS = "x-item-schema";
  private static final Pattern VARIABLE = Pattern.compile("\\{\\*?(\\w+)}");

  private final Map<String, Access> accesses;

  public ApiDocs(Routes routes) {
    this.accesses =
        routes.all().stream()
            .collect(
                Collectors.toMap(
                    route -> route.method() + " " + route.path(), Routes.Route::access));
  }

  @Override
  public void customise(OpenAPI document) {
    var page = new Page(accesses, new ApiSchemas(), ApiExamples.read());
    document
        .info(
            new Info()
                .title("Stoker")
                .version("0")
                .description("Keeps caches warm. More in docs/protocol.md."))
        .paths(page.paths())
        .components(page.components())
        .addSecurityItem(new SecurityRequirement().addList(TOKEN))
        .schemaRequirement(
            TOKEN, new SecurityScheme().type(SecurityScheme.Type.HTTP).scheme("bearer"));
  }

  /// The base URL as the reader of the document reaches it.
  @Override
  public String customize(String url, HttpRequest request) {
    if (!(request instanceof ServletServerHttpRequest servlet)) {
      return url;
    }
    var prefix = ForwardedRequest.prefix(servlet.getServletRequest());
    return prefix.isEmpty() ? "/" : prefix;
  }

  /// A document being generated. Confined to one thread.
  private record Page(Map<String, Access> accesses, ApiSchemas schemas, ApiExamples examples) {

    private Paths paths() {
      var paths = new Paths();
      for (var operation : ApiOperations.all()) {
        var route = operation.route().split(" ", 2);
        var path = VARIABLE.matcher(route[1]).replaceAll("{$1}");
        paths
            .computeIfAbsent(path, _ -> new PathItem())
            .operation(PathItem.HttpMethod.valueOf(route[0]), described(operation, path));
      }
      return paths;
    }

    /// The schemas and responses that paths refer to.
    private Components components() {
      var components = new Components().addSchemas(PROBLEM, ApiSchemas.problem());
      schemas.components().forEach(components::addSchemas);
      var problem =
          new MediaType()
              .schema(ApiSchemas.reference(PROBLEM))
              .example(examples.types().get(PROBLEM));
      return components.addResponses(
          PROBLEM,
          new ApiResponse()
              .description("The reason for the failure")
              .content(new Content().addMediaType("application/problem+json", problem)));
    }

    private Operation described(ApiOperation operation, String path) {
      var described = new Operation().summary(operation.summary());
      permit(described, accesses.get(operation.route()));
      VARIABLE
          .matcher(path)
          .results()
          .forEach(variable ->
              described.addParametersItem(parameter(variable.group(1), "path").required(true)));
      operation.parameters().forEach(name -> described.addParametersItem(parameter(name, "query")));
      var requestBody = requestBody(operation);
      if (!requestBody.isEmpty()) {
        described.requestBody(new RequestBody().content(requestBody));
      }
      var response = new ApiResponse();
      response.description(
          operation.response() instanceof ApiOperation.Empty ? "Done" : "As it is");
      response.content(responseBody(operation));
      return described.responses(
          new ApiResponses()
              .addApiResponse(Integer.toString(operation.status()), response)
              .addApiResponse(
                  ApiResponses.DEFAULT,
                  new ApiResponse().$ref("#/components/responses/" + PROBLEM)));
    }

    /// Adds the roles that may call it.
    private static void permit(Operation operation, @Nullable Access access) {
      if (access == Access.OPEN) {
        operation.security(List.of());
      }
      if (access != null) {
        operation.addExtension(ROLES, access.roles().stream().map(Role::label).toList());
      }
    }

    private static Parameter parameter(String name, String in) {
      return new Parameter().name(name).in(in).schema(ApiSchemas.type("string"));
    }

    private Content requestBody(ApiOperation operation) {
      var content = new Content();
      var example = examples.requests().get(operation.route());
      if (example != null) {
        content.addMediaType(JSON, media(shape(example)).example(example));
      }
      if (operation.takesFile()) {
        var file = ApiSchemas.type("string").format("binary");
        content.addMediaType(FORM, media(ApiSchemas.type("object").addProperty("file", file)));
      }
      return content;
    }

    /// The body of a successful response, in all types that it may have; null if it is empty.
    private @Nullable Content responseBody(ApiOperation operation) {
      var content = content(operation.response(), operation.route());
      for (var type : operation.otherTypes()) {
        if (content != null) {
          content.addMediaType(type, media(ApiSchemas.type("string")));
        }
      }
      return content;
    }

    private @Nullable Content content(ResponseBody body, String route) {
      var text = ApiSchemas.type("string");
      return switch (body) {
        case ApiOperation.Empty _ -> null;
        case ApiOperation.Text(var type) -> new Content().addMediaType(type, media(text));
        case ApiOperation.Json(var type) -> {
          var example = examples.responses().getOrDefault(route, example(type));
          yield json(schemas.of(type), example);
        }
        case ApiOperation.JsonList(var member, var type) ->
            json(schemas.list(member, type), Map.of(member, List.of(example(type))));
        case ApiOperation.JsonExample _ -> {
          var example = examples.responses().get(route);
          yield json(shape(example), example);
        }
        case ApiOperation.Lines(var type) ->
            new Content()
                .addMediaType(
                    "application/x-ndjson",
                    media(text).extensions(Map.<String, Object>of(ITEMS, schemas.of(type))));
        case ApiOperation.Events(var events) -> {
          var items =
              events.stream().map(event -> schemas.event(event.name(), event.data())).toList();
          yield new Content()
              .addMediaType(
                  "text/event-stream",
                  media(text).extensions(Map.<String, Object>of(ITEMS, ApiSchemas.any(items))));
        }
      };
    }

    private Object example(Class<?> type) {
      var name = ApiSchemas.name(type);
      var example = examples.types().get(name);
      if (example == null) {
        throw new IllegalStateException("expected an example of " + name + ", got none");
      }
      return example;
    }

    private static Content json(Schema<?> schema, @Nullable Object example) {
      return new Content().addMediaType(JSON, media(schema).example(example));
    }

    private static MediaType media(Schema<?> schema) {
      return new MediaType().schema(schema);
    }

    /// The schema inferred from an example.
    private static Schema<?> shape(@Nullable Object value) {
      return switch (value) {
        case null -> new Schema<>();
        case Map<?, ?> members -> {
          var all = ApiSchemas.type("object");
          members.forEach((name, member) -> all.addProperty(String.valueOf(name), shape(member)));
          yield all;
        }
        case List<?> items ->
            ApiSchemas.type("array")
                .items(
                    ApiSchemas.any(
                        items.isEmpty()
                            ? List.of(new Schema<>())
                            : items.stream().map(Page::shape).distinct().toList()));
        case Boolean _ -> ApiSchemas.type("boolean");
        case Integer _, Long _ -> ApiSchemas.type("integer");
        case Number _ -> ApiSchemas.type("number");
        default -> ApiSchemas.type("string");
      };
    }
  }
}
