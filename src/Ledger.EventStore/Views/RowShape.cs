using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using System.Linq.Expressions;
using System.Reflection;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Ledger.EventStore.Views;

/// <summary>A column of a view's table.</summary>
internal sealed record Column(string Name, PropertyInfo Property, string SqlType, NpgsqlDbType DbType, bool IsNullable, bool IsKey, string? Comment)
{
    private static readonly Dictionary<Type, (string, NpgsqlDbType)> Types = new()
    {
        [typeof(string)] = ("text", NpgsqlDbType.Text),
        [typeof(bool)] = ("boolean", NpgsqlDbType.Boolean),
        [typeof(int)] = ("integer", NpgsqlDbType.Integer),
        [typeof(long)] = ("bigint", NpgsqlDbType.Bigint),
        [typeof(decimal)] = ("numeric", NpgsqlDbType.Numeric),
        [typeof(DateOnly)] = ("date", NpgsqlDbType.Date),
        [typeof(DateTimeOffset)] = ("timestamptz", NpgsqlDbType.TimestampTz),
        [typeof(string[])] = ("text[]", NpgsqlDbType.Text | NpgsqlDbType.Array),
    };

    public Type Type => Property.PropertyType;

    public bool IsNumber => Type == typeof(long) || Type == typeof(decimal);

    public string Ddl => $"{Name} {SqlType}{(IsNullable ? "" : " not null")}";

    /// <summary>The column out of such a parameter.</summary>
    public string OfArray => Type.IsArray ? $"{Name}::text[]" : Name;

    /// <summary>What makes one parameter of a column's values, given the rows.</summary>
    public Func<List<TRow>, NpgsqlParameter> Arrays<TRow>()
    {
        ParameterExpression row = Expression.Parameter(typeof(TRow));
        Expression value = Expression.Property(row, Property);
        // An array of arrays has to be rectangular; in SQL they are cast from text.
        if (Type.IsArray)
            value = Expression.Call(typeof(Column), nameof(InBraces), null, value);
        else if (Type == typeof(DateTimeOffset))
            value = Expression.Property(value, nameof(DateTimeOffset.UtcDateTime));
        else if (Type == typeof(DateTimeOffset?))
            value = Expression.Call(typeof(Column), nameof(Utc), null, value);
        return (Func<List<TRow>, NpgsqlParameter>)typeof(Column).GetMethod(nameof(Parameters), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(typeof(TRow), value.Type)
            .Invoke(null, [Expression.Lambda(value, row).Compile(), NpgsqlDbType.Array | (Type.IsArray ? NpgsqlDbType.Text : DbType)])!;
    }

    private static Func<List<TRow>, NpgsqlParameter> Parameters<TRow, TValue>(Func<TRow, TValue> value, NpgsqlDbType type) => rows =>
    {
        var values = new TValue[rows.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = value(rows[i]);
        return new NpgsqlParameter<TValue[]> { TypedValue = values, NpgsqlDbType = type };
    };

    private static DateTime? Utc(DateTimeOffset? time) => time?.UtcDateTime;

    private static string? InBraces(string?[]? items) => items is null ? null : $"{{{string.Join(',', items.Select(Quoted))}}}";

    private static string Quoted(string? item) => item is null ? "NULL"
        : $"\"{item.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    public static Column Of(PropertyInfo property, ParameterInfo parameter)
    {
        Type? underlying = Nullable.GetUnderlyingType(property.PropertyType);
        if (!Types.TryGetValue(underlying ?? property.PropertyType, out (string Sql, NpgsqlDbType Db) type))
            throw new ArgumentException($"{property.DeclaringType!.Name}.{property.Name}: a view has no column of type {property.PropertyType.Name}; there are {string.Join(", ", Types.Keys.Select(t => t.Name))}.");
        bool nullable = underlying is not null
            || !property.PropertyType.IsValueType && new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable;
        bool key = property.IsDefined(typeof(KeyAttribute));
        if (key && (nullable || property.PropertyType.IsArray))
            throw new ArgumentException($"{property.DeclaringType!.Name}.{property.Name}: a key is neither null nor an array.");
        string? comment = (property.GetCustomAttribute<DescriptionAttribute>() ?? parameter.GetCustomAttribute<DescriptionAttribute>())?.Description;
        return new Column(JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), property, type.Sql, type.Db, nullable, key, comment);
    }
}

/// <summary>A table of a view, whatever its rows are made of.</summary>
internal abstract class TableShape
{
    public string Name { get; protected init; } = "";

    public string? Comment { get; protected init; }

    public IReadOnlyList<Column> Columns { get; protected init; } = [];

    public IReadOnlyList<Column> Keys { get; protected init; } = [];

    /// <summary>The columns, for whoever compares two layouts.</summary>
    public string Describe() => $"{Name} ({string.Join(", ", Columns.Select(c => c.Ddl + (c.IsKey ? " key" : "") + " -- " + c.Comment))}) -- {Comment}";
}

/// <summary>
/// What a record type says of a table: its name and comment, columns, keys; and how its rows are compared, written and
/// read. The order of the columns is that of the record's parameters.
/// </summary>
internal sealed class RowShape<TRow> : TableShape, IEqualityComparer<TRow> where TRow : class
{
    /// <summary>A property of this name is no column of its own: it is read from the positions in which a row holds.</summary>
    private const string FromPosition = "FromPosition";

    // Each is compiled when it is first called: a program that only reads compares and writes no rows, and reads those of few tables.
    private readonly Lazy<Func<TRow, TRow, bool>> _sameKey;
    private readonly Lazy<Func<TRow, TRow, bool>> _same;
    private readonly Lazy<Func<TRow, int>> _keyHash;
    private readonly Lazy<Func<NpgsqlDataReader, TRow>> _read;
    private readonly Lazy<Action<NpgsqlBinaryImporter, TRow>> _write;
    private readonly Lazy<Func<List<TRow>, NpgsqlParameter>[]> _arrays;
    private readonly Lazy<Func<List<TRow>, NpgsqlParameter>[]> _keyArrays;
    private readonly string[] _selected;

    private static readonly Lazy<RowShape<TRow>> Made = new(() => new RowShape<TRow>());

    /// <exception cref="ArgumentException">The record type cannot be a table's rows.</exception>
    public static RowShape<TRow> Instance => Made.Value;

    private RowShape()
    {
        Type type = typeof(TRow);
        Name = type.GetCustomAttribute<TableAttribute>()?.Name
            ?? throw new ArgumentException($"{type.Name} needs a [Table(\"name\")]: the name of its table.");
        Comment = type.GetCustomAttribute<DescriptionAttribute>()?.Description;
        ConstructorInfo constructor = type.GetConstructors().MaxBy(c => c.GetParameters().Length)!;
        PropertyInfo[] properties = [.. constructor.GetParameters().Select(p => type.GetProperty(p.Name!)
            ?? throw new ArgumentException($"{type.Name}: parameter {p.Name} is no property; a row is a record."))];
        Columns = [.. constructor.GetParameters().Zip(properties).Where(p => p.Second.Name != FromPosition).Select(p => Column.Of(p.Second, p.First))];
        Keys = [.. Columns.Where(c => c.IsKey)];
        if (!ReservedWords.CanName(Name))
            throw new ArgumentException($"{type.Name}: '{Name}' cannot be a table's name; one is of lower case letters, digits and underscores, at most 40, a letter first, and no reserved word of SQL.");
        if (Columns.FirstOrDefault(c => !ReservedWords.CanName(c.Name)) is { } reserved)
            throw new ArgumentException($"{type.Name}.{reserved.Property.Name}: '{reserved.Name}' cannot be a column's name, since SQL or the ledger uses it otherwise; name the property another way.");
        if (Keys.Count == 0)
            throw new ArgumentException($"{type.Name} needs at least one [property: Key].");

        _selected = [.. properties.Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name))];
        _sameKey = new(() => Comparer(Keys));
        _same = new(() => Comparer(Columns));
        _keyHash = new(KeyHasher);
        _read = new(() => Reader(constructor, properties));
        _write = new(Writer);
        _arrays = new(() => [.. Columns.Select(c => c.Arrays<TRow>())]);
        _keyArrays = new(() => [.. Keys.Select(c => c.Arrays<TRow>())]);
    }

    /// <summary>Whether two rows hold the same in every column.</summary>
    public bool Same(TRow a, TRow b) => _same.Value(a, b);

    /// <summary>Writes the columns of a row that was started.</summary>
    public void Write(NpgsqlBinaryImporter importer, TRow row) => _write.Value(importer, row);

    /// <summary>Each column's values as one parameter.</summary>
    public IEnumerable<NpgsqlParameter> Arrays(List<TRow> rows) => _arrays.Value.Select(make => make(rows));

    /// <summary>The same of the keys.</summary>
    public IEnumerable<NpgsqlParameter> KeyArrays(List<TRow> rows) => _keyArrays.Value.Select(make => make(rows));

    /// <summary>The columns in the order in which <see cref="Read"/> expects them.</summary>
    public string Selected(string alias) => string.Join(", ", _selected.Select(name => $"{alias}.{name}"));

    public TRow Read(NpgsqlDataReader reader) => _read.Value(reader);

    public bool Equals(TRow? a, TRow? b) => _sameKey.Value(a!, b!);

    public int GetHashCode(TRow row) => _keyHash.Value(row);

    public string KeyOf(TRow row) => string.Join(", ", Keys.Select(k => k.Property.GetValue(row)));

    private static Func<TRow, TRow, bool> Comparer(IEnumerable<Column> columns)
    {
        ParameterExpression a = Expression.Parameter(typeof(TRow)), b = Expression.Parameter(typeof(TRow));
        Expression all = columns.Select(c => Equal(c, Expression.Property(a, c.Property), Expression.Property(b, c.Property))).Aggregate(Expression.AndAlso);
        return Expression.Lambda<Func<TRow, TRow, bool>>(all, a, b).Compile();
    }

    private Func<TRow, int> KeyHasher()
    {
        ParameterExpression row = Expression.Parameter(typeof(TRow));
        Expression all = Keys.Select(k => (Expression)Expression.Call(Expression.Property(row, k.Property), k.Type.GetMethod("GetHashCode", [])!))
            .Aggregate((x, y) => Expression.ExclusiveOr(Expression.Multiply(x, Expression.Constant(397)), y));
        return Expression.Lambda<Func<TRow, int>>(all, row).Compile();
    }

    private static Expression Equal(Column column, Expression a, Expression b) => column.Type.IsArray
        ? Expression.Call(typeof(RowShape<TRow>).GetMethod(nameof(SameItems), BindingFlags.NonPublic | BindingFlags.Static)!, a, b)
        : Expression.Equal(a, b);

    private static bool SameItems(string[]? a, string[]? b) => a is null || b is null ? a == b : a.AsSpan().SequenceEqual(b);

    private Action<NpgsqlBinaryImporter, TRow> Writer()
    {
        ParameterExpression importer = Expression.Parameter(typeof(NpgsqlBinaryImporter)), row = Expression.Parameter(typeof(TRow));
        MethodInfo write = typeof(NpgsqlBinaryImporter).GetMethods().Single(m => m.Name == "Write"
            && m.GetParameters() is [_, { ParameterType: var second }] && second == typeof(NpgsqlDbType));
        MethodInfo writeNull = typeof(NpgsqlBinaryImporter).GetMethod("WriteNull")!;
        var columns = Columns.Select(column =>
        {
            Expression value = Expression.Property(row, column.Property);
            bool isNullableValue = Nullable.GetUnderlyingType(column.Type) is not null;
            Expression plain = isNullableValue ? Expression.Property(value, "Value") : value;
            if (plain.Type == typeof(DateTimeOffset))
                plain = Expression.Property(plain, nameof(DateTimeOffset.UtcDateTime));
            Expression written = Expression.Call(importer, write.MakeGenericMethod(plain.Type), plain, Expression.Constant(column.DbType));
            return !column.IsNullable ? written
                : Expression.IfThenElse(Expression.Equal(value, Expression.Constant(null, column.Type)), Expression.Call(importer, writeNull), written);
        });
        return Expression.Lambda<Action<NpgsqlBinaryImporter, TRow>>(Expression.Block(typeof(void), columns), importer, row).Compile();
    }

    private Func<NpgsqlDataReader, TRow> Reader(ConstructorInfo constructor, PropertyInfo[] properties)
    {
        ParameterExpression reader = Expression.Parameter(typeof(NpgsqlDataReader));
        MethodInfo get = typeof(NpgsqlDataReader).GetMethod(nameof(NpgsqlDataReader.GetFieldValue))!;
        MethodInfo isNull = typeof(NpgsqlDataReader).GetMethod(nameof(NpgsqlDataReader.IsDBNull))!;
        var values = properties.Select((property, i) =>
        {
            Expression ordinal = Expression.Constant(i);
            Type plain = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            Expression value = Expression.Convert(Expression.Call(reader, get.MakeGenericMethod(plain), ordinal), property.PropertyType);
            return Columns.All(c => c.Property != property || !c.IsNullable) ? value
                : Expression.Condition(Expression.Call(reader, isNull, ordinal), Expression.Default(property.PropertyType), value);
        });
        return Expression.Lambda<Func<NpgsqlDataReader, TRow>>(Expression.New(constructor, values), reader).Compile();
    }
}
