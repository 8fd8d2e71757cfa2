using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.InteropServices;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.EventStore.Views;

/// <summary>A table of sums over the rows of a view that hold now.</summary>
internal abstract class SumTable
{
    public abstract TableShape Shape { get; }

    public abstract SumChange NewChange();
}

/// <inheritdoc/>
internal sealed class SumTable<TSum> : SumTable where TSum : class
{
    public SumTable(View view)
    {
        Shape = RowShape<TSum>.Instance;
        if (Shape.Columns.FirstOrDefault(c => !c.IsKey && (!c.IsNumber || c.IsNullable)) is { } wrong)
            throw new ArgumentException($"View '{view.Name}': {wrong.Name} of {Shape.Name} is neither a key nor a number (long, decimal), so it cannot be summed up.");
        Numbers = [.. Shape.Columns.Where(c => !c.IsKey)];
        (Add, IsZero) = (Adder(), Zero());
    }

    public override RowShape<TSum> Shape { get; }

    public IReadOnlyList<Column> Numbers { get; }

    /// <summary>The first with so many times the second.</summary>
    public Func<TSum, TSum, int, TSum> Add { get; }

    public Func<TSum, bool> IsZero { get; }

    public override SumChange NewChange() => new SumChange<TSum>(this);

    private Func<TSum, TSum, int, TSum> Adder()
    {
        ParameterExpression a = Expression.Parameter(typeof(TSum)), b = Expression.Parameter(typeof(TSum)), times = Expression.Parameter(typeof(int));
        ConstructorInfo constructor = typeof(TSum).GetConstructors().MaxBy(c => c.GetParameters().Length)!;
        IEnumerable<Expression> values = Shape.Columns.Select(column => column.IsKey
            ? (Expression)Expression.Property(a, column.Property)
            : Plain(Expression.AddChecked(Expression.Property(a, column.Property),
                Expression.MultiplyChecked(Expression.Convert(times, column.Type), Expression.Property(b, column.Property)))));
        return Expression.Lambda<Func<TSum, TSum, int, TSum>>(Expression.New(constructor, values), a, b, times).Compile();
    }

    /// <summary>Without zeros at its end, which would tell of fractions that came and went: 113.00 is the same sum as 113.</summary>
    private static Expression Plain(Expression sum) =>
        sum.Type == typeof(decimal) ? Expression.Divide(sum, Expression.Constant(1.0000000000000000000000000000m)) : sum;

    private Func<TSum, bool> Zero()
    {
        ParameterExpression a = Expression.Parameter(typeof(TSum));
        Expression all = Numbers.Select(c => (Expression)Expression.Equal(Expression.Property(a, c.Property), Expression.Default(c.Type))).Aggregate(Expression.AndAlso);
        return Expression.Lambda<Func<TSum, bool>>(all, a).Compile();
    }
}

/// <summary>What sums have become more or less by, over all tables of a view.</summary>
internal sealed class SumChanges
{
    private readonly Dictionary<SumTable, SumChange> _changes = [];

    public SumChange<TSum> Of<TSum>(SumTable<TSum> table) where TSum : class
    {
        ref SumChange? change = ref CollectionsMarshal.GetValueRefOrAddDefault(_changes, table, out _);
        return (SumChange<TSum>)(change ??= table.NewChange());
    }

    /// <summary>Adds the statements that add everything to what is stored to a view's, and forgets it.</summary>
    public void Write(ViewWrites writes)
    {
        foreach (SumChange change in _changes.Values)
            change.Write(writes);
    }

    /// <summary>Writes everything into tables that are empty, and forgets it.</summary>
    public async Task Fill(NpgsqlConnection connection, string schema, CancellationToken cancel)
    {
        foreach (SumChange change in _changes.Values)
            await change.Fill(connection, schema, cancel);
    }
}

/// <summary>What the sums of a table have become more or less by.</summary>
internal abstract class SumChange
{
    public abstract void Write(ViewWrites writes);

    public abstract Task Fill(NpgsqlConnection connection, string schema, CancellationToken cancel);
}

/// <inheritdoc/>
internal sealed class SumChange<TSum>(SumTable<TSum> table) : SumChange where TSum : class
{
    private readonly RowShape<TSum> _shape = table.Shape;
    private readonly Dictionary<TSum, TSum> _sums = new(table.Shape);

    public IEnumerable<TSum> Sums => _sums.Values.Where(sum => !table.IsZero(sum));

    public void Add(TSum part, int sign)
    {
        ref TSum? sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_sums, part, out bool exists);
        sum = exists ? table.Add(sum!, part, sign) : table.Add(part, part, sign - 1);
    }

    public override void Write(ViewWrites writes)
    {
        List<TSum> changed = [.. Sums];
        _sums.Clear();
        if (changed.Count == 0)
            return;
        // As what is added up in memory.
        string Trimmed(Column column, string sum) => column.Type == typeof(decimal) ? $"trim_scale({sum})" : sum;
        string Names(IEnumerable<Column> columns) => string.Join(", ", columns.Select(c => c.Name));
        writes.Add($"""
            insert into {writes.Schema}.{_shape.Name} as held ({Names(_shape.Columns)}) select * from unnest({ViewWrites.Parameters(_shape.Columns.Count)})
            on conflict ({Names(_shape.Keys)}) do update set {string.Join(", ", table.Numbers.Select(n => $"{n.Name} = {Trimmed(n, $"held.{n.Name} + excluded.{n.Name}")}"))}
            """, [.. _shape.Arrays(changed)]);
        writes.Add($"""
            delete from {writes.Schema}.{_shape.Name} held using unnest({ViewWrites.Parameters(_shape.Keys.Count)}) as changed ({Names(_shape.Keys)})
            where {string.Join(" and ", _shape.Keys.Select(k => $"held.{k.Name} = changed.{k.Name}").Concat(table.Numbers.Select(n => $"held.{n.Name} = 0")))}
            """, [.. _shape.KeyArrays(changed)]);
    }

    public override async Task Fill(NpgsqlConnection connection, string schema, CancellationToken cancel)
    {
        await using (NpgsqlBinaryImporter copy = await connection.BeginBinaryImportAsync(
            $"copy {schema}.{_shape.Name} ({string.Join(", ", _shape.Columns.Select(c => c.Name))}) from stdin (format binary)", cancel))
        {
            foreach (TSum sum in Sums)
            {
                copy.StartRow();
                _shape.Write(copy, sum);
            }
            await copy.CompleteAsync(cancel);
        }
        _sums.Clear();
    }
}
