using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ledger.App.Tests.Support;
using Ledger.Testing;

namespace Ledger.App.Tests.Deals;

/// <summary>An editor at work on a ledger of their own, on the command line or over HTTP: the same is asked and said in the same words.</summary>
internal sealed class Desk : IAsyncDisposable
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly Dictionary<string, (string Command, bool Undo)> Commands = new()
    {
        ["correct"] = ("correct", false),
        ["withdraw"] = ("withdraw", false),
        ["restore"] = ("withdraw", true),
        ["prefer"] = ("prefer", false),
        ["unprefer"] = ("prefer", true),
        ["advance"] = ("advance", false),
        ["join"] = ("part", false),
        ["leave"] = ("part", true),
        ["cover"] = ("cover", false),
        ["uncover"] = ("cover", true),
        ["merge"] = ("merge", false),
        ["unmerge"] = ("merge", true),
        ["distinguish"] = ("distinguish", false),
        ["undistinguish"] = ("distinguish", true),
        ["retract"] = ("retract", false),
        ["reinstate"] = ("retract", true),
        ["tag"] = ("tag", false),
        ["untag"] = ("tag", true),
    };

    private readonly TemporaryFolder _folder = new();
    private readonly ServedHere? _server;
    private readonly HttpClient? _http;
    private int _announced;

    private Desk(LedgerOnTestDatabase ledger, ServedHere? server, HttpClient? http) => (Ledger, _server, _http) = (ledger, server, http);

    public LedgerOnTestDatabase Ledger { get; }

    public long Position { get; private set; }

    public HttpClient Http => _http ?? throw new InvalidOperationException("This desk is on the command line.");

    public bool IsOnTheWeb => _http is not null;

    /// <summary>Has what is asked from now on hold a position, if it did not already.</summary>
    public void Wrote(long position) => Position = Math.Max(Position, position);

    public static async Task<Desk> Open(string channel)
    {
        var ledger = await LedgerOnTestDatabase.Create(Cancel);
        if (channel == "command line")
            return new Desk(ledger, null, null);
        var server = await ServedHere.Start(ledger, null, Cancel);
        return new Desk(ledger, server, await ledger.Client(server.Address));
    }

    /// <summary>Records an article and what it announces.</summary>
    public async Task Announce(string article, string announcement)
    {
        var name = $"{++_announced}";
        Intake.Input.WriteTo(_folder, ($"{name}/articles/a.txt", article), ($"{name}/announcements/a.yaml", announcement));
        Position = (long)(await Here("seed", _folder.Combine(name)))["position"]!;
    }

    /// <summary>Records an article and what it announces, compared with what is known; answers what came of it.</summary>
    /// <param name="article">The text.</param>
    /// <param name="announcement">As JSON.</param>
    /// <param name="preview">Whether nothing is to be recorded.</param>
    /// <param name="same">NEW=KNOWN: which known deal the new one is.</param>
    public async Task<JsonNode> Offer(string article, string announcement, bool preview = false, string? same = null)
    {
        var name = $"{++_announced}";
        Intake.Input.WriteTo(_folder, ($"{name}/a.txt", article), ($"{name}/a.yaml", announcement));
        var body = new JsonObject { ["text"] = article, ["announcement"] = JsonNode.Parse(announcement), ["same"] = new JsonObject(same is null ? [] : [KeyValuePair.Create(same.Split('=')[0], (JsonNode?)same.Split('=')[1])]) };
        var summary = _http is null
            ? await Here(["announce", _folder.Combine(name, "a.txt"), _folder.Combine(name, "a.yaml"), .. preview ? ["--preview"] : Array.Empty<string>(), .. same is null ? [] : new[] { "--same", same }])
            : JsonNode.Parse(await (await _http.PostAsJsonAsync($"/api/articles?preview={preview}", body, Cancel)).Content.ReadAsStringAsync(Cancel))!;
        if (summary["position"] is { } position)
            Wrote((long)position);
        return summary;
    }

    /// <summary>Has rates be recorded.</summary>
    public async Task<JsonNode> ImportRates(string csv, string? reason = null)
    {
        if (_http is not null)
        {
            using var answer = await _http.PostAsJsonAsync("/api/rates", new JsonObject { ["csv"] = csv, ["reason"] = reason }, Cancel);
            var recorded = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
            Wrote((long?)recorded["position"] ?? 0);
            return recorded;
        }
        Intake.Input.WriteTo(_folder, ("rates.csv", csv));
        // What takes long tells on standard error how far it has come.
        var run = await Ledger.Run(["rates", "import", _folder.Combine("rates.csv"), .. reason is null ? [] : new[] { "--reason", reason }, "--json"]);
        Assert.True(run.ExitCode == 0, run.Errors);
        var imported = JsonNode.Parse(run.Output)!;
        Wrote((long)imported["position"]!);
        return imported;
    }

    /// <summary>A list, by the words of the command and the address of the API.</summary>
    public async Task<JsonArray> List(string[] command, string address) => (_http is null ? await Here(command)
        : JsonNode.Parse(await _http.GetStringAsync($"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}after={Position}", Cancel))!)["items"]!.AsArray();

    /// <summary>Makes a change; answers how many events it recorded.</summary>
    public async Task<int> Do(string verb, string deal, string fields)
    {
        var (answer, refusal) = await Try(verb, deal, fields);
        Assert.True(refusal is null, refusal);
        return answer;
    }

    /// <summary>The sentence that refuses a change.</summary>
    public async Task<string> Refused(string verb, string deal, string fields) => (await Try(verb, deal, fields)).Refusal ?? "";

    public async Task<JsonNode> Deal(string id, long? at = null) => await Ask("deal", "deals", id, at);

    public async Task<JsonNode> Company(string id, long? at = null) => await Ask("company", "companies", id, at);

    public async Task<JsonNode> Investor(string id, long? at = null) => await Ask("investor", "investors", id, at);

    public async Task<JsonArray> History(string id) => (_http is null
        ? await Here("history", id)
        : JsonNode.Parse(await _http.GetStringAsync($"/api/deals/{id}/history?after={Position}", Cancel))!)["items"]!.AsArray();

    public async Task<JsonNode> Blame(string id) => _http is null
        ? await Here("blame", id)
        : JsonNode.Parse(await _http.GetStringAsync($"/api/deals/{id}/blame?after={Position}", Cancel))!;

    public async Task<JsonNode> Diff(string id, string from, string to) => _http is null
        ? await Here("diff", id, "--from", from, "--to", to)
        : JsonNode.Parse(await _http.GetStringAsync($"/api/deals/{id}/diff?from={Uri.EscapeDataString(from)}&to={Uri.EscapeDataString(to)}&after={Position}", Cancel))!;

    public async Task<List<string>> Deals(long? at = null)
    {
        var list = _http is null ? await Here(["deals", "--limit", "1000", .. At(at)])
            : JsonNode.Parse(await _http.GetStringAsync($"/api/deals?limit=1000{(at is null ? $"&after={Position}" : $"&at={at}")}", Cancel))!;
        return [.. list["items"]!.AsArray().Select(deal => (string)deal!["id"]!).Order(StringComparer.Ordinal)];
    }

    /// <summary>The id of the claim of a deal's field with these words.</summary>
    public async Task<string> Claim(string deal, string field, string words) =>
        (string)(await Deal(deal))["claims"]!.AsArray().Single(claim => (string)claim!["field"]! == field && (string)claim["asWritten"]! == words)!["id"]!;

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        if (_server is not null)
            await _server.DisposeAsync();
        else
            await Ledger.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<JsonNode> Ask(string command, string address, string id, long? at) => _http is null
        ? await Here([command, id, .. At(at)])
        : JsonNode.Parse(await _http.GetStringAsync($"/api/{address}/{id}?{(at is null ? $"after={Position}" : $"at={at}")}", Cancel))!;

    private async Task<JsonNode> Here(params string[] arguments) => await Ledger.Ask(arguments);

    private static string[] At(long? at) => at is null ? [] : ["--at", $"{at}"];

    private async Task<(int Events, string? Refusal)> Try(string verb, string deal, string fields)
    {
        var given = JsonNode.Parse(fields)!.AsObject();
        if (_http is not null)
        {
            using var answer = await _http.PostAsJsonAsync($"/api/deals/{deal}/{verb}", given, Cancel);
            var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
            if (answer.StatusCode != HttpStatusCode.OK)
                return (0, (string)body["detail"]!);
            return Recorded(body);
        }
        var (command, undo) = Commands[verb];
        List<string> arguments = [command, deal];
        if (given["claim"] is { } claim)
            arguments.Add((string)claim!);
        if (given["other"] is { } other)
            arguments.Add((string)other!);
        foreach (var (name, option) in new[] { ("by", "--by"), ("article", "--article"), ("as", "--kind"), ("sector", "--sector"), ("place", "--place"), ("reason", "--reason"), ("ifVersion", "--if-version") })
        {
            if (given[name] is { } value)
                arguments.AddRange([option, name == "by" ? value.ToJsonString() : value.ToString()]);
        }
        var run = await Ledger.Run([.. arguments, .. undo ? ["--undo"] : Array.Empty<string>(), "--json"]);
        return run.ExitCode == 0 ? Recorded(JsonNode.Parse(run.Output)!) : (0, run.Errors.Trim());
    }

    private (int, string?) Recorded(JsonNode summary)
    {
        Position = Math.Max(Position, (long)summary["position"]!);
        return ((int)summary["recordedEvents"]!, null);
    }
}
