using System.Globalization;
using Ledger.EventStore.Reading;
using Ledger.EventStore.Views;
using Npgsql;

namespace Ledger.EventStore;

/// <summary>
/// Views as they are, or were, at one moment. Its connection sees the tables of the live versions under their bare
/// names. It is used by one caller at a time, and not held for long.
/// </summary>
public sealed class ViewSnapshot : IAsyncDisposable
{
    private readonly NpgsqlTransaction _transaction;

    private ViewSnapshot(NpgsqlConnection connection, NpgsqlTransaction transaction, OpenViews views, long? asOf)
    {
        Versions = views.Versions;
        IsOfOtherTables = views.IsOfOtherTables;
        Connection = connection;
        _transaction = transaction;
        Position = Math.Min(asOf ?? views.Position, views.Position);
        Behind = [.. views.Held.Where(v => v.Position < Position)];
        HeldByAll = Behind.Select(v => v.Position).DefaultIfEmpty(Position).Min();
        IsPast = asOf < views.Position;
    }

    /// <summary>Inside a transaction that ends with the snapshot.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>Names the versions of views that are read: another text where any of them was replaced by another one, or stands elsewhere than the others.</summary>
    public string Versions { get; }

    /// <summary>
    /// The position in the log that is read as of: what was asked for, or the one that the views hold which follow the log. A view that
    /// stands still, or is frozen, is read as it is.
    /// </summary>
    public long Position { get; }

    /// <summary>The position that every view holds, also those that stand still or are frozen, if it is before that one: whoever records what follows from views goes no further.</summary>
    public long HeldByAll { get; }

    /// <summary>The views that stand still, or are frozen, before that position, each with the one that it holds.</summary>
    public IReadOnlyList<ViewBehind> Behind { get; }

    /// <summary>Whether the past is read: then sums have to be made from rows.</summary>
    public bool IsPast { get; }

    /// <summary>
    /// Whether a version is read whose tables are not those of this program's definition, since its own is still being built: what is
    /// asked of tables or columns that are missing there is <see cref="ViewsMissingException"/>.
    /// </summary>
    public bool IsOfOtherTables { get; }

    /// <summary>An SQL condition: a row of a table holds at the position.</summary>
    /// <param name="table">The table's name or alias in the query.</param>
    public string Holds(string table) => IsPast
        ? string.Create(CultureInfo.InvariantCulture, $"({table}.from_position <= {Position} and ({table}.to_position is null or {table}.to_position > {Position}))")
        : $"{table}.to_position is null";

    /// <summary>The rows of a table that hold at the position.</summary>
    /// <param name="rest">What follows an SQL <c>where</c>, and the holding: <c>"and r.company_id = $1 order by r.from_position"</c>.</param>
    /// <param name="parameters">By their numbers.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<List<TRow>> Rows<TRow>(string rest, IReadOnlyList<NpgsqlParameter> parameters, CancellationToken cancel) where TRow : class
    {
        RowShape<TRow> shape = RowShape<TRow>.Instance;
        return Read(shape, $"select {shape.Selected("r")} from {shape.Name} r where {Holds("r")} {rest}", parameters, cancel);
    }

    /// <summary>Rows of a table of sums, which are those of the position that the views hold.</summary>
    /// <param name="condition">What follows an SQL <c>where</c>: <c>"r.company_id = $1"</c>.</param>
    /// <param name="parameters">By their numbers.</param>
    /// <param name="cancel">Gives up.</param>
    public Task<List<TSum>> Sums<TSum>(string condition, IReadOnlyList<NpgsqlParameter> parameters, CancellationToken cancel) where TSum : class
    {
        RowShape<TSum> shape = RowShape<TSum>.Instance;
        return Read(shape, $"select {shape.Selected("r")} from {shape.Name} r where {condition}", parameters, cancel);
    }

    /// <summary>The sums over some rows, as a view's definition makes them.</summary>
    public static IReadOnlyList<TSum> SumUp<TRow, TSum>(View view, IEnumerable<TRow> rows) where TRow : class where TSum : class
    {
        RowTable<TRow> table = view.RowTables.OfType<RowTable<TRow>>().Single();
        var sums = new SumChanges();
        foreach (TRow row in rows)
            table.SumUp(row, +1, sums);
        return [.. sums.Of(view.SumTables.OfType<SumTable<TSum>>().Single()).Sums];
    }

    private async Task<List<TRow>> Read<TRow>(RowShape<TRow> shape, string sql, IReadOnlyList<NpgsqlParameter> parameters, CancellationToken cancel) where TRow : class
    {
        await using var command = new NpgsqlCommand(sql, Connection);
        foreach (NpgsqlParameter parameter in parameters)
            command.Parameters.Add(parameter);
        await using NpgsqlDataReader reader = await Ask(() => command.ExecuteReaderAsync(cancel));
        var rows = new List<TRow>();
        while (await reader.ReadAsync(cancel))
            rows.Add(shape.Read(reader));
        return rows;
    }

    /// <summary>Asks the database what may need tables or columns that are still being built.</summary>
    /// <exception cref="ViewsMissingException">They are.</exception>
    public async Task<T> Ask<T>(Func<Task<T>> question)
    {
        ArgumentNullException.ThrowIfNull(question);
        try
        {
            return await question();
        }
        catch (PostgresException problem) when (IsOfOtherTables && problem.SqlState is (PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.UndefinedTable))
        {
            throw new ViewsMissingException();
        }
    }

    internal static async Task<ViewSnapshot> Open(NpgsqlDataSource database, IReadOnlyDictionary<string, View> views, long? asOf, bool byKeys, CancellationToken cancel)
    {
        NpgsqlConnection connection = await database.OpenConnectionAsync(cancel);
        try
        {
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
            // Another program's views may be behind; they are read at the same position all the same. What is asked often is in memory,
            // where looking up some rows by an index costs less than reading a table.
            await using var command = new NpgsqlCommand("""
                select set_config('search_path', string_agg(v.schema_name, ', ' order by v.view), true), set_config('random_page_cost', '1.1', true),
                    set_config('plan_cache_mode', $2, true),
                    (select h.position from ledger.log_head h order by h.position desc limit 1),
                    array_agg(v.view) filter (where v.view = any($1)), array_agg(v.fingerprint) filter (where v.view = any($1)),
                    array_agg(v.layout) filter (where v.view = any($1)), array_agg(p.position) filter (where v.view = any($1))
                from ledger.view_versions v join ledger.view_heads() p on p.view = v.view and p.version = v.version
                where v.state = 'live'
                """, connection);
            command.Parameters.Add(new NpgsqlParameter { Value = views.Keys.ToArray() });
            command.Parameters.Add(new NpgsqlParameter { Value = byKeys ? "force_generic_plan" : "auto" });
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
            await reader.ReadAsync(cancel);
            if (asOf is { } past && (past < 0 || past > reader.GetInt64(3)))
                throw new ArgumentOutOfRangeException(nameof(asOf), $"The log has no position {past}: it ends at {reader.GetInt64(3)}.");
            return new ViewSnapshot(connection, transaction, OpenViews.Of(reader, views), asOf);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }

    /// <summary>What is there of a program's views.</summary>
    private sealed record OpenViews(string Versions, long Position, IReadOnlyList<ViewBehind> Held, bool IsOfOtherTables)
    {
        /// <exception cref="ViewsMissingException">Nothing is.</exception>
        public static OpenViews Of(NpgsqlDataReader row, IReadOnlyDictionary<string, View> views)
        {
            if (row.IsDBNull(4))
                throw new ViewsMissingException();
            List<(View View, string Fingerprint, string Layout, long Position)> live = [.. row.GetFieldValue<string[]>(4).Select(name => views[name])
                .Zip(row.GetFieldValue<string[]>(5), row.GetFieldValue<string[]>(6)).Zip(row.GetFieldValue<long[]>(7), (v, position) => (v.First, v.Second, v.Third, position))];
            // What this program does not fold goes no further: the others are not read as of where it stands.
            long position = live.Where(v => v.Fingerprint == v.View.Fingerprint).Select(v => v.Position).DefaultIfEmpty(live.Max(v => v.Position)).Max();
            string apart = string.Concat(live.Where(v => v.Position != position).Select(v => string.Create(CultureInfo.InvariantCulture, $", {v.View.Name} at {v.Position}")));
            List<ViewBehind> held = [.. live.Select(v => new ViewBehind(v.View.Name, v.Position)).OrderBy(v => v.View, StringComparer.Ordinal)];
            return new OpenViews(row.GetString(0) + apart, position, held, live.Count < views.Count || live.Exists(v => v.Layout != v.View.Layout));
        }
    }
}

/// <summary>A view that holds less than the others that are read with it.</summary>
/// <param name="View">Its name.</param>
/// <param name="Position">The position in the log up to which it holds.</param>
public sealed record ViewBehind(string View, long Position);

/// <summary>A view that is asked for is not there: it is being built, or its live version is one of other tables.</summary>
public sealed class ViewsMissingException() : Exception("A view that this needs is being built, or was rolled back to a version without it: ask again in a moment, or see in what state the views are.");
