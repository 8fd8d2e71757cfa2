namespace Ledger.App.Views;

/// <summary>What is in the ledger, in numbers.</summary>
/// <param name="Investors">Parties named as investors in a deal or as backers of a company.</param>
public sealed record Holdings(long Articles, long Deals, long Companies, long Investors, long Events)
{
    public static async Task<Holdings> Count(Snapshot snapshot, CancellationToken cancel)
    {
        var events = await snapshot.Position(cancel);
        var merges = await snapshot.Merges(cancel);
        // At present the sums say it; of the past there are none, and rows are counted.
        var isPartial = await snapshot.IsPartial(cancel);
        var counted = await snapshot.Query(
            now => $"""
            select (select count(*) from article where {now("article")}), {(isPartial
                ? $"""
                (select count(*) from company_deal where {now("company_deal")}),
                (select count(distinct {merges.Sql("company_id")}) from company_deal where {now("company_deal")}),
                """
                : $"""
                (select coalesce(sum(deals), 0)::bigint from company),
                (select count(distinct {merges.Sql("id")}) from company),
                """)}
                (select count(*) from (
                    select {(isPartial ? $"{merges.Sql("investor_id")} from investor_deal where {now("investor_deal")}" : $"{merges.Sql("id")} from investor")}
                    union select {merges.Sql("investor_id")} from backer where {now("backer")}) named)
            """,
            row => new Holdings(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), events), cancel);
        return counted.Single();
    }
}
