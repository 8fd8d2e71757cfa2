using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.App.Tests.Support;
using Ledger.App.Views;
using Ledger.App.Views.Articles;
using Ledger.EventStore;
using Ledger.Testing;

namespace Ledger.App.Tests.Operations;

/// <summary>What a ledger writes for other programs, and what another ledger makes of it.</summary>
public sealed class ExportTests(SeededLedger seeded) : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _folder = new();
    private LedgerOnTestDatabase _empty = null!;

    public async ValueTask InitializeAsync() => _empty = await LedgerOnTestDatabase.Create(Cancel);

    public async ValueTask DisposeAsync()
    {
        await _empty.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_empty_ledger_takes_an_export_over_and_is_the_same_then()
    {
        var exported = await Export();

        var imported = await Import(exported);

        Assert.Equal((0, 92), (imported.ExitCode, (int)JsonNode.Parse(imported.Output)!["events"]!));
        Assert.Equal((await SizeAndRoot(await seeded.Ledger))[1], (string)JsonNode.Parse(imported.Output)!["rootHash"]!);
        Assert.Equal(await File.ReadAllBytesAsync(exported, Cancel), await File.ReadAllBytesAsync(await Export(_empty), Cancel));
        Assert.Equal(await SizeAndRoot(await seeded.Ledger), await SizeAndRoot(_empty));
        Assert.Equal(0, (await _empty.Run("verify")).ExitCode);
        Assert.Equal(await Record(await seeded.Ledger), await Record(_empty));
        var article = (string)(await seeded.List("events"))[0]!["stream"]!;
        Assert.Equal(await Text(await seeded.Ledger, article), await Text(_empty, article));
    }

    [Fact]
    public async Task Export_and_import_tell_by_what_a_shortened_file_is_noticed()
    {
        var file = _folder.Combine("whole.jsonl");
        var exported = await (await seeded.Ledger).Run("export", "events", "--out", file);
        await File.WriteAllLinesAsync(file, (await File.ReadAllLinesAsync(file, Cancel)).SkipLast(1), Cancel);

        var imported = await _empty.Run("import", file, "--format", "jsonl");

        var root = (await SizeAndRoot(await seeded.Ledger))[1];
        Assert.Equal($"92 events with the root hash {root} exported; an import of the whole file says the same.", exported.Errors.Trim());
        Assert.Matches("^91 events with the root hash [A-Za-z0-9+/]{43}= imported; the export of the whole file said the same\\.$", imported.Output.Trim());
        Assert.DoesNotContain(root, imported.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ledger_that_was_taken_over_goes_on()
    {
        await Import(await Export());

        var again = await _empty.Ask("seed", LedgerOnTestDatabase.Seeds);

        Assert.Equal(0, (int)again["recordedEvents"]!);
        Assert.Equal(92, await _empty.Get<EventLog>().Head(Cancel));
    }

    [Theory]
    [InlineData("\"position\":16", "\"position\":61", "line 21", "position 61", "16")]
    [InlineData("\"version\":1", "\"version\":2", "version 2", "where 1 is expected")]
    [InlineData("\"type\":\"article_recorded\"", "\"type\":\"article_dreamt\"", "article_dreamt")]
    [InlineData("\"data\":", "\"data\":  ", "is not as it was exported")]
    [InlineData("\"headers\":", "\"header\":", "line 6 is not an exported event")]
    [InlineData("\"text\":\"", "\"text\":\"More. ", "line 1 holds a text that is not the one of its hash")]
    [InlineData("\"sha256\":\"", "\"sha256\":\"x", "form")]
    public async Task A_line_that_was_not_exported_so_is_named_and_nothing_is_imported(string text, string instead, params string[] said)
    {
        var lines = await File.ReadAllTextAsync(await Export(), Cancel);
        var at = lines.IndexOf(text, StringComparison.Ordinal);
        var broken = _folder.Combine("broken.jsonl");
        await File.WriteAllTextAsync(broken, lines[..at] + instead + lines[(at + text.Length)..], Cancel);
        var before = await _empty.Contents(Cancel, "ledger", "views");

        var imported = await Import(broken);

        Assert.Equal(2, imported.ExitCode);
        Assert.StartsWith($"{broken}: ", imported.Errors, StringComparison.Ordinal);
        Assert.All(said, words => Assert.Contains(words, imported.Errors, StringComparison.OrdinalIgnoreCase));
        Assert.Equal(before, await _empty.Contents(Cancel, "ledger", "views"));
    }

    [Fact]
    public async Task A_ledger_that_holds_something_is_not_filled()
    {
        var exported = await Export();
        await Import(exported);

        var again = await Import(exported);

        Assert.Equal((1, "The log is not empty: it holds 92 events. An export is taken over by an empty ledger only."), (again.ExitCode, again.Errors.Trim()));
    }

    [Fact]
    public async Task Events_without_the_texts_that_they_name_are_no_export()
    {
        var events = _folder.Combine("events.jsonl");
        await File.WriteAllLinesAsync(events, (await File.ReadAllLinesAsync(await Export(), Cancel)).Where(line => line.StartsWith("{\"position\"", StringComparison.Ordinal)), Cancel);

        var imported = await Import(events);

        Assert.Equal(2, imported.ExitCode);
        Assert.Matches("^.*events.jsonl: Line 1: the text [0-9a-f]{64}, which it names, is not in the file\\.$", imported.Errors.Trim());
        Assert.Equal(0, await _empty.Get<EventLog>().Head(Cancel));
    }

    [Fact]
    public async Task An_export_out_of_a_pipe_is_refused_since_it_is_read_twice()
    {
        var pipe = _folder.Combine("pipe");
        using var writing = System.Diagnostics.Process.Start("sh", ["-c", $"mkfifo '{pipe}' && cat '{await Export()}' > '{pipe}'"]);
        while (!File.Exists(pipe))
            await Task.Delay(5, Cancel);

        var imported = await Import(pipe);

        Assert.Equal((2, $"{pipe}: is a pipe, which cannot be read twice; write the export to a file first."), (imported.ExitCode, imported.Errors.Trim()));
        Assert.Equal(0, await _empty.Get<EventLog>().Head(Cancel));
        await writing.WaitForExitAsync(Cancel);
    }

    [Theory]
    [InlineData("deals", 13, "id,company_id,company,kind,status", "biren-pledge,biren,Biren,round,pledged")]
    [InlineData("companies", 11, "id,name,aliases", "zhipu-ai,Zhipu AI,Zhipu,artificial-intelligence,3,2,1,CNY 3000000000–3000000000")]
    [InlineData("investors", 17, "id,name,aliases", "tencent,Tencent,Tencent Holdings,")]
    [InlineData("events", 92, "position,id,stream,version,type,recorded_at,author,data", "party_registered")]
    public async Task Lists_are_exported_as_tables_and_as_lines_of_json(string list, int items, string headings, string row)
    {
        var csv = await (await seeded.Ledger).Export(list, "--format", "csv");
        var json = await (await seeded.Ledger).Export(list);

        var lines = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith(headings, lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.Contains(row, StringComparison.Ordinal));
        Assert.Equal(items, lines.Length - 1);
        var objects = json.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        Assert.Equal(items, objects.Count(o => o.ContainsKey("id")));
    }

    private Task<LedgerRun> Import(string file) => _empty.Run("import", file, "--format", "jsonl", "--json");

    private async Task<string> Export(LedgerOnTestDatabase? ledger = null)
    {
        var file = _folder.Combine($"{Guid.NewGuid():N}.jsonl");
        var run = await (ledger ?? await seeded.Ledger).Run("export", "events", "--out", file);
        Assert.True(run.ExitCode == 0, run.Errors);
        return file;
    }

    private static async Task<string[]> SizeAndRoot(LedgerOnTestDatabase ledger) => (await ledger.Run("checkpoint")).Output.Split('\n')[1..3];

    /// <summary>Events, streams, texts and views, whole.</summary>
    private static async Task<List<string>> Record(LedgerOnTestDatabase ledger) =>
    [
        .. (await ledger.Contents(Cancel, "ledger", "views")).Where(row => row.StartsWith("ledger.mt_", StringComparison.Ordinal)
            || row.StartsWith("ledger.texts:", StringComparison.Ordinal) || row.StartsWith("views.", StringComparison.Ordinal)),
    ];

    private static async Task<string?> Text(LedgerOnTestDatabase ledger, string stream)
    {
        var article = await ledger.Get<ArticleQueries>().Get(stream["article-".Length..], Cancel);
        return JsonNode.Parse(JsonSerializer.Serialize(article, ApiJson.Options))!["text"]?.ToString();
    }
}
