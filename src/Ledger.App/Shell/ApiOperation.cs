using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.OpenApi;

namespace Ledger.App.Shell;

/// <summary>What is the same for every operation of the API, or follows from its notes: moments, headers, examples, and errors.</summary>
internal static class ApiOperation
{
    public const string Problem = "Problem";

    private static readonly string[] OfAll = ["invalid-value", "key-missing", "key-wrong", "too-many-wrong-keys", "fault", "views-behind"];
    private static readonly string[] OfWrites = ["bad-request", "invalid-value", "key-missing", "key-wrong", "too-many-wrong-keys", "not-allowed", "foreign-form", "too-large", "unsupported-media-type", "key-reused", "fault", "busy", "outcome-unknown"];

    private static readonly (string Name, string Description, string Example)[] Moment =
    [
        ("asOf", "The record as it was at the end of a day, UTC, or at a time.", "2024-03-01"),
        ("at", "The record as it was when the log ended at this position.", "92"),
        ("effective", "Only deals dated on this day or before, with the status that held on it.", "2024-03-01"),
        ("after", "Waits until the views hold this position.", "92"),
    ];

    public static void Complete(OpenApiOperation operation, ApiDescription description, OpenApiDocument document)
    {
        var metadata = description.ActionDescriptor.EndpointMetadata;
        var path = "/" + description.RelativePath;
        var isWrite = HttpMethods.IsPost(description.HttpMethod!);
        operation.Parameters ??= [];
        if (isWrite)
            AddHeader(operation, "Idempotency-Key", "Names this request among its author's: sent again with it, it gets the first answer, unless that was a refusal or changed nothing: then it is decided on anew. 1 to 200 letters, digits and signs.", "8e03978e-40d5-43dd-bc93-6894a57f9324");
        else if (!path.StartsWith("/api/log", StringComparison.Ordinal))
            AddMoment(operation);
        if (isWrite && path is ['/', 'a', 'p', 'i', '/', .. var rest] && rest.Split('/') is ["deals" or "parties", _, _])
            AddHeader(operation, "If-Match", "The ETag of what was seen, or \"7\" for version 7: if anything was done to it since, the answer is 412.", "\"7\"");
        if (!isWrite && path is "/api/deals/{id}" or "/api/parties/{name}")
            AddVersion(operation);
        AddExamples(operation, metadata);
        var types = metadata.OfType<ProblemsOf>().SelectMany(problems => problems.Types).Concat(isWrite ? OfWrites : OfAll).Distinct().Select(name => ProblemType.Find(name)!);
        AddProblems(operation, types, document);
    }

    /// <summary>One list of all types, and what a problem has.</summary>
    public static OpenApiSchema ProblemSchema() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "A problem document (RFC 9457).",
        Required = new HashSet<string> { "type", "title", "status", "detail", "instance" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "Stays what it is, and leads to its explanation.", Enum = [.. ProblemType.All.Select(type => (JsonNode)type.Address)] },
            ["title"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The same for every problem of the type." },
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Description = "The status of the answer." },
            ["detail"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "One sentence for people: what is wrong, and where." },
            ["instance"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The path that was asked." },
            ["field"] = new OpenApiSchema { Type = JsonSchemaType.String, Description = "The field that is to blame; left out where none is." },
        },
    };

    private static void AddMoment(OpenApiOperation operation)
    {
        foreach (var (name, description, example) in Moment)
            operation.Parameters!.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Query, Description = description, Schema = Text(example) });
    }

    private static void AddHeader(OpenApiOperation operation, string name, string description, string example) =>
        operation.Parameters!.Add(new OpenApiParameter { Name = name, In = ParameterLocation.Header, Description = description, Schema = Text(example) });

    private static void AddVersion(OpenApiOperation operation)
    {
        AddHeader(operation, "If-None-Match", "The ETag of an answer that is there already: if it is still the same, the answer is 304.", "\"7-0f1e2d3c4b5a6978\"");
        var answer = (OpenApiResponse)operation.Responses!["200"];
        answer.Headers ??= new Dictionary<string, IOpenApiHeader>();
        answer.Headers["ETag"] = new OpenApiHeader { Description = "The version, a dash, and a hash of the answer.", Schema = Text("\"7-0f1e2d3c4b5a6978\"") };
        operation.Responses["304"] = new OpenApiResponse { Description = "It is what is there already." };
    }

    private static void AddExamples(OpenApiOperation operation, IList<object> metadata)
    {
        foreach (var (name, value) in metadata.OfType<ExampleParameters>().SelectMany(example => example.Values))
        {
            // Of what may be left out the example stands with its sort, where the page to try it does not fill it in.
            var parameter = (OpenApiParameter)operation.Parameters!.First(parameter => parameter.Name == name);
            parameter.Description ??= "Of what is to be changed.";
            if (parameter.Required)
                parameter.Example = value;
            else
                ((OpenApiSchema)parameter.Schema!).Examples = [value];
        }
        if (metadata.OfType<ExampleBody>().SingleOrDefault() is { } body)
            operation.RequestBody!.Content!["application/json"].Example = JsonNode.Parse(body.Json);
    }

    private static void AddProblems(OpenApiOperation operation, IEnumerable<ProblemType> types, OpenApiDocument document)
    {
        foreach (var status in types.GroupBy(type => type.Status).OrderBy(status => status.Key))
        {
            operation.Responses![status.Key.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = string.Join("\n", status.Select(type => $"- `{type.Address}`: {type.Title}.")),
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/problem+json"] = new()
                    {
                        Schema = new OpenApiSchemaReference(Problem, document),
                        Examples = status.ToDictionary(type => type.Name, type => (IOpenApiExample)new OpenApiExample
                        {
                            Summary = type.Title,
                            Value = new JsonObject { ["type"] = type.Address, ["title"] = type.Title, ["status"] = type.Status, ["detail"] = type.Explanation, ["instance"] = "/api" },
                        }),
                    },
                },
            };
        }
    }

    private static OpenApiSchema Text(string example) => new() { Type = JsonSchemaType.String, Examples = [example] };
}
