using System.Diagnostics;
using Ledger.App.Log;
using Ledger.Domain.Deals;
using Ledger.EventStore;
using Ledger.EventStore.Views;
using Npgsql;
using NpgsqlTypes;
using EventLog = Ledger.EventStore.EventLog;

namespace Ledger.Benchmarks.Views;

/// <summary>
/// The floor of a replay: one scan of the log, a fold into dictionaries, COPY of the same rows into the same tables with the
/// same indexes. It holds everything in memory, stands on nobody's toes, and cannot be stopped and taken up again.
/// </summary>
internal static class PlainFold
{
    public static async Task<ReplayRun> Run(EventLog log, NpgsqlDataSource database, IReadOnlyList<View> views)
    {
        long started = Stopwatch.GetTimestamp();
        List<(View View, List<PlainTable> Tables)> built = [.. views.Select(v => (v, v.RowTables.Select(PlainTable.Of).ToList()))];
        var deals = new Dictionary<string, Deal>(StringComparer.Ordinal);
        long events = 0;
        await foreach (RecordedEvent e in log.Read(new LogQuery { Types = [.. StoredEvents.OfDeals] }))
        {
            Deal deal = (deals.GetValueOrDefault(e.Stream) ?? Deal.Unknown(StoredEvents.DealOf(e))).Evolve((DealEvent)e.Data, StoredEvents.CauseOf(e));
            deals[e.Stream] = deal;
            foreach ((_, List<PlainTable> tables) in built)
            {
                foreach (PlainTable table in tables)
                    table.Take(e.Stream, deal, e.Position);
            }
            events++;
        }
        await using NpgsqlConnection connection = await database.OpenConnectionAsync();
        await using NpgsqlTransaction transaction = await connection.BeginTransactionAsync();
        await ViewTables.Execute(connection, "set local maintenance_work_mem = '128MB'; set local synchronous_commit = off", default);
        foreach ((View view, List<PlainTable> tables) in built)
        {
            string schema = $"view_plain_{view.Name}_1";
            await ViewTables.Execute(connection, ViewTables.Create(view, schema), default);
            var sums = new SumChanges();
            foreach (PlainTable table in tables)
                await table.Copy(connection, schema, sums);
            await sums.Fill(connection, schema, default);
            await ViewTables.Execute(connection, ViewTables.Index(view, schema), default);
        }
        await transaction.CommitAsync();
        return ReplayRun.Since(started, events);
    }
}

/// <summary>The rows of a table, with the positions in which they held.</summary>
internal abstract class PlainTable
{
    public static PlainTable Of(RowTable table) =>
        (PlainTable)Activator.CreateInstance(typeof(PlainTable<>).MakeGenericType(table.GetType().GetGenericArguments()), table)!;

    public abstract void Take(string stream, Deal deal, long position);

    public abstract Task Copy(NpgsqlConnection connection, string schema, SumChanges sums);
}

/// <inheritdoc/>
internal sealed class PlainTable<TRow>(RowTable<TRow> table) : PlainTable where TRow : class
{
    private readonly Dictionary<string, List<(TRow Row, long From)>> _holding = new(StringComparer.Ordinal);
    private readonly List<(TRow Row, long From, long To)> _ended = [];

    public override void Take(string stream, Deal deal, long position)
    {
        List<(TRow Row, long From)>? before = _holding.GetValueOrDefault(stream);
        List<(TRow Row, long From)> now = [];
        foreach (TRow row in table.RowsOf(RecordStreams.Deals, deal))
        {
            int same = before?.FindIndex(held => table.Shape.Same(held.Row, row)) ?? -1;
            now.Add(same < 0 ? (row, position) : before![same]);
        }
        foreach ((TRow row, long from) in before ?? [])
        {
            if (now.FindIndex(held => ReferenceEquals(held.Row, row)) < 0)
                _ended.Add((row, from, position));
        }
        _holding[stream] = now;
    }

    public override async Task Copy(NpgsqlConnection connection, string schema, SumChanges sums)
    {
        await using NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync(
            $"copy {schema}.{table.Shape.Name} ({string.Join(", ", table.Shape.Columns.Select(c => c.Name))}, from_position, to_position) from stdin (format binary)");
        foreach ((TRow row, long from, long to) in _ended)
        {
            Start(copy, row, from);
            copy.Write(to, NpgsqlDbType.Bigint);
        }
        foreach ((TRow row, long from) in _holding.Values.SelectMany(rows => rows))
        {
            Start(copy, row, from);
            copy.WriteNull();
            table.SumUp(row, +1, sums);
        }
        await copy.CompleteAsync();
    }

    private void Start(NpgsqlBinaryImporter copy, TRow row, long from)
    {
        copy.StartRow();
        table.Shape.Write(copy, row);
        copy.Write(from, NpgsqlDbType.Bigint);
    }
}
