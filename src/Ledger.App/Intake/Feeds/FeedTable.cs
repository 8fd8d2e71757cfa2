using System.Security.Cryptography;
using System.Text;
using Ledger.App.Operations.Outgoing;
using Ledger.App.Views;
using Ledger.Domain.Values;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.App.Intake.Feeds;

/// <summary>A feed that is looked at.</summary>
/// <param name="Title">As whoever added it calls it, or else it itself; null until it was read.</param>
/// <param name="Etag">What it said of itself when it was read last.</param>
/// <param name="LastModified">The same.</param>
/// <param name="AnsweredAt">When it could be read last; null where it never could.</param>
/// <param name="Failure">Why it could not be read the last time; null while all is well.</param>
public sealed record FeedRecord(
    string Id, string Address, string? Title, string AddedBy, DateTime AddedAt, string? Etag, string? LastModified, DateTime? AnsweredAt, string? Failure, DateTime? FailingSince);

/// <summary>An article to be read.</summary>
/// <param name="Feed">The feed's id.</param>
/// <param name="From">The feed's title, or else its host.</param>
/// <param name="Address">Where it is; null where the feed does not say.</param>
/// <param name="PublishedAt">Null where the feed does not say.</param>
/// <param name="DoneBy">Who has read it; null where nobody has.</param>
public sealed record InboxItem(long Id, string Feed, string From, string? Address, string Title, string? Summary, DateTime? PublishedAt, DateTime FoundAt, string? DoneBy);

/// <summary>Feeds and the inbox in the database.</summary>
internal sealed class FeedTable(NpgsqlDataSource database, OutgoingHttp http)
{
    private const string Columns = "id, address, title, added_by, added_at, etag, last_modified, answered_at, failure, failing_since";

    public Task<List<FeedRecord>> List(CancellationToken cancel) => database.Query($"select {Columns} from ledger.feeds order by added_at, id", Read, cancel);

    /// <summary>Adds a feed; one that is there stays as it is.</summary>
    /// <exception cref="InvalidValueException">It has no address that may be asked.</exception>
    public async Task<FeedRecord> Add(string? address, string? title, string author, CancellationToken cancel)
    {
        var uri = http.Check("address", address ?? throw new InvalidValueException("address", "is missing")).AbsoluteUri;
        var called = title is null ? null : Text.Line("title", title.Trim());
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.Execute("insert into ledger.feeds (id, address, title, added_by) values ($1, $2, $3, $4) on conflict do nothing", cancel,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(uri)).AsSpan(0, 6)), uri, Nullable(called), author);
        return (await connection.Query($"select {Columns} from ledger.feeds where address = $1", Read, cancel, uri)).Single();
    }

    /// <summary>Looks at a feed no more; what it brought leaves the inbox with it.</summary>
    /// <param name="feed">Its id, or its address.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="NotFoundException">There is no such feed.</exception>
    public async Task<FeedRecord> Remove(string feed, CancellationToken cancel) =>
        (await database.Query($"delete from ledger.feeds where id = $1 or address = $1 returning {Columns}", Read, cancel, feed)).SingleOrDefault()
        ?? throw new NotFoundException($"There is no feed '{Text.Shorten(feed)}'.");

    /// <summary>Articles to be read, those found last first.</summary>
    /// <param name="all">Whether those that were read are listed, too.</param>
    /// <param name="limit">How many at the most.</param>
    /// <param name="next">Where the page before ended.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Page<InboxItem>> Inbox(bool all, int limit, string? next, CancellationToken cancel)
    {
        var found = await database.Query(
            $"""
            select i.id, i.feed, coalesce(f.title, substring(f.address from '://([^/]+)')), i.address, i.title, i.summary, i.published_at, i.found_at, i.done_by
            from ledger.inbox i join ledger.feeds f on f.id = i.feed where i.id < $1 {(all ? "" : "and i.done_at is null")} order by i.id desc limit $2
            """,
            row => new InboxItem(row.GetInt64(0), row.GetString(1), row.GetString(2), row.TextOrNull(3), row.GetString(4), row.TextOrNull(5), row.GetFieldValue<DateTime?>(6), row.GetDateTime(7), row.TextOrNull(8)),
            cancel, Cursor.Parse(next), (long)limit + 1);
        var items = found.Take(limit).ToList();
        return new Page<InboxItem>(items, found.Count == items.Count ? null : Cursor.Of(items[^1].Id));
    }

    /// <summary>Somebody has read an article, or does not want to.</summary>
    /// <exception cref="NotFoundException">There is no such article in the inbox.</exception>
    public async Task Done(long id, string author, CancellationToken cancel)
    {
        if ((await database.Query("update ledger.inbox set done_by = coalesce(done_by, $2), done_at = coalesce(done_at, now()) where id = $1 returning 1", _ => true, cancel, id, author)).Count == 0)
            throw new NotFoundException($"The inbox has no article {id}.");
    }

    /// <summary>A feed has answered: what is new of it goes into the inbox, unless another feed has brought it.</summary>
    /// <returns>How many articles are new.</returns>
    public static async Task<int> Keep(NpgsqlConnection connection, string feed, OutgoingAnswer answer, FeedFile? read, CancellationToken cancel)
    {
        await connection.Execute(
            """
            update ledger.feeds set asked_at = now(), answered_at = now(), failure = null, failing_since = null,
                etag = case when $5 then $2 else etag end, last_modified = case when $5 then $3 else last_modified end, title = coalesce(title, $4) where id = $1
            """,
            cancel, feed, Nullable(answer.Etag), Nullable(answer.LastModified), Nullable(read?.Title), read is not null);
        if (read is null || read.Items.Count == 0)
            return 0;
        // The oldest first, as a feed has them last.
        var items = read.Items.DistinctBy(item => item.Guid).Reverse().ToList();
        await connection.Execute("update ledger.inbox set seen_at = now() where feed = $1 and guid = any($2)", cancel, feed, items.Select(item => item.Guid).ToArray());
        return (await connection.Query(
            """
            insert into ledger.inbox (feed, guid, address, title, summary, published_at)
            select $1, n.guid, n.address, n.title, n.summary, n.published_at
            from unnest($2, $3, $4, $5, $6) with ordinality n (guid, address, title, summary, published_at, number)
            where not exists (select from ledger.inbox known where known.address = n.address) and exists (select from ledger.feeds where id = $1)
            order by number on conflict (feed, guid) do nothing returning 1
            """,
            _ => true, cancel, feed, items.Select(item => item.Guid).ToArray(), Array(items.Select(item => item.Address)), Array(items.Select(item => item.Title)),
            Array(items.Select(item => item.Summary)), new NpgsqlParameter { Value = items.Select(item => item.PublishedAt?.UtcDateTime).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz })).Count;
    }

    /// <summary>A feed could not be read; what it said of itself before still holds.</summary>
    public static Task Fail(NpgsqlConnection connection, string feed, string failure, CancellationToken cancel) => connection.Execute(
        "update ledger.feeds set asked_at = now(), failure = $2, failing_since = coalesce(failing_since, now()) where id = $1", cancel, feed, failure);

    /// <summary>Forgets articles that were read and stand in no feed any more.</summary>
    /// <returns>How many.</returns>
    public static async Task<int> Forget(NpgsqlConnection connection, TimeSpan age, CancellationToken cancel) =>
        (await connection.Query("delete from ledger.inbox where done_at < now() - $1 and seen_at < now() - $1 returning 1", _ => true, cancel, age)).Count;

    private static FeedRecord Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), row.TextOrNull(2), row.GetString(3), row.GetDateTime(4), row.TextOrNull(5), row.TextOrNull(6), row.GetFieldValue<DateTime?>(7), row.TextOrNull(8), row.GetFieldValue<DateTime?>(9));

    private static NpgsqlParameter Nullable(string? text) => new() { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    private static NpgsqlParameter Array(IEnumerable<string?> texts) => new() { Value = texts.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text };
}
