using System.Globalization;
using Npgsql;

namespace Ledger.EventStore.Views;

/// <summary>Holds a replayed version against the live one, row for row.</summary>
internal static class ViewComparison
{
    private const int SamplesMax = 5;

    /// <summary>
    /// What differs; null where there is no live version with the same tables. Rows are compared as they were at the last
    /// position that both hold, sums only where that is the same.
    /// </summary>
    public static async Task<IReadOnlyList<ViewDifference>?> Run(NpgsqlConnection connection, View view, List<ViewVersion> all, CancellationToken cancel)
    {
        ViewVersion replayed = all.Single(v => v.View == view.Name && v.State == ViewVersion.Building);
        if (all.SingleOrDefault(v => v.View == view.Name && v.State == ViewVersion.Live) is not { } live || live.Layout != replayed.Layout)
            return null;
        await ViewTables.Execute(connection, "set local work_mem = '64MB'", cancel);
        long at = Math.Min(live.Position, replayed.Position);
        var found = new List<ViewDifference>();
        foreach (RowTable table in view.RowTables)
            await Compare(connection, table.Shape, schema => RowsAt(table.Shape, schema, at), live, replayed, found, cancel);
        if (live.Position == replayed.Position)
        {
            foreach (SumTable table in view.SumTables)
                await Compare(connection, table.Shape, schema => $"select {Columns(table.Shape)} from {schema}.{table.Shape.Name}", live, replayed, found, cancel);
        }
        return found;
    }

    private static string RowsAt(TableShape shape, string schema, long at) => string.Create(CultureInfo.InvariantCulture, $"""
        select {Columns(shape)}, from_position, case when to_position <= {at} then to_position end as to_position
        from {schema}.{shape.Name} where from_position <= {at}
        """);

    private static string Columns(TableShape shape) => string.Join(", ", shape.Columns.Select(c => c.Name));

    private static async Task Compare(
        NpgsqlConnection connection, TableShape shape, Func<string, string> rows, ViewVersion live, ViewVersion replayed,
        List<ViewDifference> found, CancellationToken cancel)
    {
        await Only(rows(live.Schema), rows(replayed.Schema), inReplay: false);
        await Only(rows(replayed.Schema), rows(live.Schema), inReplay: true);

        async Task Only(string here, string there, bool inReplay)
        {
            await using var command = new NpgsqlCommand(
                $"select count(*) over (), to_jsonb(d)::text from ({here} except all {there}) d limit {SamplesMax}", connection)
            { CommandTimeout = 0 };
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
            long count = 0;
            var samples = new List<string>();
            while (await reader.ReadAsync(cancel))
            {
                count = reader.GetInt64(0);
                samples.Add(reader.GetString(1));
            }
            if (count > 0)
                found.Add(new ViewDifference(shape.Name, inReplay, count, samples));
        }
    }
}
