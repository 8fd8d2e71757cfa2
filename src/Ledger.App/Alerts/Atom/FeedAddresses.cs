using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Log;
using Ledger.App.Views;
using Npgsql;

namespace Ledger.App.Alerts.Atom;

/// <summary>Secret addresses of subscriptions' feeds: whoever has one reads the feed, without a key. A new one, or none, ends the one before.</summary>
internal sealed class FeedAddresses(NpgsqlDataSource database, SubscriptionQueries subscriptions)
{
    private const string Path = "/feeds/";
    public const string Pattern = Path + "{secret}";

    private const int SecretBytes = 24;

    /// <summary>Whether a path holds a secret, however it is asked for: such a one stands in no log.</summary>
    public static bool IsSecret(string? path) => path is not null && path.StartsWith(Path, StringComparison.OrdinalIgnoreCase);

    /// <summary>Makes an address, which nothing can tell a second time.</summary>
    /// <returns>The address on this server.</returns>
    /// <exception cref="NotFoundException">There is no such subscription, or it was deleted.</exception>
    public Task<string> Make(string subscription, Writer by, CancellationToken cancel) => database.Once(by, async connection =>
    {
        if ((await subscriptions.Get(subscription, cancel)).Subscription.State == SubscriptionState.Deleted)
            throw new NotFoundException($"Subscription '{subscription}' was deleted.");
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        await connection.Execute(
            "insert into alerts.feed (subscription, hash, made_by) values ($1, $2, $3) on conflict (subscription) do update set hash = excluded.hash, made_by = excluded.made_by, made_at = clock_timestamp()", cancel,
            subscription, Hash(secret), by.Author);
        return Path + secret;
    }, cancel);

    /// <summary>Has the address be good for nothing.</summary>
    public async Task Revoke(string subscription, CancellationToken cancel)
    {
        await subscriptions.Get(subscription, cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.Execute("delete from alerts.feed where subscription = $1", cancel, subscription);
    }

    /// <summary>The subscription that an address is of.</summary>
    /// <exception cref="NotFoundException">It is of none.</exception>
    public async Task<string> Find(string secret, CancellationToken cancel) =>
        (await database.Query("select subscription from alerts.feed where hash = $1", row => row.GetString(0), cancel, Hash(secret))).SingleOrDefault() ?? throw new NotFoundException("There is no such feed any more.");

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
