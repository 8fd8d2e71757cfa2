using Npgsql;

namespace Ledger.EventStore.Views;

/// <summary>Keeps others from replaying the same views. It ends with the process that holds it.</summary>
internal sealed class ReplayLock(NpgsqlConnection connection, List<string> locked) : IAsyncDisposable
{
    private const string Prefix = "ledger.replay ";

    /// <summary>Takes it for all of these views, or for none; the end of a replay would undo what others do to them meanwhile.</summary>
    /// <param name="database">Theirs.</param>
    /// <param name="views">Which.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="or">Follows where a view is being replayed: what to do about that.</param>
    public static async Task<ReplayLock> Take(NpgsqlDataSource database, IReadOnlyList<View> views, CancellationToken cancel, string or = " already")
    {
        var taken = new ReplayLock(await database.OpenConnectionAsync(cancel), []);
        try
        {
            foreach (View view in views)
            {
                if (!await taken.Try(view.Name, cancel))
                    throw new ReplayRefusedException($"View '{view.Name}' is being replayed{or}.");
            }
            return taken;
        }
        catch
        {
            await taken.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// The views of which a version stands half built while nobody replays them. Asked outside of a snapshot, of which locks are no part:
    /// a version that was done meanwhile is not taken for one that was left.
    /// </summary>
    public static async Task<HashSet<string>> Abandoned(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand($"""
            select v.view from ledger.view_versions v
            where v.state = '{ViewVersion.Building}' and not exists (
                select from pg_locks l
                where l.locktype = 'advisory' and l.objsubid = 1 and l.granted and l.database = (select oid from pg_database where datname = current_database())
                    and (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('{Prefix}' || v.view, 0))
            """, connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        var views = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancel))
            views.Add(reader.GetString(0));
        return views;
    }

    private async Task<bool> Try(string view, CancellationToken cancel)
    {
        await using NpgsqlCommand command = Command("select pg_try_advisory_lock(hashtextextended($1, 0))", view);
        if (!(bool)(await command.ExecuteScalarAsync(cancel))!)
            return false;
        locked.Add(view);
        return true;
    }

    private NpgsqlCommand Command(string sql, string view)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Prefix + view });
        return command;
    }

    public async ValueTask DisposeAsync()
    {
        // A connection that goes back to its pool keeps what it has locked.
        try
        {
            foreach (string view in locked)
            {
                await using NpgsqlCommand unlock = Command("select pg_advisory_unlock(hashtextextended($1, 0))", view);
                await unlock.ExecuteNonQueryAsync();
            }
        }
        catch (Exception problem) when (Failures.MayPass(problem) || problem is InvalidOperationException)
        {
            // The connection is broken, and its locks are gone with it.
        }
        await connection.DisposeAsync();
    }
}
