using Npgsql;

namespace Ledger.App.Views;

/// <summary>What is in the ledger, in numbers.</summary>
/// <param name="Investors">Parties named as investors in a deal or as backers of a company.</param>
public sealed record Holdings(long Articles, long Deals, long Companies, long Investors, long Events)
{
    public static async Task<Holdings> Count(NpgsqlDataSource database, CancellationToken cancel)
    {
        var counted = await database.Query(
            """
            select (select count(*) from views.article),
                (select count(*) from views.deal where to_position is null),
                (select count(*) from views.company),
                (select count(*) from (select id from views.investor union select investor_id from views.backer) named),
                (select position from ledger.projection_groups where name = $1)
            """,
            row => new Holdings(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)), cancel, RecordProjection.Group);
        return counted.Single();
    }
}
