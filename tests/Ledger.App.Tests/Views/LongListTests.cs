using System.Text;
using Ledger.App.Tests.Intake;
using Ledger.App.Tests.Support;
using Ledger.Testing;

namespace Ledger.App.Tests.Views;

/// <summary>An investor in more deals than anybody reads at once.</summary>
public sealed class LongListTests : IAsyncLifetime
{
    private const int Companies = 60;

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private LedgerOnTestDatabase _ledger = null!;

    /// <summary>Fifty-nine companies with one deal each and one with two, all with Fund and with another investor each.</summary>
    public async ValueTask InitializeAsync()
    {
        _ledger = await LedgerOnTestDatabase.Create(Cancel);
        var article = new StringBuilder();
        var announcement = new StringBuilder("article: {file: a.txt}\nparties:\n  - {id: fund, name: Fund}\n");
        var deals = new StringBuilder("deals:\n");
        for (var n = 1; n <= Companies; n++)
        {
            announcement.Append($"  - {{id: company-{n}, name: Company {n:00}}}\n  - {{id: angel-{n}, name: Angel {n:00}}}\n");
            foreach (var round in n == 40 ? new[] { "seed round", "later round" } : ["seed round"])
            {
                var quote = $"Company {n:00} announced a {round} with Fund and Angel {n:00}.";
                article.Append(quote).Append('\n');
                deals.Append($$"""
                      - id: company-{{n}}-{{round[..4]}}
                        claims:
                          - {company: company-{{n}}, words: "Company {{n:00}}", quote: "{{quote}}"}
                          - {kind: round, words: round, quote: "{{quote}}"}
                          - {status: announced, words: announced, quote: "{{quote}}"}
                          - {investor: fund, role: lead, words: Fund, quote: "{{quote}}"}
                          - {investor: angel-{{n}}, role: participant, words: "Angel {{n:00}}", quote: "{{quote}}"}

                    """);
            }
        }
        using var folder = new TemporaryFolder();
        Input.WriteTo(folder, ("articles/a.txt", article.ToString()), ("announcements/a.yaml", announcement.ToString() + deals));
        var run = await _ledger.Run("seed", folder.Path);
        Assert.True(run.ExitCode == 0, run.Errors);
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task Of_an_investor_in_many_deals_the_first_twenty_are_shown_and_how_many_there_are()
    {
        var fund = await _ledger.Ask("investor", "fund");
        Assert.Equal(61, (int)fund["counts"]!["deals"]!);
        Assert.Equal((20, 60), (fund["companies"]!.AsArray().Count, (int)fund["companiesInAll"]!));
        Assert.Equal((20, 60), (fund["coInvestors"]!.AsArray().Count, (int)fund["coInvestorsInAll"]!));
        Assert.Equal(("company-40", 2), ((string)fund["companies"]![0]!["id"]!, fund["companies"]![0]!["deals"]!.AsArray().Count));
        Assert.Equal(("angel-40", 2), ((string)fund["coInvestors"]![0]!["id"]!, (int)fund["coInvestors"]![0]!["deals"]!));
        var shown = fund["deals"]!.AsArray().Select(held => (string)held!["deal"]!["id"]!).ToList();
        Assert.Equal(20, shown.Count);

        var rest = await _ledger.Ask("deals", "--investor", "fund", "--next", (string)fund["dealsNext"]!);
        Assert.Equal(61, rest["items"]!.AsArray().Select(deal => (string)deal!["id"]!).Concat(shown).Distinct().Count());
        Assert.Null(rest["next"]);
    }

    [Fact]
    public async Task On_a_terminal_it_is_said_that_there_are_more()
    {
        var output = (await _ledger.Run("investor", "fund")).Output;
        Assert.Contains("The latest of 61; all: ledger deals --investor fund", output, StringComparison.Ordinal);
        Assert.Contains("The first 20 of 60, by the number of deals.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_shown_of_the_past_is_shortened_the_same_way()
    {
        var fund = await _ledger.Ask("investor", "fund", "--at", (await _ledger.Ask("investor", "fund"))["position"]!.ToString());
        Assert.Equal((20, 60, 61), (fund["companies"]!.AsArray().Count, (int)fund["companiesInAll"]!, (int)fund["counts"]!["deals"]!));
    }
}
