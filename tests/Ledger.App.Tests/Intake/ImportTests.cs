using System.Text;
using System.Text.Json.Nodes;
using Ledger.App.Intake.Import;
using Ledger.App.Tests.Support;
using Ledger.App.Views.Companies;
using Ledger.App.Views.Deals;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Ledger.Testing;

namespace Ledger.App.Tests.Intake;

/// <summary>Tables of deals, with the traps that real ones hold.</summary>
public sealed class ImportTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private const string Headings = "company_permalink,company_name,company_category_code,company_country_code,company_state_code,company_region,company_city,funding_round_type,funded_at,funded_month,funded_quarter,funded_year,raised_amount_usd";

    private readonly TemporaryFolder _folder = new();
    private LedgerOnTestDatabase _ledger = null!;

    public async ValueTask InitializeAsync() => _ledger = await LedgerOnTestDatabase.Create(Cancel);

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_row_becomes_a_deal_with_itself_for_a_quote_and_its_line_for_a_place()
    {
        var file = Crunchbase("/company/acme,Acme,games_video,USA,CA,SF Bay,San Francisco,series-a,2012-08-29,2012-08,2012-Q3,2012,600000");

        var report = await Import(file, "--format", "crunchbase-2013");

        Assert.Equal((1, 1, 0), ((int)report["rows"]!, (int)report["deals"]!, report["skipped"]!.AsArray().Count));
        var deal = await Deal("cb-acme-series-a-2012-08-29-600000");
        Assert.Equal(("Acme", "a", 600000m, "2012-08-29"), (deal.Company.Name, deal.Round!.Series, deal.Amount.Low, deal.Announced.Date));
        Assert.Equal(["games-video"], deal.Sectors);
        Assert.Equal(["San Francisco"], deal.Places);
        var quote = deal.Claims![0].Quote;
        Assert.StartsWith("/company/acme,Acme,games_video", quote.Text, StringComparison.Ordinal);
        Assert.Equal(Headings.Length + 1, quote.Start);
        Assert.Equal(2, quote.Line);
    }

    [Fact]
    public async Task An_import_that_is_run_again_records_nothing()
    {
        var file = Crunchbase("/company/acme,Acme,web,USA,CA,SF Bay,Napa,angel,2012-08-29,2012-08,2012-Q3,2012,600000");
        await Import(file, "--format", "crunchbase-2013");
        var before = await _ledger.Contents(Cancel, "ledger", "views");

        var report = await Import(file, "--format", "crunchbase-2013");

        Assert.Equal(0, (int)report["events"]!);
        Assert.Equal(before, await _ledger.Contents(Cancel, "ledger", "views"));
    }

    [Fact]
    public async Task The_traps_of_the_export_of_2013_are_known()
    {
        var file = Crunchbase(
            "/company/conde,Cond\u00e9,web,USA,NY,New York,New York,angel,2012-01-01,2012-01,2012-Q1,2012,500000",
            "/company/tapose,Tapos\u00c3\u00a9,web,USA,NY,New York,New York,other,2012-05-02,2012-05,2012-Q2,2012,",
            "/company/n-plusn,#NAME?,software,USA,NY,New York,New York,series-c+,2012-08-29,2012-08,2012-Q3,2012,600000",
            "/company/n-plusn,#NAME?,software,USA,NY,New York,New York,series-c+,2012-08-29,2012-08,2012-Q3,2012,600000",
            "/company/story,\"2nd \"\"Story\"\", Inc.\",web,USA,NY,New York,New York,venture,2012-02-30,2012-02,2012-Q1,2012,1",
            "/company/free,Free,web,USA,NY,New York,New York,venture,2012-02-03,2012-02,2012-Q1,2012,0",
            "/company/short,Short,web");

        var report = await Import(file, "--format", "crunchbase-2013");

        var conde = await Deal("cb-conde-angel-2012-01-01-500000");
        Assert.Equal(("Condé", "2012", Precision.Year), (conde.Company.Name, conde.Announced.Date, conde.Announced.Precision));
        var tapose = await Deal("cb-tapose-other-2012-05-02-undisclosed");
        Assert.Equal(("Taposé", AmountQualifier.Undisclosed), (tapose.Company.Name, tapose.Amount.Qualifier));
        Assert.Equal("TaposÃ©", tapose.Claims!.Single(claim => claim.Field == "company").AsWritten);
        var later = await Deal("cb-n-plusn-series-c-2012-08-29-600000");
        Assert.Equal(("n-plusn", "c-or-later", null, "series-c+"), (later.Company.Name, later.Round!.Series, later.Round.Modifier, later.Round.AsWritten));
        Assert.Equal(
            [
                "5: repeats line 4: the same company, round, day and amount",
                "6: announced: '2012-02-30' is no date; 2020-04-03, 2020-04, 2020-Q2, 2020, XXXX-04-03, XXXX-04 or unknown is expected",
                "7: amount.low: 0 is out of range; a figure above 0 and at most 1000000000000000 is expected",
                "8: row: has another number of cells than the 13 headings",
            ],
            report["skipped"]!.AsArray().Select(row => $"{row!["line"]}: {row["why"]}"));
    }

    [Fact]
    public async Task A_company_whose_name_is_as_long_as_an_id_may_be_is_recorded_too()
    {
        var name = string.Join('-', Enumerable.Repeat("long", 20));
        var file = Crunchbase($"/company/{name},Long,web,USA,CA,SF Bay,Napa,angel,2012-08-29,2012-08,2012-Q3,2012,600000");

        var report = await Import(file, "--format", "crunchbase-2013");

        Assert.Equal((1, 0), ((int)report["deals"]!, report["skipped"]!.AsArray().Count));
        Assert.Matches("^cb-long-long-.*-[0-9a-f]{8}$", Names.Slugify(name, "cb-"));
    }

    [Fact]
    public async Task Anyones_columns_are_read_by_a_mapping()
    {
        Write("deals.csv", "Firm,Deal,Sum,Money,When,Backers\r\n\"Müller \"\"Nord\"\" AG\",Seed,1500000,EUR,2024-03,\"Alpha; Beta\"\r\n", Encoding.UTF8);
        Write("map.yaml",
            """
            companyName: {column: Firm}
            round: {column: Deal, values: {Seed: {series: seed, instrument: equity}}}
            amount: {column: Sum, currency: {column: Money}}
            announced: {column: When}
            investors: [{column: Backers, role: participant}]
            """, Encoding.UTF8);

        await Import(_folder.Combine("deals.csv"), "--format", "csv", "--map", _folder.Combine("map.yaml"));

        var company = await _ledger.Get<CompanyQueries>().Get("müller \"nord\" ag", group: false, Cancel);
        var deal = Assert.Single(company.Deals);
        Assert.Equal(("EUR", 1500000m, "2024-03", "seed"), (deal.Amount.Currency, deal.Amount.Low, deal.Announced.Date, deal.Round!.Series));
        Assert.Equal(["Alpha", "Beta"], deal.Investors.Select(investor => investor.Name));
    }

    [Theory]
    [InlineData("Firm,Sum,Backers,,\nAcme,700,Alpha; Beta; Gamma,,\nBig,800,Delta; Epsilon; Zeta; Eta,,\n")]
    [InlineData("Firm ; Sum; Backers\r\nAcme;700;\"Alpha; Beta; Gamma\"\r\nBig;800;\"Delta; Epsilon; Zeta; Eta\"\r\n")]
    [InlineData("\ufeffFirm\tSum\tBackers\nAcme\t700\tAlpha; Beta; Gamma\n\nBig\t800\tDelta; Epsilon; Zeta; Eta")]
    public async Task Tables_are_read_as_spreadsheets_write_them(string table)
    {
        Write("deals.csv", table, new UTF8Encoding(false));
        Write("map.yaml", "{companyName: {column: Firm}, amount: {column: Sum, currency: {always: EUR}}, investors: [{column: Backers}]}", Encoding.UTF8);

        var report = await Import(_folder.Combine("deals.csv"), "--format", "csv", "--map", _folder.Combine("map.yaml"));

        Assert.Equal("[]", report["skipped"]!.ToJsonString());
        Assert.Equal((2, 2), ((int)report["rows"]!, (int)report["deals"]!));
        Assert.Equal(["Delta", "Epsilon", "Zeta", "Eta"], (await Deal("big-800")).Investors.Select(investor => investor.Name));
    }

    [Fact]
    public async Task A_cell_over_several_lines_is_told_once_and_the_rows_after_it_are_recorded()
    {
        Write("deals.csv", "Firm,Sum,Note\nAcme,700,\"the first line\nand the second\"\nBig,800,none\nSmall,900,\"never closed\nLast,950,\"none\"\n\"Half\nNext\",960,none\n\"Two\nC\",970,none\nEnd,980,none\n", Encoding.UTF8);
        Write("map.yaml", "{companyName: {column: Firm}, amount: {column: Sum, currency: {always: EUR}}}", Encoding.UTF8);

        var report = await Import(_folder.Combine("deals.csv"), "--format", "csv", "--map", _folder.Combine("map.yaml"));

        Assert.Equal(
            ["2: row: has a cell that runs on to line 3; a row stands on one line", "5: row: has a quote that is not closed on its line",
                "7: row: has a cell that runs on to line 8; a row stands on one line", "9: row: has a cell that runs on to line 10; a row stands on one line"],
            report["skipped"]!.AsArray().Select(row => $"{row!["line"]}: {row["why"]}"));
        Assert.Equal((7, 3), ((int)report["rows"]!, (int)report["deals"]!));
        var (big, last) = ((await Deal("big-800")).Claims![0].Quote, (await Deal("last-950")).Claims![0].Quote);
        Assert.Equal((("Big,800,none", 4), ("Last,950,\"none\"", 6)), ((big.Text, big.Line), (last.Text, last.Line)));
        Assert.Equal(11, (await Deal("end-980")).Claims![0].Quote.Line);
    }

    [Fact]
    public async Task A_row_that_the_record_refuses_is_skipped_alone()
    {
        // Every claim carries the row as its quote, and an event has to have room for all of them.
        var many = string.Join("; ", Enumerable.Range(1, 40).Select(n => $"Fund {n} of the many"));
        var rows = Enumerable.Range(1, 9).Select(i => $"C{i},{(i is 3 or 8 ? many : "Alpha")},{new string('x', 2000)}");
        Write("deals.csv", string.Join('\n', rows.Prepend("Firm,Backers,Description")), Encoding.UTF8);
        Write("map.yaml", "{companyName: {column: Firm}, investors: [{column: Backers}]}", Encoding.UTF8);

        var report = await Import(_folder.Combine("deals.csv"), "--format", "csv", "--map", _folder.Combine("map.yaml"));

        Assert.Equal((9, 7), ((int)report["rows"]!, (int)report["deals"]!));
        Assert.Equal([4, 9], report["skipped"]!.AsArray().Select(row => (int)row!["line"]!));
        Assert.All(report["skipped"]!.AsArray(), row => Assert.StartsWith("What would be recorded as deal_announced comes to ", (string)row!["why"]!, StringComparison.Ordinal));
        Assert.Equal("C9", (await Deal("c9-undisclosed")).Company.Name);
    }

    [Theory]
    [InlineData("companyName: {column: Nobody}", "map.yaml, line 1: 'Nobody' is no column of")]
    [InlineData("companyNames: {column: Firm}", "map.yaml, line 1: 'companyNames' is not a field that is known there.")]
    [InlineData("round: {column: Firm}", "map.yaml: names neither companyName nor companyId.")]
    [InlineData("{encoding: klingon, companyName: {column: Firm}}", "encoding: 'klingon' is no character set that is known here.")]
    public async Task A_mapping_that_does_not_fit_is_refused_and_nothing_is_recorded(string mapping, string sentence)
    {
        Write("deals.csv", "Firm\nAcme\n", Encoding.UTF8);
        Write("map.yaml", mapping, Encoding.UTF8);

        var run = await _ledger.Run("import", _folder.Combine("deals.csv"), "--format", "csv", "--map", _folder.Combine("map.yaml"));

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(sentence, run.Errors, StringComparison.Ordinal);
        Assert.Equal(0, await _ledger.Get<EventLog>().Head(Cancel));
    }

    [Fact]
    public async Task A_kill_loses_nothing_that_was_reported()
    {
        var rows = Enumerable.Range(1, 3000).Select(i => $"/company/c{i},C{i},web,USA,CA,SF Bay,Napa,angel,2012-08-29,2012-08,2012-Q3,2012,{i}").ToArray();
        var file = Crunchbase(rows);
        await using (var program = _ledger.Start("import", file, "--format", "crunchbase-2013"))
        {
            while (await _ledger.Get<EventLog>().Head(Cancel) < 1000)
            {
                Assert.False(program.HasEnded, program.Errors);
                await Task.Delay(5, Cancel);
            }
            await program.Kill();
        }
        var recorded = await _ledger.Get<EventLog>().Head(Cancel);

        var report = await Import(file, "--format", "crunchbase-2013");

        // Two events of the source, and of each row one of its company and one of its deal.
        Assert.Equal(2 + (2 * 3000) - recorded, (long)report["events"]!);
        Assert.Equal(3000, (int)report["deals"]!);
    }

    [Theory]
    [InlineData("Acme, Inc.", "acme-inc")]
    [InlineData("--a--", "a")]
    public void Names_become_ids_that_read_like_them(string name, string id) => Assert.Equal(id, Names.Slugify(name));

    [Fact]
    public void Names_that_cannot_be_spelled_or_do_not_fit_become_ids_of_their_own()
    {
        string[] names = ["粤财基金", "光远资本", "Müller", "Möller", new('x', 300), new('x', 301)];

        Assert.All(names, name => Assert.Equal(Names.Slugify(name), new PartyId(Names.Slugify(name)).Value));
        Assert.Equal(names.Length, names.Select(Names.Slugify).Distinct().Count());
    }

    /// <summary>The report. How far it has come is told on standard error, where it takes long.</summary>
    private async Task<JsonNode> Import(params string[] arguments)
    {
        var run = await _ledger.Run(["import", .. arguments, "--json"]);
        Assert.True(run.ExitCode == 0, run.Errors);
        return JsonNode.Parse(run.Output)!;
    }

    private Task<DealRecord> Deal(string id) => _ledger.Get<DealQueries>().Get(id, Cancel);

    /// <summary>A table as the export of 2013 is written: carriage returns between lines, bytes of Mac OS Roman.</summary>
    private string Crunchbase(params string[] rows)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        return Write("rounds.csv", string.Join('\r', rows.Prepend(Headings)), Encoding.GetEncoding("macintosh"));
    }

    private string Write(string name, string text, Encoding encoding)
    {
        File.WriteAllBytes(_folder.Combine(name), encoding.GetBytes(text));
        return _folder.Combine(name);
    }
}
