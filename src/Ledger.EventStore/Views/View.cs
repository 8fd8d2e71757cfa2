using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Ledger.EventStore.Views;

namespace Ledger.EventStore;

/// <summary>
/// A view of the log: tables whose rows are functions of the states of streams, and sums over such rows. One definition
/// is followed live, replayed from zero, asked as of any position and compared.
/// </summary>
/// <remarks>
/// A row is a record type: <c>[Table("name")]</c>, <c>[property: Key]</c> on what tells its rows apart, and
/// <c>[Description]</c> on the type and its parameters, which becomes the comment in the database. Columns are of the
/// types string, bool, int, long, decimal, DateOnly, DateTimeOffset and string[], and null where the type allows it.
/// </remarks>
public sealed partial class View
{
    private readonly List<RowTable> _rows = [];
    private readonly List<SumTable> _sums = [];
    private readonly string _source;
    private string? _layout;
    private string? _fingerprint;

    /// <param name="name">Names the view for ever: lower case, digits and underscores.</param>
    /// <param name="source">
    /// The source text of whatever the rows depend on. When it changes, or the tables do, the view is replayed.
    /// </param>
    public View(string name, string source)
    {
        if (!Identifier().IsMatch(name))
            throw new ArgumentException($"'{name}' is no name of a view: lower case letters, digits and underscores, at most 40, a letter first.", nameof(name));
        Name = name;
        _source = source;
    }

    /// <summary>The view's name.</summary>
    public string Name { get; }

    /// <summary>The names of its tables: of rows, and then of sums. Other programs find them in schema <c>views</c>.</summary>
    public IReadOnlyList<string> TableNames => [.. Tables.Select(t => t.Name)];

    internal IReadOnlyList<RowTable> RowTables => _rows;

    internal IReadOnlyList<SumTable> SumTables => _sums;

    internal IEnumerable<TableShape> Tables => _rows.Select(t => t.Shape).Concat(_sums.Select(t => t.Shape));

    /// <summary>What its tables are called in schema <c>views</c>.</summary>
    internal IEnumerable<string> StableNames => _rows.SelectMany(t => new[] { t.Shape.Name, t.Shape.Name + "_history" }).Concat(_sums.Select(t => t.Shape.Name));

    /// <summary>The streams that the view is made of.</summary>
    internal IEnumerable<StreamFold> Folds => _rows.SelectMany(t => t.Folds).Distinct();

    /// <summary>Changes with the tables. Kept, like the fingerprint, since every step along the log asks for it.</summary>
    internal string Layout => _layout ??= Hash(string.Join('\n', Tables.Select(t => t.Describe())));

    /// <summary>Changes with whatever the rows depend on.</summary>
    internal string Fingerprint => _fingerprint ??= Hash(Layout + _source.ReplaceLineEndings("\n"));

    /// <summary>A table of rows, each a part of what one stream's state says; of several kinds of streams if it is given several.</summary>
    /// <param name="fold">The streams.</param>
    /// <param name="rows">The rows that a state gives. No two of the table at one time have the same key.</param>
    /// <param name="indexes">The columns of further indexes: <c>"company_id, from_position"</c>.</param>
    public View Rows<TState, TRow>(StreamFold<TState> fold, Func<TState, IEnumerable<TRow>> rows, params IEnumerable<string> indexes)
        where TState : class where TRow : class
    {
        if (_sums.OfType<SumTable<TRow>>().Any())
            throw new ArgumentException($"View '{Name}' has a table of {typeof(TRow).Name} already, which is one of sums: a record type is the rows of one table.");
        RowTable<TRow>? table = _rows.OfType<RowTable<TRow>>().SingleOrDefault();
        if (table is null)
        {
            // What cannot be a table is refused here, where it is named.
            _ = RowShape<TRow>.Instance;
            _rows.Add(table = new RowTable<TRow>(this));
        }
        table.Add(fold, state => rows((TState)state), indexes);
        (_layout, _fingerprint) = (null, null);
        return this;
    }

    /// <summary>The same with at most one row a stream.</summary>
    /// <param name="fold">The streams.</param>
    /// <param name="row">The row that a state gives; null for none.</param>
    /// <param name="indexes">The columns of further indexes.</param>
    public View Row<TState, TRow>(StreamFold<TState> fold, Func<TState, TRow?> row, params IEnumerable<string> indexes)
        where TState : class where TRow : class =>
        Rows<TState, TRow>(fold, state => row(state) is { } one ? [one] : [], indexes);

    /// <summary>A table of sums over the rows of another one of this view: the numbers of all parts with the same key, added up.</summary>
    /// <param name="parts">What one row adds: columns that are keys, and numbers (long, decimal). Rows that add up to nothing are no rows.</param>
    public View Sums<TRow, TSum>(Func<TRow, IEnumerable<TSum>> parts) where TRow : class where TSum : class
    {
        RowTable<TRow> of = _rows.OfType<RowTable<TRow>>().SingleOrDefault()
            ?? throw new ArgumentException($"View '{Name}' has no rows of {typeof(TRow).Name} to sum up.");
        if (_sums.OfType<SumTable<TSum>>().Any() || _rows.OfType<RowTable<TSum>>().Any())
            throw new ArgumentException($"View '{Name}' has a table of {typeof(TSum).Name} already: a record type is the rows of one table, so another table of sums needs another record type.");
        var sums = new SumTable<TSum>(this);
        _sums.Add(sums);
        of.Add(sums, parts);
        (_layout, _fingerprint) = (null, null);
        return this;
    }

    /// <summary>The same with at most one part a row.</summary>
    /// <param name="part">What a row adds; null for nothing.</param>
    public View Sum<TRow, TSum>(Func<TRow, TSum?> part) where TRow : class where TSum : class =>
        Sums<TRow, TSum>(row => part(row) is { } one ? [one] : []);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    [GeneratedRegex("^[a-z][a-z0-9_]{0,39}$")]
    private static partial Regex Identifier();
}
