using System.Text.Json.Nodes;
using Ledger.App.Tests.Support;
using Ledger.EventStore;
using Ledger.Testing;

namespace Ledger.App.Tests.Intake;

/// <summary>Tables of deals: what is recorded of them, what is skipped and why, and what is refused.</summary>
public sealed class ImportTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private const string Mapping =
        """
        source: {title: A table of rounds, published: 2013-10}
        idPrefix: t-
        companyName: {column: company}
        companyId: {column: link}
        noName: ["#NAME?"]
        kind: {always: round}
        status: {always: announced}
        round: {column: type, values: {series-a: {series: a, instrument: equity}}}
        amount: {column: raised, currency: {always: USD}}
        announced: {column: date, firstOfJanuaryIsTheYear: true}
        sector: {column: category}
        place: {column: city}
        investors: [{column: backers, separator: ";", role: participant}]
        """;

    private const string Table =
        """
        company,link,type,raised,date,category,city,backers
        "Acme ""Robotics"", Inc.",/company/acme,series-a,1000000,2012-08-29,robotics,Berlin,Sequoia; Index
        #NAME?,/company/nameless,venture,,2011-01-01,,"São Paulo",
        Zwölf,/company/zwoelf,series-a,2500000,2012-02-30,robotics,Wien,

        Minus,/company/minus,series-a,-5,2012-03-01,robotics,Wien,
        Short,/company/short,series-a
        "Acme ""Robotics"", Inc.",/company/acme,series-a,1000000,2012-08-29,robotics,Berlin,Sequoia; Index
        """;

    private readonly TemporaryFolder _folder = new();
    private LedgerOnTestDatabase _ledger = null!;

    public async ValueTask InitializeAsync() => _ledger = await LedgerOnTestDatabase.Create(Cancel);

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_table_is_recorded_row_by_row_and_what_is_skipped_is_told_with_its_line()
    {
        var first = await Import(Table, Mapping);
        var head = await _ledger.Get<EventLog>().Head(Cancel);
        var again = await Import(Table, Mapping);

        JsonAssert.Has("""{ "rows": 6, "deals": 2 }""", first);
        Assert.Collection(first["skipped"]!.AsArray().Select(row => $"line {row!["line"]}: {row["why"]}"),
            date => Assert.StartsWith("line 4: announced: '2012-02-30' is no date; ", date, StringComparison.Ordinal),
            sum => Assert.Equal("line 6: raised: '-5' is no sum in whole units, such as 1500000", sum),
            cells => Assert.Equal("line 7: row: has another number of cells than the 8 headings", cells),
            twice => Assert.Equal("line 8: repeats line 2: the same company, round, day and amount", twice));
        JsonAssert.Has("""{ "rows": 6, "deals": 2, "events": 0 }""", again);
        Assert.Equal(head, await _ledger.Get<EventLog>().Head(Cancel));

        JsonAssert.Has("""
            { "kind": "round", "status": "announced", "company": {"name": "Acme \"Robotics\", Inc."}, "round": {"series": "a", "instrument": "equity", "asWritten": "series-a"},
              "amount": {"qualifier": "exact", "currency": "USD", "low": 1000000, "high": 1000000}, "announced": {"date": "2012-08-29", "precision": "day"},
              "sectors": ["robotics"], "places": ["Berlin"], "investors": [{"name": "Sequoia", "role": "participant"}, {"name": "Index", "role": "participant"}] }
            """, Assert.Single((await _ledger.Ask("deals", "--investor", "sequoia"))["items"]!.AsArray()));
        var nameless = Assert.Single((await _ledger.Ask("deals", "--company", "nameless"))["items"]!.AsArray());
        JsonAssert.Has("""{ "amount": {"qualifier": "undisclosed", "low": null}, "announced": {"date": "2011", "precision": "year", "asWritten": "2011-01-01"}, "places": ["São Paulo"] }""", nameless);
        var claims = (await _ledger.Ask("deal", (string)nameless!["id"]!))["claims"]!.AsArray();
        Assert.All(claims, claim => Assert.Equal("#NAME?,/company/nameless,venture,,2011-01-01,,\"São Paulo\",", (string)claim!["quote"]!["text"]!));
    }

    public static readonly TheoryData<string, string, string> Refused = new()
    {
        { Mapping.Replace("column: raised", "column: sum", StringComparison.Ordinal), Table, "/m.yaml, line 9: 'sum' is no column of " },
        { Mapping + "\nsectors: {column: category}", Table, "/m.yaml, line 14: 'sectors' is not a field that is known there.\n" },
        { "idPrefix: t-", Table, "/m.yaml: names neither companyName nor companyId.\n" },
        { Mapping + "\nencoding: klingon", Table, "encoding: 'klingon' is no character set that is known here.\n" },
        { Mapping.Replace("title: A table", "address: \"javascript:alert(1)\", title: A table", StringComparison.Ordinal), Table, "/m.yaml, line 1: article.address: 'javascript:alert(1)' is not an absolute http or https address.\n" },
        { Mapping, "company,link,company\n", "/t.csv, line 1: the heading 'company' stands twice.\n" },
        { Mapping, "", "/t.csv" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_table_or_mapping_that_cannot_be_used_is_refused_and_changes_nothing(string mapping, string table, string sentence)
    {
        Input.WriteTo(_folder, ("m.yaml", mapping), ("t.csv", table));

        var run = await _ledger.Run("import", _folder.Combine("t.csv"), "--format", "csv", "--map", _folder.Combine("m.yaml"), "--json");

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith(sentence, run.Errors.Replace(_folder.Path, "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Matches(@"\A[^\n]+\.\n\z", run.Errors);
        Assert.Equal(0, await _ledger.Get<EventLog>().Head(Cancel));
    }

    private async Task<JsonNode> Import(string table, string mapping)
    {
        Input.WriteTo(_folder, ("m.yaml", mapping), ("t.csv", table));
        // Progress is told on standard error.
        var run = await _ledger.Run("import", _folder.Combine("t.csv"), "--format", "csv", "--map", _folder.Combine("m.yaml"), "--json");
        Assert.True(run.ExitCode == 0, run.Errors);
        return JsonNode.Parse(run.Output)!;
    }
}
