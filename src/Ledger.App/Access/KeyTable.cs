using Ledger.App.Views;
using Npgsql;

namespace Ledger.App.Access;

/// <summary>Keys in the database. Adding and revoking takes its owner's connection.</summary>
internal static class KeyTable
{
    private const string Columns = "id, name, role, scope, made_by, made_at, expires_at, revoked_by, revoked_at, last_used_on";

    /// <summary>Makes a key and answers it as its user gives it, which nothing can do a second time.</summary>
    public static async Task<(AccessKey Key, string Given)> Add(
        NpgsqlConnection owner, string name, Role role, IReadOnlyList<Area>? scope, DateTime? expiresAt, string author, CancellationToken cancel)
    {
        var given = AccessKey.Make(out var id, out var hash);
        var rows = await owner.Query(
            $"insert into ledger.keys (id, name, role, scope, hash, made_by, expires_at) values ($1, $2, $3, $4, $5, $6, $7) returning {Columns}", Read, cancel,
            id, name, Written.Name(role), new NpgsqlParameter { Value = (object?)scope?.Select(Written.Name).ToArray() ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Array | NpgsqlTypes.NpgsqlDbType.Text },
            hash, author, new NpgsqlParameter { Value = (object?)expiresAt ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        return (rows.Single(), given);
    }

    /// <summary>All keys, those made last first.</summary>
    public static Task<List<AccessKey>> List(NpgsqlDataSource database, CancellationToken cancel) =>
        database.Query($"select {Columns} from ledger.keys order by made_at desc, id", Read, cancel);

    /// <summary>Has a key be good for nothing from now on; one that was revoked stays as it is. Null where there is no such key.</summary>
    public static async Task<AccessKey?> Revoke(NpgsqlConnection owner, string id, string author, CancellationToken cancel) =>
        (await owner.Query(
            $"update ledger.keys set revoked_at = coalesce(revoked_at, now()), revoked_by = coalesce(revoked_by, $2) where id = $1 returning {Columns}", Read, cancel, id, author)).SingleOrDefault();

    /// <summary>A key and the hash of its secret, for the server.</summary>
    public static async Task<(AccessKey Key, byte[] Hash)?> Find(NpgsqlDataSource database, string id, CancellationToken cancel)
    {
        var found = await database.Query($"select {Columns}, hash from ledger.keys where id = $1", row => (Read(row), row.GetFieldValue<byte[]>(10)), cancel, id);
        return found.Count == 0 ? null : found[0];
    }

    /// <summary>Whether anybody has a key that works.</summary>
    public static async Task<bool> IsAnyLive(NpgsqlDataSource database, CancellationToken cancel) =>
        (await database.Query("select exists (select from ledger.keys where revoked_at is null and (expires_at is null or expires_at > now()))", row => row.GetBoolean(0), cancel)).Single();

    public static async Task Used(NpgsqlDataSource database, string id, DateOnly day, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.Execute("update ledger.keys set last_used_on = $2 where id = $1 and last_used_on is distinct from $2", cancel, id, day);
    }

    private static AccessKey Read(NpgsqlDataReader row) => new(
        row.GetString(0), row.GetString(1), Enum.Parse<Role>(row.GetString(2), ignoreCase: true),
        row.IsDBNull(3) ? null : [.. row.GetFieldValue<string[]>(3).Select(area => Enum.Parse<Area>(area, ignoreCase: true))],
        row.GetString(4), row.GetDateTime(5), row.IsDBNull(6) ? null : row.GetDateTime(6), row.TextOrNull(7),
        row.IsDBNull(8) ? null : row.GetDateTime(8), row.IsDBNull(9) ? null : row.GetFieldValue<DateOnly>(9));
}
