using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ledger.App.Operations.Replay;
using Ledger.App.Operations.Serve;
using Ledger.App.Shell;
using Ledger.App.Tests.Deals;
using Ledger.App.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ledger.App.Tests.Shell;

/// <summary>What the document of the API says is so.</summary>
public sealed class OpenApiTests(SeededLedger seeded)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    /// <summary>The seeds have no bulk change.</summary>
    private const string Bulk = "/api/bulk/{id}";

    // In this order, each is made of what the one before has left.
    private static readonly string[] Made =
    [
        "deals/{id}/correct", "deals/{id}/restore", "deals/{id}/withdraw", "deals/{id}/restore", "deals/{id}/prefer", "deals/{id}/unprefer", "deals/{id}/advance", "deals/{id}/tag", "deals/{id}/untag",
        "deals/{id}/retract", "deals/{id}/reinstate", "articles", "sources", "rates", "bulk", "parties/{id}/register", "parties/{id}/alias", "parties/{id}/unalias", "parties/{id}/rename",
        "parties/{id}/affiliate", "parties/{id}/unaffiliate", "parties/{id}/merge", "parties/{id}/unmerge",
        "watchlists", "watchlists/{id}/rule", "watchlists/{id}/rename", "watchlists/{id}/pin", "watchlists/{id}/exclude", "watchlists/{id}/release",
        "alerts", "alerts/{id}/change", "alerts/{id}/pause", "alerts/{id}/resume", "endpoints/{id}/rotate", "endpoints/{id}/enable", "deliveries/resend",
    ];

    [Fact]
    public async Task Every_address_is_told_with_what_it_takes_and_what_may_go_wrong()
    {
        var document = await seeded.Served.Get("/api/openapi.json");
        Assert.StartsWith("3.1", (string)document["openapi"]!, StringComparison.Ordinal);
        Assert.Equal(ProblemType.All.Select(type => type.Address), document["components"]!["schemas"]!["Problem"]!["properties"]!["type"]!["enum"]!.AsArray().Select(type => (string)type!));

        var told = Operations(document).ToList();
        Assert.Equal((await Endpoints()).Order(), told.Select(one => $"{one.Method} {one.Path}").Order());
        foreach (var (method, path, operation) in told)
        {
            var where = $"{method} {path}";
            var parameters = operation["parameters"]?.AsArray() ?? [];
            Assert.True(operation["summary"] is not null && operation["description"] is not null && operation["tags"]!.AsArray().Count == 1, where);
            Assert.All(parameters, parameter => Assert.True(parameter!["description"] is not null, $"{where}: {parameter["name"]}"));
            var body = operation["requestBody"]?["content"]!["application/json"]!;
            Assert.True(body?["example"] is not null || method == "GET" && parameters.Any(parameter => ExampleOf(parameter!) is not null), where);
            Assert.True(operation["responses"]!["200"]!["content"] is not null, where);
            var problems = Problems(operation).ToList();
            Assert.Contains(problems, problem => problem.Status == 500);
            Assert.All(problems, problem => Assert.Equal((where, problem.Type, problem.Status), (where, problem.Type, ProblemType.Find(problem.Type)?.Status)));
            string[] headers = method == "POST" ? ["Idempotency-Key"] : [];
            Assert.All(headers, header => Assert.Contains(parameters, parameter => (string)parameter!["name"]! == header));
        }
    }

    [Fact]
    public async Task Every_example_of_what_is_asked_is_answered()
    {
        foreach (var (_, path, operation) in Operations(await seeded.Served.Get("/api/openapi.json")).Where(one => one.Method == "GET" && !one.Path.EndsWith("/stream", StringComparison.Ordinal) && one.Path != Bulk && one.Path != "/api/deliveries/{id}" && !IsOfAList(one.Path)))
            await seeded.Served.Get(Filled(path, operation));
    }

    [Fact]
    public async Task Every_example_of_what_is_sent_is_taken_or_refused_as_the_document_says()
    {
        await using var desk = await Desk.Open("HTTP");
        Assert.Equal(0, (await desk.Ledger.Run("seed", LedgerOnTestDatabase.Seeds)).ExitCode);
        var writes = Operations(await seeded.Served.Get("/api/openapi.json")).Where(one => one.Method == "POST").ToDictionary(one => one.Path, one => one.Operation);
        foreach (var path in Made.Select(path => $"/api/{path}"))
        {
            var (status, body) = await Send(desk, path, writes[path]);
            Assert.True(status == 200, $"{path}: {body}");
        }
        // The ledger of the seeds has no list, and nobody follows anything there.
        foreach (var (_, path, operation) in Operations(await seeded.Served.Get("/api/openapi.json")).Where(one => one.Method == "GET" && IsOfAList(one.Path) && !one.Path.EndsWith("/stream", StringComparison.Ordinal)))
            Assert.NotEmpty(await desk.Http.GetStringAsync(Filled(path, operation), Cancel));
        foreach (var (path, operation) in writes.Where(write => !Made.Contains(write.Key["/api/".Length..])))
        {
            var (status, body) = await Send(desk, path, operation);
            Assert.True(status == 200 || Problems(operation).Any(problem => ProblemType.Find(problem.Type)!.Address == (string)body["type"]!), $"{path}: {body}");
        }
    }

    [Fact]
    public async Task The_page_to_try_it_comes_with_everything_that_it_needs()
    {
        var http = await seeded.Served.Http();
        Assert.Contains("/api/docs", await http.GetStringAsync("/", Cancel), StringComparison.Ordinal);
        var page = await http.GetStringAsync("/api/docs/index.html", Cancel);
        Assert.DoesNotContain("//", page.Replace("http://127.0.0.1", "", StringComparison.Ordinal), StringComparison.Ordinal);
        foreach (var file in new[] { "swagger-ui-bundle.js", "swagger-ui.css", "index.js" })
        {
            Assert.Contains(file, page, StringComparison.Ordinal);
            Assert.True((await http.GetAsync($"/api/docs/{file}", Cancel)).IsSuccessStatusCode, file);
        }
    }

    private static bool IsOfAList(string path) => path.StartsWith("/api/watchlists/{id}", StringComparison.Ordinal) || path.StartsWith("/api/alerts/{id}", StringComparison.Ordinal);

    /// <summary>What is really there.</summary>
    private async Task<IEnumerable<string>> Endpoints()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddLedger((await seeded.Ledger).Database).AddSingleton<Replays>().AddApiDocument();
        await using var app = builder.Build();
        app.MapWholeApi();
        return [.. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.StartsWith("/api/", StringComparison.Ordinal) && endpoint.RoutePattern.RawText != ApiDocument.Address)
            .Select(endpoint => $"{Assert.Single(endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods)} {endpoint.RoutePattern.RawText!.TrimEnd('/')}")];
    }

    private static async Task<(int Status, JsonNode Body)> Send(Desk desk, string path, JsonNode operation)
    {
        using var answer = await desk.Http.PostAsJsonAsync(Filled(path, operation), operation["requestBody"]!["content"]!["application/json"]!["example"], Cancel);
        return ((int)answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!);
    }

    /// <summary>An address with the examples of what it needs.</summary>
    private static string Filled(string path, JsonNode operation)
    {
        var needed = operation["parameters"]!.AsArray().Where(parameter => (bool?)parameter!["required"] == true).ToList();
        var query = string.Join('&', needed.Where(parameter => (string)parameter!["in"]! == "query").Select(parameter => $"{parameter!["name"]}={ExampleOf(parameter)}"));
        return needed.Where(parameter => (string)parameter!["in"]! == "path").Aggregate(path, (filled, parameter) => filled.Replace($"{{{parameter!["name"]}}}", ExampleOf(parameter)!, StringComparison.Ordinal)) + (query.Length > 0 ? $"?{query}" : "");
    }

    private static string? ExampleOf(JsonNode parameter) => (string?)parameter["example"] ?? (string?)parameter["schema"]?["examples"]?[0];

    private static IEnumerable<(string Method, string Path, JsonNode Operation)> Operations(JsonNode document) =>
        document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => (operation.Key.ToUpperInvariant(), path.Key, operation.Value!)));

    private static IEnumerable<(int Status, string Type)> Problems(JsonNode operation) =>
        operation["responses"]!.AsObject().Where(response => response.Key[0] is '4' or '5').SelectMany(response =>
        {
            var content = response.Value!["content"]!["application/problem+json"]!;
            Assert.Equal("#/components/schemas/Problem", (string)content["schema"]!["$ref"]!);
            return content["examples"]!.AsObject().Select(example => (int.Parse(response.Key, System.Globalization.CultureInfo.InvariantCulture), example.Key));
        });
}
