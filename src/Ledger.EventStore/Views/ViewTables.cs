using System.Globalization;
using Npgsql;

namespace Ledger.EventStore.Views;

/// <summary>Makes and removes the tables of a version, and the stable names that readers outside see.</summary>
internal static class ViewTables
{
    /// <summary>The schema of the stable names.</summary>
    private const string Stable = "views";

    /// <summary>
    /// Makes the tables of a new version, without indexes where rows are first to be loaded. Every row is changed once, when it ends:
    /// pages have room for that, so that no index has to be touched. Where a row holds stands first, since every reader asks for it:
    /// to get to what follows a column of text takes as long as to read it.
    /// </summary>
    public static string Create(View view, string schema) => $"""
        call ledger.make_view_schema('{schema}');
        {string.Join('\n', view.RowTables.Select(t => $"create table {schema}.{t.Shape.Name} (from_position bigint not null, to_position bigint, {Columns(t.Shape)}) with (fillfactor = 80);"))}
        {string.Join('\n', view.SumTables.Select(t => $"create table {schema}.{t.Shape.Name} ({Columns(t.Shape)});"))}
        """;

    /// <summary>Makes the indexes, and with them the keys.</summary>
    public static string Index(View view, string schema) => string.Join('\n', [
        .. view.RowTables.Select(t => $"alter table {schema}.{t.Shape.Name} add primary key ({Keys(t.Shape)}, from_position);"),
        .. view.RowTables.SelectMany(t => t.Indexes, (t, index) => $"create index on {schema}.{t.Shape.Name} ({index});"),
        .. view.SumTables.Select(t => $"alter table {schema}.{t.Shape.Name} add primary key ({Keys(t.Shape)});"),
        .. view.Tables.Select(t => $"analyze {schema}.{t.Name};"),
    ]);

    public static string Drop(string schema) => $"call ledger.drop_view_schema('{schema}')";

    /// <summary>
    /// Lets the stable names show a version: <c>views.deal</c> the rows that hold now, <c>views.deal_history</c> all that
    /// ever did. A sum has one name only.
    /// </summary>
    /// <param name="view">The view.</param>
    /// <param name="schema">The version's schema.</param>
    /// <param name="replace">Whether names keep their columns, and with them what others have made of them.</param>
    public static string Publish(View view, string schema, bool replace)
    {
        var sql = new List<string>();
        foreach (RowTable table in view.RowTables)
        {
            string columns = string.Join(", ", table.Shape.Columns.Select(c => c.Name));
            sql.Add(Show(table.Shape, table.Shape.Name, $"select {columns}, from_position from {schema}.{table.Shape.Name} where to_position is null", replace));
            sql.Add(Show(table.Shape, table.Shape.Name + "_history", $"select {columns}, from_position, to_position from {schema}.{table.Shape.Name}", replace));
        }
        foreach (SumTable table in view.SumTables)
            sql.Add(Show(table.Shape, table.Shape.Name, $"select * from {schema}.{table.Shape.Name}", replace));
        return string.Join('\n', sql);
    }

    private static string Show(TableShape shape, string name, string select, bool replace)
    {
        bool isHistory = name != shape.Name;
        List<string> sql =
        [
            replace ? $"create or replace view {Stable}.{name} as {select};" : $"drop view if exists {Stable}.{name}; create view {Stable}.{name} as {select};",
            $"comment on view {Stable}.{name} is {Literal((isHistory ? "Every row there ever was, with the positions in the log in which it held. " : "") + shape.Comment)};",
            .. shape.Columns.Where(c => c.Comment is not null).Select(c => $"comment on column {Stable}.{name}.{c.Name} is {Literal(c.Comment!)};"),
        ];
        sql.Add($"grant select on {Stable}.{name} to ledger_reader;");
        if (select.Contains("from_position", StringComparison.Ordinal))
            sql.Add($"comment on column {Stable}.{name}.from_position is 'Position in the log of the event that made the row what it is.';");
        if (isHistory)
            sql.Add($"comment on column {Stable}.{name}.to_position is 'Position of the event that ended it; null while it holds.';");
        return string.Join('\n', sql);
    }

    public static string SchemaName(View view, int version) => string.Create(CultureInfo.InvariantCulture, $"view_{view.Name}_{version}");

    private static string Columns(TableShape shape) => string.Join(", ", shape.Columns.Select(c => c.Ddl));

    private static string Keys(TableShape shape) => string.Join(", ", shape.Keys.Select(k => k.Name));

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>
    /// Has the database end the present transaction if nothing comes from this process for some time between two statements, since
    /// others wait for what it has locked.
    /// </summary>
    public static Task EndIfStopped(NpgsqlConnection connection, TimeSpan after, CancellationToken cancel) => Execute(
        connection, string.Create(CultureInfo.InvariantCulture, $"set local idle_in_transaction_session_timeout = {(long)after.TotalMilliseconds}"), cancel);

    public static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancel, params NpgsqlParameter[] parameters)
    {
        if (sql.Length == 0)
            return;
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        command.Parameters.AddRange(parameters);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
