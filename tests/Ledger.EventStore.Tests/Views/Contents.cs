using System.Text.Json;
using Ledger.EventStore.Tests.Support;
using Npgsql;

namespace Ledger.EventStore.Tests.Views;

/// <summary>What stands in the tables of views, as text to be compared.</summary>
internal static class Contents
{
    /// <summary>Every row of every table of a view's live version, positions and sums included, without the version's number.</summary>
    public static async Task<string> Of(LogFixture fixture, string view, CancellationToken cancel)
    {
        await using NpgsqlConnection connection = await fixture.Owner.OpenConnectionAsync(cancel);
        string schema = (string)(await Value(connection, $"select schema_name from ledger.view_versions where view = '{view}' and state = 'live'", cancel))!;
        object? tables = await Value(connection, $"select array_agg(table_name::text order by table_name) from information_schema.tables where table_schema = '{schema}'", cancel);
        var text = new List<string>();
        foreach (string table in (string[])tables!)
            text.Add($"{table}:\n{await Value(connection, $"select string_agg(t::text, E'\\n' order by t::text) from {schema}.{table} t", cancel)}");
        return string.Join('\n', text);
    }

    /// <summary>The rows that hold in a snapshot of <see cref="ThingViews.Things"/>, and the sums over them.</summary>
    public static async Task<string> Things(ViewSnapshot snapshot, CancellationToken cancel)
    {
        View view = ThingViews.Things();
        List<ItemRow> items = await snapshot.Rows<ItemRow>("order by kind, name, slot", [], cancel);
        List<TagRow> tags = await snapshot.Rows<TagRow>("order by tag, owner", [], cancel);
        IEnumerable<ItemTotal> totals = snapshot.IsPast ? ViewSnapshot.SumUp<ItemRow, ItemTotal>(view, items) : await snapshot.Sums<ItemTotal>("true", [], cancel);
        IEnumerable<Balance> balances = snapshot.IsPast ? ViewSnapshot.SumUp<ItemRow, Balance>(view, items) : await snapshot.Sums<Balance>("true", [], cancel);
        IEnumerable<TagBalance> tagBalances = snapshot.IsPast ? ViewSnapshot.SumUp<TagRow, TagBalance>(view, tags) : await snapshot.Sums<TagBalance>("true", [], cancel);
        return string.Join('\n', [
            .. items.Select(r => JsonSerializer.Serialize(r with { Since = r.Since.ToUniversalTime(), Seen = r.Seen?.ToUniversalTime() })),
            .. tags.Select(t => $"{t}"),
            .. totals.Select(t => $"{t}").Order(StringComparer.Ordinal),
            .. balances.Select(b => $"{b}").Order(StringComparer.Ordinal),
            .. tagBalances.Select(b => $"{b}").Order(StringComparer.Ordinal)]);
    }

    private static async Task<object?> Value(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(cancel);
    }
}
