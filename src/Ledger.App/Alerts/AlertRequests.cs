using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.App.Deals;
using Ledger.App.Log;
using Ledger.App.Views;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Alerts;

/// <summary>
/// What is decided about alerts under an <c>Idempotency-Key</c> is remembered in the transaction that decides it: the same request again gets
/// the first answer, with the secrets that it made. These are locked with the key itself, which is not kept.
/// </summary>
internal static class AlertRequests
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>Does what is asked for, in a transaction of its own, unless the same was done under this key already.</summary>
    /// <param name="database">The ledger's.</param>
    /// <param name="by">Who asks, with the key where there is one.</param>
    /// <param name="write">What is to be done.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="RefusedException">The key was used for something else.</exception>
    public static async Task<T> Once<T>(this NpgsqlDataSource database, Writer by, Func<NpgsqlConnection, Task<T>> write, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (by.Key is { } key)
        {
            // The same request may be on its way twice: the second one waits for the first.
            await connection.Execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", cancel, $"alerts {by.Author}\n{key}");
            if (await First(connection, by, cancel) is { } first)
                return JsonSerializer.Deserialize<T>(Unlock(key, first), ApiJson.Compact)!;
        }
        var answer = await write(connection);
        if (by.Key is not null)
        {
            await connection.Execute("insert into alerts.request (author, key, request, answer) values ($1, $2, $3, $4)", cancel,
                by.Author, Hash(by.Key), by.Request!, Lock(by.Key, JsonSerializer.SerializeToUtf8Bytes(answer, ApiJson.Compact)));
        }
        await transaction.CommitAsync(cancel);
        return answer;
    }

    /// <summary>Forgets keys when the log does.</summary>
    /// <returns>How many.</returns>
    public static async Task<int> Forget(NpgsqlConnection connection, CancellationToken cancel) =>
        (await connection.Query("delete from alerts.request where at < clock_timestamp() - $1 returning 1", _ => true, cancel, new EventLogOptions().KeyRetention)).Count;

    private static async Task<byte[]?> First(NpgsqlConnection connection, Writer by, CancellationToken cancel)
    {
        var known = await connection.Query("select request, answer from alerts.request where author = $1 and key = $2", row => (Request: row.GetString(0), Answer: row.GetFieldValue<byte[]>(1)), cancel, by.Author, Hash(by.Key!));
        return known is not [var first] ? null : first.Request == by.Request ? first.Answer
            : throw new RefusedException("Idempotency-Key", new Refusal("key-reused", $"The key '{by.Key}' stands for another request already."));
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes($"known by\n{key}"));

    private static byte[] LockOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes($"locked with\n{key}"));

    private static byte[] Lock(string key, byte[] answer)
    {
        using var aes = new AesGcm(LockOf(key), TagBytes);
        var locked = new byte[NonceBytes + TagBytes + answer.Length];
        RandomNumberGenerator.Fill(locked.AsSpan(0, NonceBytes));
        aes.Encrypt(locked.AsSpan(0, NonceBytes), answer, locked.AsSpan(NonceBytes + TagBytes), locked.AsSpan(NonceBytes, TagBytes));
        return locked;
    }

    private static byte[] Unlock(string key, byte[] locked)
    {
        using var aes = new AesGcm(LockOf(key), TagBytes);
        var answer = new byte[locked.Length - NonceBytes - TagBytes];
        aes.Decrypt(locked.AsSpan(0, NonceBytes), locked.AsSpan(NonceBytes + TagBytes), locked.AsSpan(NonceBytes, TagBytes), answer);
        return answer;
    }
}
