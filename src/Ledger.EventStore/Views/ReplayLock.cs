using Npgsql;

namespace Ledger.EventStore.Views;

/// <summary>Keeps others from replaying the same views. It ends with the process that holds it.</summary>
internal sealed class ReplayLock(NpgsqlConnection connection, List<string> locked) : IAsyncDisposable
{
    public static async Task<ReplayLock> Take(NpgsqlDataSource database, IReadOnlyList<View> views, CancellationToken cancel)
    {
        var taken = new ReplayLock(await database.OpenConnectionAsync(cancel), []);
        try
        {
            foreach (View view in views)
            {
                if (!await taken.Try(view.Name, cancel))
                    throw new ReplayRefusedException($"View '{view.Name}' is being replayed already.");
            }
            return taken;
        }
        catch
        {
            await taken.DisposeAsync();
            throw;
        }
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
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = "ledger.replay " + view });
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
