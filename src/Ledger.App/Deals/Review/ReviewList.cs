using Ledger.App.Deals.Same;
using Ledger.App.Views;
using Ledger.App.Views.Deals;
using Ledger.Domain.Values;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.App.Deals.Review;

/// <summary>Why somebody should look at a deal.</summary>
public enum ReviewKind
{
    /// <summary>It was pledged long ago, and nothing says that it was closed.</summary>
    StalePledge,

    /// <summary>Its sources have disagreed for long, and no editor has decided.</summary>
    Contested,

    /// <summary>It may stand in the ledger twice.</summary>
    Duplicate,
}

/// <summary>A deal that somebody should look at.</summary>
/// <param name="Other">The deal that it may be; null but of duplicates.</param>
/// <param name="Company">The company's name.</param>
/// <param name="Title">What the deal is called.</param>
/// <param name="Says">What is to be looked at, in one sentence.</param>
/// <param name="Since">Since when it is so; null where that is not known.</param>
/// <param name="FoundAt">When it came to the list.</param>
public sealed record ReviewItem(ReviewKind Kind, string Deal, string? Other, string Company, string Title, string Says, DateOnly? Since, DateTime FoundAt);

/// <summary>What it takes to come to the list.</summary>
internal sealed record ReviewPolicy(int PledgedDays, int ContestedDays);

/// <summary>Finds what somebody should look at, and lists what was found last.</summary>
internal sealed class ReviewList(NpgsqlDataSource database, Snapshot snapshot, DealQueries deals, Duplicates duplicates)
{
    private const int DuplicatesMax = 200;

    /// <summary>What was found last: a kind after the other, and of each what has waited longest, or is likeliest, first.</summary>
    /// <param name="kind">One only; null for all.</param>
    /// <param name="limit">How many at the most.</param>
    /// <param name="next">Where the page before ended.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Page<ReviewItem>> List(ReviewKind? kind, int limit, string? next, CancellationToken cancel)
    {
        var from = next is null ? 0 : Cursor.Parse(next);
        var found = await database.Query(
            """
            select kind, deal, other, company, title, says, since, found_at from ledger.review where $3::text is null or kind = $3
            order by kind = 'duplicate', kind = 'contested', weight desc, deal, other limit $1 offset $2
            """,
            row => new ReviewItem(Written.Parse<ReviewKind>("kind", row.GetString(0)), row.GetString(1), row.GetString(2) is { Length: > 0 } other ? other : null, row.GetString(3), row.GetString(4),
                row.GetString(5), row.GetFieldValue<DateOnly?>(6), row.GetDateTime(7)),
            cancel, (long)limit + 1, from, new NpgsqlParameter { Value = kind is { } one ? Written.Name(one) : DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        var items = found.Take(limit).ToList();
        return new Page<ReviewItem>(items, found.Count == items.Count ? null : Cursor.Of(from + items.Count));
    }

    /// <summary>When the job made the list; null where it never has.</summary>
    public async Task<DateTime?> FoundAt(CancellationToken cancel) => (await database.Query(
        "select max(ended_at) from jobs.run where job = $1 and state = 'succeeded'", row => row.GetFieldValue<DateTime?>(0), cancel, ReviewJob.Called)).Single();

    /// <summary>What is so now, by the views.</summary>
    internal async Task<IReadOnlyList<Finding>> Find(ReviewPolicy policy, DateOnly today, CancellationToken cancel) =>
        [.. await StalePledges(policy, today, cancel), .. await Contested(policy, today, cancel), .. await Likely(cancel)];

    /// <summary>Puts what was found in the place of what was found before; what stays keeps the time at which it came.</summary>
    /// <returns>How many came, and how many went.</returns>
    internal static async Task<(int Came, int Went)> Replace(NpgsqlConnection connection, IReadOnlyList<Finding> found, CancellationToken cancel)
    {
        var went = await connection.Query(
            "delete from ledger.review r where not exists (select from unnest($1, $2, $3) f (kind, deal, other) where (f.kind, f.deal, f.other) = (r.kind, r.deal, r.other)) returning 1",
            _ => true, cancel, Keys());
        var came = await connection.Query(
            """
            insert into ledger.review (kind, deal, other, company, title, says, since, weight) select * from unnest($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (kind, deal, other) do update set company = excluded.company, title = excluded.title, says = excluded.says, since = excluded.since, weight = excluded.weight
            returning xmax = 0
            """,
            row => row.GetBoolean(0), cancel,
            [
                .. Keys(), Array(found, one => one.Company), Array(found, one => one.Title), Array(found, one => one.Says),
                new NpgsqlParameter { Value = found.Select(one => one.Since).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Date }, found.Select(one => one.Weight).ToArray(),
            ]);
        return (came.Count(isNew => isNew), went.Count);

        object?[] Keys() => [Array(found, one => Written.Name(one.Kind)), Array(found, one => one.Deal), Array(found, one => one.Other)];
    }

    private async Task<IEnumerable<Finding>> StalePledges(ReviewPolicy policy, DateOnly today, CancellationToken cancel)
    {
        // Since the last day on which the pledge can have been made, as rules reckon it, too: not since the first that was heard of the deal.
        var found = await snapshot.Query(
            now => $"select d.id, d.status_since from deal d where {now("d")} and d.status = 'pledged' and d.merged_into is null and not d.retracted and d.status_since <= $1",
            row => (Id: row.GetString(0), Since: row.GetFieldValue<DateOnly>(1)), cancel, today.AddDays(-policy.PledgedDays));
        return await Told(ReviewKind.StalePledge, found, today, (_, days) => $"Pledged {days:#,0} days ago, and not closed since.", cancel);
    }

    private async Task<IEnumerable<Finding>> Contested(ReviewPolicy policy, DateOnly today, CancellationToken cancel)
    {
        // Since the last row of it that was not contested ended; or where there is none, since it began.
        var found = await snapshot.Query(
            now => $"""
            select d.id, (e.timestamp at time zone 'utc')::date
            from deal d join ledger.mt_events e on e.seq_id = coalesce(
                (select max(before.to_position) from deal before where before.id = d.id and before.to_position <= d.from_position and cardinality(before.contested) = 0),
                (select min(first.from_position) from deal first where first.id = d.id))
            where {now("d")} and cardinality(d.contested) > 0 and d.merged_into is null and not d.retracted
                and e.timestamp < $1
            """,
            row => (Id: row.GetString(0), Since: row.GetFieldValue<DateOnly>(1)), cancel, today.AddDays(-policy.ContestedDays).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc));
        return await Told(ReviewKind.Contested, found, today, (deal, days) => $"Sources have disagreed on its {string.Join(" and ", deal.Contested.Select(field => Shown.Field(field).ToLowerInvariant()))} for {days:#,0} days.", cancel);
    }

    private async Task<IEnumerable<Finding>> Likely(CancellationToken cancel) =>
        (await duplicates.List(null, DuplicatesMax, null, cancel)).Items.Select(pair => new Finding(
            ReviewKind.Duplicate, pair.Deal.Id, pair.Into.Id, pair.Into.Company.Name, Shown.Capital(Shown.Round(pair.Deal)),
            $"May be {pair.Into.Id}: {pair.Score} of 100 points.", null, pair.Score));

    private async Task<IEnumerable<Finding>> Told(ReviewKind kind, List<(string Id, DateOnly Since)> found, DateOnly today, Func<DealRecord, int, string> say, CancellationToken cancel)
    {
        var records = await deals.Of(found.Select(one => one.Id), cancel);
        return found.Where(one => records.ContainsKey(one.Id)).Select(one => (Deal: records[one.Id], one.Since, Days: today.DayNumber - one.Since.DayNumber))
            .Select(one => new Finding(kind, one.Deal.Id, "", one.Deal.Company.Name, Shown.Capital(Shown.Round(one.Deal)), say(one.Deal, one.Days), one.Since, one.Days));
    }

    private static NpgsqlParameter Array(IEnumerable<Finding> found, Func<Finding, string> text) => new() { Value = found.Select(text).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };

    /// <param name="Other">Empty where there is none.</param>
    /// <param name="Weight">What is listed first.</param>
    internal sealed record Finding(ReviewKind Kind, string Deal, string Other, string Company, string Title, string Says, DateOnly? Since, int Weight);
}
