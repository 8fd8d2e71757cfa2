using Ledger.App.Tests.Support;
using Ledger.EventStore;
using Ledger.Testing;

namespace Ledger.App.Tests.Intake;

/// <summary>What the program does with input that it cannot take: one sentence, exit code 2, and nothing is changed.</summary>
public sealed class BadInputTests(BadInputTests.Ledger given) : IClassFixture<BadInputTests.Ledger>, IDisposable
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private static readonly string Good = Input.WithClaim(Input.Value("amount: {qualifier: exact, currency: CNY, low: 700000000, high: 700000000}"));

    private readonly LedgerOnTestDatabase _ledger = given.Empty;
    private readonly TemporaryFolder _folder = WithArticles();

    public void Dispose() => _folder.Dispose();

    // The bad announcement is the last of two, so that the good one before it would be recorded if any were.
    public static readonly TheoryData<string, string> Announcements = new()
    {
        { Good.Replace("low: 700000000", "low: -700000000", StringComparison.Ordinal), ", line 19: amount.low: -700000000 is out of range; a figure above 0 and at most 1000000000000000 is expected." },
        { Good.Replace("CNY", "RMB", StringComparison.Ordinal), ", line 19: currency: 'RMB' is no ISO 4217 code such as USD, EUR or CNY." },
        { Good.Replace("quote: Series B of", "quote: Series C of", StringComparison.Ordinal), ", line 19: quote: “Series C of RMB 700 million” does not stand in the article." },
        { Good + "\nfunding: []", ", line 22: 'funding' is not a field that is known there." },
        { Good + "\nfigures: [", ", line 2" },
        { Good.Replace("      - company: enflame\n        words: Enflame Technology\n        quote: Enflame Technology has closed its Series B\n", "", StringComparison.Ordinal), ", line 8: Deal enflame-series-c: no claim says its company." },
        { Good.Replace("kind: round", "sector: robotics", StringComparison.Ordinal), ", line 8: Deal enflame-series-c: no claim says its kind." },
        { Good.Replace("status: closed", "sector: robotics", StringComparison.Ordinal), ", line 8: Deal enflame-series-c: no claim says its status." },
        { Good.Replace("company: enflame", "company: enflame-technology", StringComparison.Ordinal), ": Party enflame-technology is claimed but not registered." },
        { Good + "\n      - investor: sequoia\n        role: lead\n        words: Tencent\n        quote: Tencent", ": Party sequoia is claimed but not registered." },
        { Good.Replace("    name: Tencent", "    name: Tencent\n    claims:\n      - status: closed\n        words: Series B\n        quote: Series B", StringComparison.Ordinal), ", line 5: Party tencent: status is not a field of a party." },
        { Good + "\nfigures:\n  - sector: robotics\n    words: Series B\n    quote: Series B", ": Article " },
    };

    [Theory]
    [MemberData(nameof(Announcements))]
    public async Task Nothing_of_a_folder_is_recorded_if_its_last_file_is_refused(string last, string problem)
    {
        Input.WriteTo(_folder, ("announcements/a.yaml", Good), ("announcements/z.yaml", last.Replace("a.txt", "z.txt", StringComparison.Ordinal).Replace("enflame-series-b", "enflame-series-c", StringComparison.Ordinal)));

        await IsRefused($"{_folder.Combine("announcements/z.yaml")}{problem}");
    }

    [Fact]
    public async Task Nothing_of_a_folder_is_recorded_if_an_article_is_no_text()
    {
        Input.WriteTo(_folder, ("announcements/a.yaml", Good));
        Input.WriteTo(_folder, "articles/z.txt", [.. "Zhipu "u8, 0xE9]);
        await IsRefused($"{_folder.Combine("articles/z.txt")}: is not UTF-8: byte e9 at offset 6 begins no character.");

        Input.WriteTo(_folder, "articles/z.txt", [0]);
        await IsRefused($"{_folder.Combine("articles/z.txt")}: article: has a NUL character at 0; text is expected.");
    }

    [Fact]
    public async Task A_folder_of_nothing_is_refused()
    {
        using var empty = new TemporaryFolder();

        var run = await _ledger.Run("seed", empty.Path);

        Assert.Equal((2, "", $"{empty.Path}: has no articles/*.txt.\n"), (run.ExitCode, run.Output, run.Errors));
    }

    [Fact]
    public async Task What_was_refused_is_recorded_once_it_is_mended()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        Input.WriteTo(_folder, ("announcements/a.yaml", Good.Replace("CNY", "RMB", StringComparison.Ordinal)));
        Assert.Equal(2, (await ledger.Run("seed", _folder.Path)).ExitCode);

        Input.WriteTo(_folder, ("announcements/a.yaml", Good));
        var mended = await ledger.Ask("seed", _folder.Path);

        Assert.Equal(5, mended["recordedEvents"]!.GetValue<int>());
        Assert.Equal(5, await ledger.Get<EventLog>().Head(Cancel));
    }

    private async Task IsRefused(string sentence)
    {
        var before = await _ledger.Contents(Cancel, "ledger", "views");

        var run = await _ledger.Run("seed", _folder.Path, "--json");

        Assert.Equal(2, run.ExitCode);
        Assert.Empty(run.Output);
        Assert.StartsWith(sentence, run.Errors, StringComparison.Ordinal);
        Assert.Matches(@"\A[^\n]+\.\n\z", run.Errors);
        Assert.Equal(before, await _ledger.Contents(Cancel, "ledger", "views"));
    }

    private static TemporaryFolder WithArticles()
    {
        var folder = new TemporaryFolder();
        Input.WriteTo(folder, ("articles/a.txt", Input.Article), ("articles/z.txt", Input.Article + "More of it."));
        return folder;
    }

    /// <summary>A ledger that stays empty, whatever is tried.</summary>
    public sealed class Ledger : IAsyncLifetime
    {
        internal LedgerOnTestDatabase Empty { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Empty = await LedgerOnTestDatabase.Create(Cancel);

        public ValueTask DisposeAsync() => Empty.DisposeAsync();
    }
}
