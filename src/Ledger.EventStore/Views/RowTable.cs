using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.EventStore.Views;

/// <summary>A table of rows with the positions from which (included) to which (left out) they hold.</summary>
internal abstract class RowTable(View view)
{
    public View View => view;

    public abstract TableShape Shape { get; }

    public List<string> Indexes { get; } = [];

    /// <summary>The kinds of streams that rows come from.</summary>
    public abstract IEnumerable<StreamFold> Folds { get; }

    public abstract RowChanges NewChanges();

    /// <summary>Adds what the rows that hold now add to the view's sums.</summary>
    public abstract Task SumUp(NpgsqlConnection connection, string schema, SumChanges sums, CancellationToken cancel);
}

/// <inheritdoc/>
internal sealed class RowTable<TRow>(View view) : RowTable(view) where TRow : class
{
    private readonly Dictionary<StreamFold, Func<object, IEnumerable<TRow>>> _sources = [];
    private readonly List<Action<TRow, int, SumChanges>> _sums = [];

    public override RowShape<TRow> Shape => RowShape<TRow>.Instance;

    public override IEnumerable<StreamFold> Folds => _sources.Keys;

    public void Add(StreamFold fold, Func<object, IEnumerable<TRow>> rows, IEnumerable<string> indexes)
    {
        _sources.Add(fold, rows);
        Indexes.AddRange(indexes.Except(Indexes));
    }

    public void Add<TSum>(SumTable<TSum> sums, Func<TRow, IEnumerable<TSum>> parts) where TSum : class => _sums.Add((row, sign, changes) =>
    {
        foreach (TSum part in parts(row))
            changes.Of(sums).Add(part, sign);
    });

    public IEnumerable<TRow> RowsOf(StreamFold fold, object state) => _sources[fold](state);

    public void SumUp(TRow row, int sign, SumChanges sums)
    {
        foreach (Action<TRow, int, SumChanges> sum in _sums)
            sum(row, sign, sums);
    }

    public override RowChanges NewChanges() => new RowChanges<TRow>(this);

    public override async Task SumUp(NpgsqlConnection connection, string schema, SumChanges sums, CancellationToken cancel)
    {
        if (_sums.Count == 0)
            return;
        await using var command = new NpgsqlCommand($"select {Shape.Selected("r")} from {schema}.{Shape.Name} r where to_position is null", connection);
        await using NpgsqlDataReader reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
            SumUp(Shape.Read(reader), +1, sums);
    }
}

/// <summary>What folding came to in one table and is not written yet. Streams are given one after the other.</summary>
internal abstract class RowChanges
{
    /// <summary>How many rows there are to write.</summary>
    public abstract int Count { get; }

    /// <summary>Begins with a stream whose rows in this state are written already.</summary>
    public abstract void Begin(StreamFold fold, object state);

    /// <summary>The stream has come to another state.</summary>
    /// <exception cref="InvalidDataException">Two rows have the same key.</exception>
    public abstract void Move(StreamFold fold, object state, long position);

    /// <summary>The stream goes no further.</summary>
    public abstract void End(SumChanges sums);

    /// <summary>Adds the statements that write everything to a view's, and forgets it.</summary>
    public abstract void Write(ViewWrites writes);

    /// <summary>
    /// Writes everything by COPY, which is faster, and forgets it. Not where others wait for what is written: a process that
    /// is stopped in the middle of a COPY keeps its locks for ever, since the database waits for more without a limit of time.
    /// </summary>
    public abstract Task Copy(NpgsqlConnection connection, string schema, CancellationToken cancel);
}

/// <inheritdoc/>
internal sealed class RowChanges<TRow>(RowTable<TRow> table) : RowChanges where TRow : class
{
    private const long Written = -1;
    private const int FewRows = 256;

    private readonly RowShape<TRow> _shape = table.Shape;
    private readonly List<NewRow> _new = [];
    private readonly List<(TRow Row, long To)> _ended = [];
    private readonly List<TRow> _gone = [];
    private Dictionary<TRow, Held> _open = new(table.Shape);
    private int _turn;

    public override int Count => _new.Count + _ended.Count;

    public override void Begin(StreamFold fold, object state)
    {
        foreach (TRow row in table.RowsOf(fold, state))
            _open.Add(row, new Held(row, Written, _turn, Follows: true));
    }

    public override void Move(StreamFold fold, object state, long position)
    {
        _turn++;
        int rows = 0;
        foreach (TRow row in table.RowsOf(fold, state))
        {
            rows++;
            ref Held held = ref CollectionsMarshal.GetValueRefOrAddDefault(_open, row, out bool exists);
            if (exists && held.Turn == _turn)
                throw new InvalidDataException($"Table {_shape.Name}: two rows have the key ({_shape.KeyOf(row)}).");
            if (exists && _shape.Same(held.Row, row))
            {
                held = held with { Turn = _turn };
                continue;
            }
            if (exists)
                End(held, position);
            held = new Held(row, position, _turn, Follows: exists);
        }
        if (rows < _open.Count)
            EndOthers(position);
    }

    private void EndOthers(long position)
    {
        foreach ((TRow key, Held held) in _open)
        {
            if (held.Turn == _turn)
                continue;
            End(held, position);
            _gone.Add(key);
        }
        foreach (TRow key in _gone)
            _open.Remove(key);
        _gone.Clear();
    }

    private void End(Held held, long position)
    {
        if (held.From == Written)
            _ended.Add((held.Row, position));
        else
            _new.Add(new NewRow(held.Row, held.From, position, held.Follows));
    }

    public override void End(SumChanges sums)
    {
        foreach (Held held in _open.Values)
        {
            if (held.From != Written)
                _new.Add(new NewRow(held.Row, held.From, null, held.Follows));
        }
        // Clearing a dictionary takes as long as it was ever large.
        if (_open.Count > FewRows)
            _open = new(_shape);
        else
            _open.Clear();
        for (; _summedNew < _new.Count; _summedNew++)
        {
            if (_new[_summedNew].To is null)
                table.SumUp(_new[_summedNew].Row, +1, sums);
        }
        for (; _summedEnded < _ended.Count; _summedEnded++)
            table.SumUp(_ended[_summedEnded].Row, -1, sums);
    }

    private int _summedNew;
    private int _summedEnded;

    public override void Write(ViewWrites writes)
    {
        if (_ended.Count > 0)
            WriteEnded(writes);
        if (_new.Count > 0)
            WriteNew(writes);
        Forget();
    }

    public override async Task Copy(NpgsqlConnection connection, string schema, CancellationToken cancel)
    {
        if (_ended.Count > 0)
            throw new InvalidOperationException($"Table {_shape.Name}: rows that are written already end.");
        if (_new.Count > 0)
            await CopyNew(connection, schema, cancel);
        Forget();
    }

    private void Forget()
    {
        _new.Clear();
        _ended.Clear();
        _summedNew = _summedEnded = 0;
    }

    private void WriteEnded(ViewWrites writes)
    {
        string columns = string.Join(", ", _shape.Keys.Select(k => k.Name));
        string same = string.Join(" and ", _shape.Keys.Select(k => $"r.{k.Name} = e.{k.Name}"));
        List<TRow> rows = [.. _ended.Select(e => e.Row)];
        int ended = rows.Count;
        writes.Add(
            $"update {writes.Schema}.{_shape.Name} r set to_position = e.ends from unnest({ViewWrites.Parameters(_shape.Keys.Count + 1)}) e ({columns}, ends) where {same} and r.to_position is null",
            [.. _shape.KeyArrays(rows), Positions([.. _ended.Select(e => (long?)e.To)])],
            affected =>
            {
                if (affected != ended)
                    throw new InvalidDataException($"Table {_shape.Name}: {ended} rows end, but {affected} were there. Replay view '{table.View.Name}'.");
            });
    }

    private void WriteNew(ViewWrites writes)
    {
        var keys = new HashSet<TRow>(_shape);
        if (_new.Find(n => n.To is null && !keys.Add(n.Row)) is { Row: { } twice })
            throw SameKey([twice]);
        string same = string.Join(" and ", _shape.Keys.Select(k => $"held.{k.Name} = r.{k.Name}"));
        // What this stream gave before has ended: a row that is still there is another one's. The rows that follow one of the same
        // key need not look.
        Insert(writes, [.. _new.Where(n => !n.Follows)], $" where not exists (select from {writes.Schema}.{_shape.Name} held where {same} and held.to_position is null)");
        Insert(writes, [.. _new.Where(n => n.Follows)], "");
    }

    private void Insert(ViewWrites writes, List<NewRow> added, string where)
    {
        if (added.Count == 0)
            return;
        string columns = string.Join(", ", [.. _shape.Columns.Select(c => c.Name), "from_position", "to_position"]);
        string values = string.Join(", ", [.. _shape.Columns.Select(c => c.OfArray), "from_position", "to_position"]);
        List<TRow> rows = [.. added.Select(n => n.Row)];
        writes.Add(
            $"insert into {writes.Schema}.{_shape.Name} ({columns}) select {values} from unnest({ViewWrites.Parameters(_shape.Columns.Count + 2)}) r ({columns}){where}",
            [.. _shape.Arrays(rows), Positions([.. added.Select(n => (long?)n.From)]), Positions([.. added.Select(n => n.To)])],
            affected =>
            {
                if (affected != rows.Count)
                    throw SameKey(rows);
            });
    }

    private InvalidDataException SameKey(List<TRow> rows) =>
        new($"Table {_shape.Name}: another stream gives a row with the same key, ({string.Join(") or (", rows.Select(_shape.KeyOf).Distinct().Take(5))}).");

    private static NpgsqlParameter<long?[]> Positions(long?[] positions) =>
        new NpgsqlParameter<long?[]> { TypedValue = positions, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint };

    private async Task CopyNew(NpgsqlConnection connection, string schema, CancellationToken cancel)
    {
        string columns = string.Join(", ", _shape.Columns.Select(c => c.Name));
        await using NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync(
            $"copy {schema}.{_shape.Name} ({columns}, from_position, to_position) from stdin (format binary)", cancel);
        foreach ((TRow row, long from, long? to, _) in _new)
        {
            copy.StartRow();
            _shape.Write(copy, row);
            copy.Write(from, NpgsqlDbType.Bigint);
            if (to is { } end)
                copy.Write(end, NpgsqlDbType.Bigint);
            else
                copy.WriteNull();
        }
        await copy.CompleteAsync(cancel);
    }

    // Follows: the same stream gave a row of this key until then.
    private readonly record struct Held(TRow Row, long From, int Turn, bool Follows);

    private readonly record struct NewRow(TRow Row, long From, long? To, bool Follows);
}
