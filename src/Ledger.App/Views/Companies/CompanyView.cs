using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Npgsql;

namespace Ledger.App.Views.Companies;

/// <summary>What companies have raised: counters that a deal's change is taken from and added to.</summary>
internal sealed class CompanyView : IDealView
{
    public async Task Apply(DealChanges changes, NpgsqlConnection connection, CancellationToken cancel)
    {
        var counters = new Dictionary<string, Counters>();
        var totals = new Dictionary<(string Company, string Currency, bool Pledged), Total>();
        foreach (var change in changes.Net)
        {
            Add(change.Before, -1);
            Add(change.After, +1);
        }
        await WriteCounters(counters.Where(row => row.Value != new Counters()).ToDictionary(), connection, cancel);
        await WriteTotals(totals.Where(row => row.Value != new Total()).ToDictionary(), connection, cancel);

        void Add(Deal deal, int sign)
        {
            if (deal.Company is not { } company)
                return;
            var undisclosed = deal.Counts && !deal.Amount.IsDisclosed;
            counters[company.Value] = counters.GetValueOrDefault(company.Value) + new Counters(sign, deal.Counts ? sign : 0, undisclosed ? sign : 0);
            if (!deal.Counts || deal.Amount is not { Currency: { } currency } amount)
                return;
            var key = (company.Value, currency.Code, deal.Status == DealStatus.Pledged);
            totals[key] = totals.GetValueOrDefault(key)
                + new Total(sign, sign * (amount.Low ?? 0), sign * (amount.High ?? 0), amount.High is null ? sign : 0);
        }
    }

    private static async Task WriteCounters(Dictionary<string, Counters> rows, NpgsqlConnection connection, CancellationToken cancel)
    {
        string[] ids = [.. rows.Keys];
        await connection.Execute(
            """
            insert into views.company as held (id, deals, counted, undisclosed) select * from unnest($1, $2, $3, $4)
            on conflict (id) do update set deals = held.deals + excluded.deals,
                counted = held.counted + excluded.counted, undisclosed = held.undisclosed + excluded.undisclosed
            """,
            cancel, ids, rows.Values.Select(row => row.Deals).ToArray(), rows.Values.Select(row => row.Counted).ToArray(),
            rows.Values.Select(row => row.Undisclosed).ToArray());
        await connection.Execute("delete from views.company where id = any($1) and deals = 0", cancel, (object)ids);
    }

    private static async Task WriteTotals(Dictionary<(string Company, string Currency, bool Pledged), Total> rows, NpgsqlConnection connection, CancellationToken cancel)
    {
        string[] companies = [.. rows.Keys.Select(key => key.Company)];
        await connection.Execute(
            """
            insert into views.company_total as held (company_id, currency, pledged, deals, low, high, unbounded)
            select * from unnest($1, $2, $3, $4, $5, $6, $7)
            on conflict (company_id, currency, pledged) do update set deals = held.deals + excluded.deals,
                low = held.low + excluded.low, high = held.high + excluded.high, unbounded = held.unbounded + excluded.unbounded
            """,
            cancel, companies, rows.Keys.Select(key => key.Currency).ToArray(), rows.Keys.Select(key => key.Pledged).ToArray(),
            rows.Values.Select(row => row.Deals).ToArray(), rows.Values.Select(row => row.Low).ToArray(),
            rows.Values.Select(row => row.High).ToArray(), rows.Values.Select(row => row.Unbounded).ToArray());
        await connection.Execute("delete from views.company_total where company_id = any($1) and deals = 0", cancel, (object)companies);
    }

    private readonly record struct Counters(long Deals, long Counted, long Undisclosed)
    {
        public static Counters operator +(Counters a, Counters b) => new(a.Deals + b.Deals, a.Counted + b.Counted, a.Undisclosed + b.Undisclosed);
    }

    private readonly record struct Total(long Deals, decimal Low, decimal High, long Unbounded)
    {
        public static Total operator +(Total a, Total b) => new(a.Deals + b.Deals, a.Low + b.Low, a.High + b.High, a.Unbounded + b.Unbounded);
    }
}
