using Npgsql;

namespace Ledger.EventStore.Views;

/// <summary>Finds which event made rows that the database did not take while a replay loaded them: many are sent at once, and it does not say.</summary>
internal sealed class Unwritable(NpgsqlConnection connection, IReadOnlyList<(View View, string Schema)> versions)
{
    /// <summary>What stops the replay: the first event, of the first stream and view, whose rows are refused.</summary>
    /// <param name="chunk">Whole streams.</param>
    /// <param name="problem">What was said of all of them.</param>
    /// <param name="cancel">Stops.</param>
    public async Task<Exception> Find(List<RecordedEvent> chunk, Exception problem, CancellationToken cancel)
    {
        List<List<RecordedEvent>> streams = [.. chunk.GroupBy(e => e.Stream).Select(s => s.ToList())];
        foreach ((View view, string schema) in versions)
        {
            if (await Refused(view, schema, chunk, cancel) is null)
                continue;
            int wrong = await First(streams.Count, n => Refused(view, schema, [.. streams.Take(n).SelectMany(s => s)], cancel));
            List<RecordedEvent> stream = streams[wrong];
            int last = await First(stream.Count, n => Refused(view, schema, stream[..n], cancel));
            Exception cause = await Refused(view, schema, stream[..(last + 1)], cancel) ?? problem;
            return new ViewStoppedException(view.Name, stream[last].Position, cause.Message, cause);
        }
        return problem;
    }

    /// <summary>Rows that hold at the same time have one key each; streams are loaded one by one, so that it shows only now.</summary>
    /// <exception cref="ViewStoppedException">They have not.</exception>
    public static async Task RefuseSameKeys(NpgsqlConnection connection, View view, string schema, CancellationToken cancel)
    {
        foreach (TableShape table in view.RowTables.Select(t => t.Shape))
        {
            string keys = string.Join(", ", table.Keys.Select(k => k.Name));
            await using var command = new NpgsqlCommand(
                $"select max(from_position), concat_ws(', ', {keys}) from {schema}.{table.Name} where to_position is null group by {keys} having count(*) > 1 order by 1 limit 1", connection)
            { CommandTimeout = 0 };
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
            if (await reader.ReadAsync(cancel))
                throw new ViewStoppedException(view.Name, reader.GetInt64(0), $"Table {table.Name}: another stream gives a row with the same key, ({reader.GetString(1)}).");
        }
    }

    /// <summary>The index of the one that makes the difference: with those before it nothing is refused.</summary>
    private static async Task<int> First(int count, Func<int, Task<Exception?>> refusedWith)
    {
        int good = 0, bad = count;
        while (bad - good > 1)
        {
            int middle = (good + bad) / 2;
            if (await refusedWith(middle) is null)
                good = middle;
            else
                bad = middle;
        }
        return bad - 1;
    }

    /// <summary>Why the rows of some events are refused; null where they are not. Nothing is kept.</summary>
    private async Task<Exception?> Refused(View view, string schema, List<RecordedEvent> events, CancellationToken cancel)
    {
        var changes = new ViewChanges(view);
        Replay.FoldStreams(events, Replay.Users([changes]));
        await using NpgsqlTransaction trial = await connection.BeginTransactionAsync(cancel);
        try
        {
            await changes.CopyRows(connection, schema, cancel);
            return null;
        }
        catch (Exception problem) when (!cancel.IsCancellationRequested && !Failures.MayPass(problem))
        {
            return problem;
        }
    }
}
