using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Npgsql;

namespace Ledger.App.Views.Investors;

/// <summary>Who is in which deal, in which role, with counters of it.</summary>
internal sealed class InvestorView : IDealView
{
    public async Task Apply(DealChanges changes, NpgsqlConnection connection, CancellationToken cancel)
    {
        var counters = new Dictionary<string, Counters>();
        foreach (var change in changes.Net)
        {
            Add(change.Before, -1);
            Add(change.After, +1);
        }
        await WriteCounters(counters.Where(row => row.Value != new Counters()).ToDictionary(), connection, cancel);
        await WriteDeals(changes.Net, connection, cancel);

        void Add(Deal deal, int sign)
        {
            foreach (var investor in Named(deal))
            {
                var id = investor.Party!.Value.Value;
                counters[id] = counters.GetValueOrDefault(id) + investor.Role switch
                {
                    InvestorRole.Lead => new Counters(sign, sign, 0, 0),
                    InvestorRole.Participant => new Counters(sign, 0, sign, 0),
                    _ => new Counters(sign, 0, 0, sign),
                };
            }
        }
    }

    private static IEnumerable<ClaimValue.Investor> Named(Deal deal) => deal.Investors.Where(investor => investor.Party is not null);

    private static async Task WriteCounters(Dictionary<string, Counters> rows, NpgsqlConnection connection, CancellationToken cancel)
    {
        string[] ids = [.. rows.Keys];
        await connection.Execute(
            """
            insert into views.investor as held (id, deals, led, joined, backed) select * from unnest($1, $2, $3, $4, $5)
            on conflict (id) do update set deals = held.deals + excluded.deals, led = held.led + excluded.led,
                joined = held.joined + excluded.joined, backed = held.backed + excluded.backed
            """,
            cancel, ids, rows.Values.Select(row => row.Deals).ToArray(), rows.Values.Select(row => row.Led).ToArray(),
            rows.Values.Select(row => row.Joined).ToArray(), rows.Values.Select(row => row.Backed).ToArray());
        await connection.Execute("delete from views.investor where id = any($1) and deals = 0", cancel, (object)ids);
    }

    private static async Task WriteDeals(IReadOnlyList<DealChange> changes, NpgsqlConnection connection, CancellationToken cancel)
    {
        await connection.Execute("delete from views.investor_deal where deal_id = any($1)", cancel,
            (object)changes.Where(change => change.Before.IsKnown).Select(change => change.Before.Id.Value).ToArray());
        var rows = changes.SelectMany(change => Named(change.After), (change, investor) => (Deal: change.After, Investor: investor)).ToList();
        await connection.Execute(
            """
            insert into views.investor_deal (investor_id, deal_id, company_id, role, existing, position)
            select * from unnest($1, $2, $3, $4, $5, $6)
            """,
            cancel, rows.Select(row => row.Investor.Party!.Value.Value).ToArray(), rows.Select(row => row.Deal.Id.Value).ToArray(),
            rows.Select(row => row.Deal.Company!.Value.Value).ToArray(), rows.Select(row => Written.Name(row.Investor.Role)).ToArray(),
            rows.Select(row => row.Investor.Existing).ToArray(), rows.Select(row => row.Deal.Last!.Position).ToArray());
    }

    private readonly record struct Counters(long Deals, long Led, long Joined, long Backed)
    {
        public static Counters operator +(Counters a, Counters b) =>
            new(a.Deals + b.Deals, a.Led + b.Led, a.Joined + b.Joined, a.Backed + b.Backed);
    }
}
