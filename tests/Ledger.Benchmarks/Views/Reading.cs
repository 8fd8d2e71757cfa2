using System.Diagnostics;
using Ledger.App;
using Ledger.App.Views;
using Ledger.App.Views.Companies;
using Ledger.App.Views.Investors;
using Ledger.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Ledger.Benchmarks.Views;

/// <summary>Companies and investors of the record, as they are and as they were.</summary>
internal static class Reading
{
    private const int Seed = 7;
    private const int WarmUp = 300;

    /// <summary>So many that the server's code is compiled as it stays.</summary>
    private const int WarmUpOverHttp = 3_000;
    private const int Requests = 3_000;
    private const int CompaniesOfThePast = 500;
    private const int MomentsOfTheLargest = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>The program serves; one client asks for one random party after the other.</summary>
    public static IMeasurement OverHttp(int events) => new Trial("company and investor by id over HTTP", async say =>
    {
        RecordDatabase database = await Following.Prepared(events);
        using var data = new TemporaryFolder();
        await using LedgerProgram program = LedgerProgram.Start(
            ["serve", "--urls", "http://127.0.0.1:0", "--connection", database.ServerConnection, "--data", data.Path]);
        string address = (await program.Printed("Ledger is at")).Split(' ')[^1].Trim();
        using var client = new HttpClient { BaseAddress = new Uri(address) };
        await Ready(database, client);
        List<Figure> figures = [];
        foreach ((string table, string route) in new[] { ("company", "companies"), ("investor", "investors") })
        {
            string[] ids = await Ids(database, table);
            double[] selected = await Timed(ids, id => Select(database, table, id));
            long bytes = 0;
            double[] answered = await Timed(ids, async id => bytes += (await client.GetByteArrayAsync(new Uri($"/api/{route}/{id}", UriKind.Relative))).Length, WarmUpOverHttp);
            say($"{table} by id over HTTP: p50 {Quantiles.Median(answered):N1} ms, longest {answered.Max():N1} ms, {bytes / ids.Length:N0} bytes; "
                + $"select of its row: p50 {Quantiles.Median(selected):N2} ms");
            figures.Add(Figure.AtMost($"{table} by id over HTTP, {events:N0} events, p99", Quantiles.Of(answered, 0.99), "ms", 10, Quantiles.Of(selected, 0.99)));
        }
        return figures;
    });

    /// <summary>Questions to the queries themselves, as of positions that the record has passed.</summary>
    public static IMeasurement OfThePast(int events) => new Trial("company and largest investor as of a past moment", async say =>
    {
        RecordDatabase database = await Following.Prepared(events);
        await using ServiceProvider services = new ServiceCollection().AddLogging().AddLedger(database.Server).BuildServiceProvider();
        List<(string Id, long Since, long Until)> companies = await Rows(database,
            $"select company_id, from_position, least(to_position, {events}) from views.company_deal_history where from_position < {events} order by md5(deal_id) limit {CompaniesOfThePast + WarmUp}",
            row => (row.GetString(0), row.GetInt64(1), row.GetInt64(2)));
        var random = new Random(Seed);
        double[] ofCompanies = await Timed(companies, company => Get<CompanyQueries>(services, random.NextInt64(company.Since, company.Until), q => q.Get(company.Id, false, default)));
        (string largest, long deals) = (await Rows(database,
            "select id, deals from views.investor order by deals desc limit 1", row => (row.GetString(0), row.GetInt64(1)))).Single();
        double[] ofLargest = await Timed([.. Enumerable.Range(0, MomentsOfTheLargest).Select(n => events - 1 - n * (long)events / (2 * MomentsOfTheLargest))],
            position => Get<InvestorQueries>(services, position, q => q.Get(largest, false, default)), warmUp: 3);
        say($"as of a past moment: company p50 {Quantiles.Median(ofCompanies):N1} ms; {largest}, with {deals:N0} deals now, p50 {Quantiles.Median(ofLargest):N0} ms");
        return
        [
            Figure.AtMost($"company as of a past moment, {events:N0} events, p95", Quantiles.Of(ofCompanies, 0.95), "ms", 50),
            Figure.AtMost($"largest investor as of a past moment, {events:N0} events, p95", Quantiles.Of(ofLargest, 0.95), "ms", 500),
        ];
    });

    private static async Task Get<TQueries>(ServiceProvider services, long asOf, Func<TQueries, Task> ask) where TQueries : notnull
    {
        await using AsyncServiceScope scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<Snapshot>().AsOf = asOf;
        await ask(scope.ServiceProvider.GetRequiredService<TQueries>());
    }

    private static async Task Select(RecordDatabase database, string table, string id)
    {
        await using NpgsqlCommand select = database.Server.CreateCommand($"select * from views.{table} where id = $1");
        select.Parameters.Add(new NpgsqlParameter { Value = id });
        await using NpgsqlDataReader reader = await select.ExecuteReaderAsync();
        if (!await reader.ReadAsync())
            throw new InvalidOperationException($"There is no {table} '{id}'.");
    }

    /// <summary>Milliseconds of each, one after the other, but for the first ones.</summary>
    private static async Task<double[]> Timed<T>(IReadOnlyList<T> items, Func<T, Task> act, int warmUp = WarmUp)
    {
        var taken = new List<double>();
        foreach (T item in items)
        {
            long started = Stopwatch.GetTimestamp();
            await act(item);
            taken.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return [.. taken.Skip(warmUp)];
    }

    /// <summary>Waits until the server has done what it does once: a new one puts the whole log under its tree first.</summary>
    private static async Task Ready(RecordDatabase database, HttpClient client)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!(await client.GetAsync(new Uri("/health/ready", UriKind.Relative), patience.Token)).IsSuccessStatusCode
            || !(await Rows(database, "select t.size >= h.position from ledger.tree_head t, ledger.log_head h", row => row.GetBoolean(0))).Single())
        {
            await Task.Delay(100, patience.Token);
        }
    }

    private static async Task<string[]> Ids(RecordDatabase database, string table)
    {
        string[] all = [.. (await Rows(database, $"select id from views.{table} where id like '{table}-%' order by id", row => row.GetString(0)))];
        var random = new Random(Seed);
        return [.. Enumerable.Range(0, WarmUpOverHttp + Requests).Select(_ => all[random.Next(all.Length)])];
    }

    private static async Task<List<T>> Rows<T>(RecordDatabase database, string sql, Func<NpgsqlDataReader, T> read)
    {
        await using NpgsqlCommand select = database.Owner.CreateCommand(sql);
        await using NpgsqlDataReader reader = await select.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
            rows.Add(read(reader));
        return rows;
    }
}
