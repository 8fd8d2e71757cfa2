using System.Text.Json.Nodes;
using Ledger.App.Operations.Migrate;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ledger.App.Shell;

/// <summary>The API told to programs, as OpenAPI 3.1, and a page to try it.</summary>
internal static class ApiDocument
{
    public const string Address = "/api/openapi.json";
    public const string Page = "/api/docs";

    private const string Key = "key";

    private const string About = """
        Whatever is read is of one moment: asOf and at ask for a past one. Lists are `{"items", "next"}`; next, where it is not null, asks for the following items.
        A deal and a party come with an ETag; a change with If-Match is made only of what was seen. A POST with an Idempotency-Key can be sent again:
        what it recorded is recorded once, and answered as it was the first time. One that was refused, or changed nothing, is not remembered: sent again, it is decided on anew.
        Writing takes a key, as Authorization: Bearer KEY, and reading does where that is configured.
        Errors are problem documents (RFC 9457), whose type is the address of its explanation; all are at /problems.
        """;

    public static void AddApiDocument(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = address => address.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "Ledger", Version = ProgramVersion.Current, Description = About };
            document.Components ??= new OpenApiComponents();
            document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
            document.Components.Schemas[ApiOperation.Problem] = ApiOperation.ProblemSchema();
            document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
            {
                [Key] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A key that ledger keys add made. Writing takes one; reading does where that is configured." },
            };
            document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Key, document)] = [] }];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            ApiOperation.Complete(operation, context.Description, context.Document!);
            return Task.CompletedTask;
        });
    });

    /// <summary>The page's scripts come with the program; it asks nothing of others.</summary>
    public static void UseApiPage(this WebApplication app) => app.UseSwaggerUI(page =>
    {
        page.RoutePrefix = Page[1..];
        page.DocumentTitle = "Ledger: the HTTP API";
        page.SwaggerEndpoint(Address, "Ledger");
        page.ConfigObject.ValidatorUrl = null;
    });

    public static void MapApiDocument(this IEndpointRouteBuilder routes) => routes.MapOpenApi(Address);
}
