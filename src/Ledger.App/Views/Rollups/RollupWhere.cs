using Ledger.App.Views.Deals;
using Ledger.Domain.Values;

namespace Ledger.App.Views.Rollups;

/// <summary>Which deals are counted: those that fit every condition, each a field and its value, in the words of whoever asks.</summary>
public sealed class RollupWhere
{
    /// <summary>The value of a series, an instrument, a currency, a sector, a place or a kind of investor of which a deal says nothing; it always has a status, and periods have <see cref="RollupPeriod.Unknown"/>.</summary>
    public const string None = "none";

    public static readonly RollupWhere All = new([]);

    private readonly IReadOnlyList<KeyValuePair<string, string>> _given;

    /// <exception cref="InvalidValueException">A field is none, or stands twice.</exception>
    public RollupWhere(IEnumerable<KeyValuePair<string, string>> given)
    {
        _given = [.. given];
        foreach (var (field, value) in _given)
        {
            if (!Fields.Contains(field))
                throw new InvalidValueException("where", $"'{field}' is no field; there are {string.Join(", ", Fields)}");
            if (_given.Count(one => one.Key == field) > 1)
                throw new InvalidValueException("where", $"{field} stands twice");
            if (value.Length == 0)
                throw new InvalidValueException(field, "is empty");
        }
    }

    /// <summary>What there are conditions of: every dimension, and more.</summary>
    public static IReadOnlyList<string> Fields { get; } =
        [.. Enum.GetValues<RollupDimension>().Select(dimension => dimension.Name()), "company", "investor", "amountFrom", "amountTo", "announcedFrom", "announcedTo"];

    public IEnumerable<KeyValuePair<string, string>> Given => _given;

    public string? this[string field] => _given.FirstOrDefault(one => one.Key == field).Value;

    public string? this[RollupDimension dimension] => this[dimension.Name()];

    /// <summary>The shortest period that is asked for; null where none is.</summary>
    public (RollupDimension Dimension, string Value)? Period => Periods.Select(period => ((RollupDimension, string)?)period).FirstOrDefault();

    internal IEnumerable<(RollupDimension Dimension, string Value)> Periods =>
        Enum.GetValues<RollupDimension>().Where(dimension => dimension.IsPeriod() && this[dimension] is not null).Select(dimension => (dimension, this[dimension]!));

    /// <summary>Conditions such as "series=b".</summary>
    /// <exception cref="InvalidValueException">One is none.</exception>
    public static RollupWhere Parse(IEnumerable<string>? conditions) => new((conditions ?? []).Select(condition => condition.Split('=', 2) is [var field, var value]
        ? KeyValuePair.Create(field.Trim(), value.Trim()) : throw new InvalidValueException("where", $"'{condition}' is no condition such as series=b")));

    /// <summary>Those of the fields that somebody has filled in.</summary>
    public static RollupWhere Of(Func<string, string?> given) => new(
        Fields.Select(field => KeyValuePair.Create(field, given(field)?.Trim())).Where(one => !string.IsNullOrEmpty(one.Value)).Select(one => KeyValuePair.Create(one.Key, one.Value!)));

    /// <summary>The same with another value of a field.</summary>
    public RollupWhere With(string field, string value) => new(_given.Where(one => one.Key != field).Append(KeyValuePair.Create(field, value)));

    /// <summary>As <c>/deals</c> has the same words for it, but for what is not there.</summary>
    internal DealFilter Filter => new()
    {
        Series = Said(RollupDimension.Series),
        Status = this[RollupDimension.Status],
        Currency = Said(RollupDimension.Currency),
        Sector = Said(RollupDimension.Sector),
        AmountFrom = this["amountFrom"],
        AmountTo = this["amountTo"],
        AnnouncedFrom = this["announcedFrom"],
        AnnouncedTo = this["announcedTo"],
    };

    private string? Said(RollupDimension dimension) => this[dimension] is var value && value == None ? null : value;
}
