using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ledger.App.Tests.Deals;

namespace Ledger.App.Tests.Parties;

/// <summary>An editor of parties, on the command line or over HTTP: the same is asked and said in the same words.</summary>
internal sealed class PartyDesk(Desk desk)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private long _position;

    /// <summary>What the last change warned of.</summary>
    public JsonArray Warnings { get; private set; } = [];

    /// <summary>Makes a change; answers how many events it recorded.</summary>
    public async Task<int> Do(string party, string verb, string fields)
    {
        var (events, refusal) = await Try(party, verb, fields);
        Assert.True(refusal is null, refusal);
        return events;
    }

    /// <summary>The sentence that refuses a change.</summary>
    public async Task<string> Refused(string party, string verb, string fields) => (await Try(party, verb, fields)).Refusal ?? "";

    public async Task<JsonNode> Preview(string party, string into) => desk.IsOnTheWeb
        ? JsonNode.Parse(await desk.Http.GetStringAsync($"/api/parties/{party}/merge?into={into}", Cancel))!
        : await desk.Ledger.Ask("party", "merge", party, into, "--preview");

    public async Task<JsonNode> Show(string name) => desk.IsOnTheWeb
        ? JsonNode.Parse(await desk.Http.GetStringAsync($"/api/parties/{Uri.EscapeDataString(name)}?after={_position}", Cancel))!
        : await desk.Ledger.Ask("party", "show", name);

    public async Task<JsonNode> Ask(string command, string name, string option, string query) => desk.IsOnTheWeb
        ? JsonNode.Parse(await desk.Http.GetStringAsync($"/api/{(command == "company" ? "companies" : "investors")}/{name}{query}&after={_position}", Cancel))!
        : await desk.Ledger.Ask(command, name, option);

    private async Task<(int Events, string? Refusal)> Try(string party, string verb, string fields)
    {
        var given = JsonNode.Parse(fields)!.AsObject();
        if (!desk.IsOnTheWeb)
        {
            var run = await desk.Ledger.Run([.. Arguments(party, verb, given), "--json"]);
            return run.ExitCode == 0 ? Made(JsonNode.Parse(run.Output)!) : (0, run.Errors.Trim());
        }
        using var answer = await desk.Http.PostAsJsonAsync($"/api/parties/{party}/{verb}", given, Cancel);
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
        return answer.StatusCode == HttpStatusCode.OK ? Made(body) : (0, (string)body["detail"]!);
    }

    private static List<string> Arguments(string party, string verb, JsonObject given)
    {
        var isUndo = verb.StartsWith("un", StringComparison.Ordinal);
        List<string> arguments = ["party", isUndo ? verb[2..] : verb, party];
        foreach (var (name, value) in given)
        {
            if (name is "name" or "other")
                arguments.Add((string)value!);
            else if (name == "aliases")
                arguments.AddRange(value!.AsArray().SelectMany(alias => new[] { "--alias", (string)alias! }));
            else
                arguments.AddRange([name == "ifVersion" ? "--if-version" : $"--{name}", value!.ToString()]);
        }
        if (isUndo)
            arguments.Add("--undo");
        return arguments;
    }

    private (int, string?) Made(JsonNode summary)
    {
        Warnings = summary["warnings"]!.AsArray();
        _position = Math.Max(_position, (long)summary["position"]!);
        desk.Wrote(_position);
        return ((int)summary["recordedEvents"]!, null);
    }
}
