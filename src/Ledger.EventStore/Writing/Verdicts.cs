using Npgsql;
using NpgsqlTypes;

namespace Ledger.EventStore.Writing;

/// <summary>
/// Finds which appends of a batch stand in its way, and answers them: with the first answer, a version conflict, or
/// a key used for other content. Versions only grow and keys are only added, so an answer given here stays true.
/// </summary>
internal static class Verdicts
{
    private const string Sql =
        "select request, stream, version, own_first, key_content, key_first, key_last from ledger.append_check($1,$2,$3,$4,$5,$6)";

    /// <summary>Answers those that cannot be recorded and returns the others, in their order.</summary>
    public static async Task<List<PendingAppend>> Answer(
        NpgsqlConnection connection, IReadOnlyList<PendingAppend> appends, CancellationToken cancel)
    {
        var exceptions = new Exception?[appends.Count];
        var repeats = new (long First, long Last)?[appends.Count];
        var own = new long?[appends.Count];
        await using (NpgsqlCommand command = Ask(connection, appends))
        await using (NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                int request = reader.GetInt32(0);
                PendingAppend pending = appends[request];
                if (!reader.IsDBNull(5))
                {
                    if (reader.GetFieldValue<byte[]>(4).AsSpan().SequenceEqual(pending.Content))
                        repeats[request] = (reader.GetInt64(5), reader.GetInt64(6));
                    else
                        exceptions[request] = new KeyReusedException(pending.Append.Author, pending.Append.Key!);
                    continue;
                }
                StreamAppend stream = pending.Append.Streams.First(s => s.Stream == reader.GetString(1));
                long version = reader.GetInt64(2);
                if (version == stream.ExpectedVersion)
                    continue;
                // Its own events stand where they were to stand: it was recorded before, and the answer was lost.
                if (!reader.IsDBNull(3) && ReferenceEquals(stream, pending.Append.Streams[0]))
                    own[request] = reader.GetInt64(3);
                exceptions[request] ??= new VersionConflictException(stream.Stream, stream.ExpectedVersion, version);
            }
        }

        for (int i = 0; i < appends.Count; i++)
        {
            if (own[i] is { } first && await Stands(connection, appends[i], first, cancel))
                repeats[i] = (first, first + appends[i].Data.Length - 1);
        }

        var others = new List<PendingAppend>(appends.Count);
        for (int i = 0; i < appends.Count; i++)
        {
            if (repeats[i] is { } range)
                appends[i].Succeed(await Recorded(connection, range.First, range.Last, !appends[i].Resent, cancel));
            else if (exceptions[i] is { } problem)
                appends[i].Fail(problem);
            else
                others.Add(appends[i]);
        }
        return others;
    }

    /// <summary>Whether all of an append's events, and no others, stand from a position on.</summary>
    private static async Task<bool> Stands(NpgsqlConnection connection, PendingAppend pending, long first, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select id, stream_id, version from ledger.mt_events where seq_id >= $1 and seq_id < $2 order by seq_id", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = first });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = first + pending.Data.Length });
        var stand = new List<(Guid, string, long)>(pending.Data.Length);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            stand.Add((reader.GetGuid(0), reader.GetString(1), reader.GetInt64(2)));
        return stand.SequenceEqual(pending.Append.Streams.SelectMany(
            stream => stream.Events.Select((e, index) => (e.Id, stream.Stream, stream.ExpectedVersion + index + 1))));
    }

    /// <summary>The answer to an append whose events stand at these positions.</summary>
    public static async Task<Appended> Recorded(
        NpgsqlConnection connection, long first, long last, bool repeated, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "select stream_id, max(version), max(timestamp) from ledger.mt_events where seq_id between $1 and $2 group by stream_id",
            connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = first });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = last });
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        var versions = new Dictionary<string, long>(StringComparer.Ordinal);
        DateTimeOffset at = default;
        while (await reader.ReadAsync(cancel))
        {
            versions.Add(reader.GetString(0), reader.GetInt64(1));
            at = reader.GetFieldValue<DateTimeOffset>(2);
        }
        return new Appended(first, last, at, versions, repeated);
    }

    private static NpgsqlCommand Ask(NpgsqlConnection connection, IReadOnlyList<PendingAppend> appends)
    {
        List<int> requests = [];
        List<string> streams = [];
        List<long> expected = [];
        List<Guid> firstIds = [];
        List<string?> authors = [];
        List<string?> keys = [];
        for (int i = 0; i < appends.Count; i++)
        {
            foreach (StreamAppend stream in appends[i].Append.Streams)
            {
                requests.Add(i);
                streams.Add(stream.Stream);
                expected.Add(stream.ExpectedVersion);
                firstIds.Add(stream.Events[0].Id);
                authors.Add(appends[i].Append.Author);
                keys.Add(appends[i].Append.Key);
            }
        }
        var command = new NpgsqlCommand(Sql, connection);
        Add(requests, NpgsqlDbType.Integer);
        Add(streams, NpgsqlDbType.Text);
        Add(expected, NpgsqlDbType.Bigint);
        Add(firstIds, NpgsqlDbType.Uuid);
        Add(authors, NpgsqlDbType.Text);
        Add(keys, NpgsqlDbType.Text);
        return command;

        void Add<T>(List<T> values, NpgsqlDbType type) => command.Parameters.Add(
            new NpgsqlParameter<List<T>> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type });
    }
}
