using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Threading.RateLimiting;
using Npgsql;

namespace Ledger.App.Access;

/// <summary>
/// Recognises keys for the server. What the database says of a key is believed for two seconds, so that a key that is revoked or
/// expires, and every session begun with it, ends as soon.
/// </summary>
internal sealed class KeyCheck(NpgsqlDataSource database) : IDisposable
{
    /// <summary>How many wrong keys one address may give at once, and how long it takes until it may give one more.</summary>
    public const int WrongMax = 20;

    private static readonly TimeSpan OneMoreAfter = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Believed = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, (AccessKey Key, byte[] Hash, long At)> _known = new(StringComparer.Ordinal);
    private readonly PartitionedRateLimiter<IPAddress> _wrong = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
        RateLimitPartition.GetTokenBucketLimiter(address, _ => new TokenBucketRateLimiterOptions { TokenLimit = WrongMax, TokensPerPeriod = 1, ReplenishmentPeriod = OneMoreAfter }));

    /// <summary>The key that somebody gives, if it is one that works.</summary>
    /// <exception cref="AccessRefusedException">It does not; or too many that do not came from there.</exception>
    public async Task<AccessKey> Recognise(string given, IPAddress? from, CancellationToken cancel)
    {
        from ??= IPAddress.None;
        // Asked first: else whoever guesses would be told in spite of the limit.
        if (_wrong.GetStatistics(from) is { CurrentAvailablePermits: 0 })
            throw AccessRefusedException.TooManyWrongKeys(OneMoreAfter);
        if (AccessKey.TryRead(given, out var id, out var hash) && await Look(id, cancel) is var (key, kept, _) && CryptographicOperations.FixedTimeEquals(hash, kept) && key.IsLive(DateTime.UtcNow))
            return key;
        _wrong.AttemptAcquire(from).Dispose();
        throw AccessRefusedException.WrongKey();
    }

    /// <summary>The key that a session was begun with; null where it works no more.</summary>
    public async Task<AccessKey?> Live(string id, CancellationToken cancel) =>
        await Look(id, cancel) is var (key, _, _) && key.IsLive(DateTime.UtcNow) ? key : null;

    public void Dispose() => _wrong.Dispose();

    private async Task<(AccessKey Key, byte[] Hash, long At)?> Look(string id, CancellationToken cancel)
    {
        if (_known.TryGetValue(id, out var known) && Stopwatch.GetElapsedTime(known.At) < Believed)
            return known;
        var at = Stopwatch.GetTimestamp();
        if (await KeyTable.Find(database, id, cancel) is not var (key, hash))
            return null;
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        if (key.IsLive(DateTime.UtcNow) && key.LastUsedOn != today)
            await KeyTable.Used(database, id, today, cancel);
        return _known[id] = (key, hash, at);
    }
}
