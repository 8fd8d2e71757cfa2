using Ledger.App.Views;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;
using Npgsql;

namespace Ledger.App.Watchlists;

/// <summary>Reads what rules ask of deals from rows of their view.</summary>
internal sealed class FoundDeals
{
    // There are few places and currencies, and very many deals. What is kept of all of them is to be little: to hold it costs more than to read it.
    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _placeKeys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Currency> _currencies = new(StringComparer.Ordinal);

    /// <summary>The columns that are read of a deal, in their order.</summary>
    /// <param name="of">What the table is called in the query.</param>
    public static string Columns(string of) => string.Join(", ", "id, company_id, kind, status, status_since, series, instrument, counts, currency, amount_low, amount_high, qualifier, usd_low, usd_high, valuation_currency, valuation_low, valuation_high, announced_from, announced_to, sectors, places, contested".Split(", ")
        .Select(column => column is "sectors" or "places" or "contested" ? $"nullif({of}.{column}, '{{}}')" : $"{of}.{column}"));

    /// <summary>The first of these, where nothing is asked of deals but that they are there.</summary>
    public static string KindOnly(string of) => $"{of}.id, {of}.company_id, {of}.kind";

    /// <summary>How many columns that are, for whoever reads others after them.</summary>
    public static int Count(bool isWhole) => isWhole ? 22 : 3;

    public FoundDeal Read(NpgsqlDataReader row, bool isWhole)
    {
        var found = new FoundDeal { Id = row.GetString(0), Company = Same(row.GetString(1)), Kind = Same(row.GetString(2)) };
        if (!isWhole)
            return found;
        found.Status = Same(row.GetString(3));
        found.StatusSince = row.GetFieldValue<DateOnly>(4);
        found.Series = row.TextOrNull(5) is { } series ? Same(series) : null;
        found.Instrument = row.TextOrNull(6) is { } instrument ? Same(instrument) : null;
        found.Counts = row.GetBoolean(7);
        found.Amount = row.IsDBNull(8) ? null : new SumFact(Known(row.GetString(8)), Figure(row, 9), Figure(row, 10), row.GetString(11) == "orderOfMagnitude");
        found.Dollars = row.IsDBNull(12) && row.IsDBNull(13) ? null : new SumFact(Currency.Usd, Figure(row, 12), Figure(row, 13), false);
        found.Valuation = row.IsDBNull(14) ? null : new SumFact(Known(row.GetString(14)), Figure(row, 15), Figure(row, 16), false);
        found.Announced = row.IsDBNull(17) || row.IsDBNull(18) ? null : (row.GetFieldValue<DateOnly>(17), row.GetFieldValue<DateOnly>(18));
        found.Sectors = Several(row, 19, Same);
        found.Places = Several(row, 20, PlaceKey);
        found.Contested = Several(row, 21, Same);
        return found;
    }

    /// <summary>The same text, once for all who bear it.</summary>
    public string Same(string text) => _texts.TryAdd(text, text) ? text : _texts[text];

    public string PlaceKey(string place) => _placeKeys.TryGetValue(place, out var key) ? key : _placeKeys[place] = NameKey.Of(place);

    private Currency Known(string code) => _currencies.TryGetValue(code, out var currency) ? currency : _currencies[code] = new Currency(code);

    private static string[] Several(NpgsqlDataReader row, int column, Converter<string, string> each) => row.IsDBNull(column) ? [] : Array.ConvertAll(row.GetFieldValue<string[]>(column), each);

    private static decimal? Figure(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetDecimal(column);
}

/// <summary>A deal as it was read, before it is known what its parties are.</summary>
internal sealed class FoundDeal
{
    public required string Id { get; init; }

    public required string Company { get; set; }

    /// <summary>By the ids that stand in the rows, or those that these are known to be.</summary>
    public List<(string Party, string Role)> Investors { get; init; } = [];

    /// <summary>Whether its company was merged into another one.</summary>
    public bool NamesMerged { get; set; }

    public string Kind { get; init; } = "";

    public string Status { get; set; } = "";

    public DateOnly StatusSince { get; set; }

    public string? Series { get; set; }

    public string? Instrument { get; set; }

    public bool Counts { get; set; }

    public SumFact? Amount { get; set; }

    /// <summary>As the source gives them, or by reference rates.</summary>
    public SumFact? Dollars { get; set; }

    public SumFact? Valuation { get; set; }

    public (DateOnly From, DateOnly To)? Announced { get; set; }

    public IReadOnlyList<string> Sectors { get; set; } = [];

    public IReadOnlyList<string> Places { get; set; } = [];

    public IReadOnlyList<string> Contested { get; set; } = [];

    public static FoundDeal Of(Deal deal)
    {
        var facts = DealFacts.Of(deal, PartyTraits.Only, (_, _) => null);
        return new FoundDeal
        {
            Id = facts.Id.Value,
            Company = facts.Company.Id.Value,
            Investors = [.. facts.Investors.Select(holder => (holder.Party.Id.Value, holder.Role))],
            Kind = facts.Kind,
            Status = facts.Status,
            StatusSince = facts.StatusSince,
            Series = facts.Series,
            Instrument = facts.Instrument,
            Counts = facts.Counts,
            Amount = facts.Amount,
            Dollars = facts.Dollars,
            Valuation = facts.Valuation,
            Announced = facts.Announced,
            Sectors = facts.Sectors,
            Places = facts.Places,
            Contested = facts.Contested,
        };
    }

    /// <param name="traits">What a party is, by its id as it stands here.</param>
    /// <param name="dollars">The amount in dollars, where it is in another currency; null where that is not known.</param>
    public DealFacts Facts(Func<string, PartyTraits> traits, SumFact? dollars) => new()
    {
        Id = new DealId(Id),
        Company = traits(Company),
        Investors = Investors.ConvertAll(holder => new HolderFact(traits(holder.Party), holder.Role)),
        Kind = Kind,
        Status = Status,
        StatusSince = StatusSince,
        Series = Series,
        Instrument = Instrument,
        Counts = Counts,
        Amount = Amount,
        Dollars = dollars,
        Valuation = Valuation,
        Announced = Announced,
        Sectors = Sectors,
        Places = Places,
        Contested = Contested,
    };
}
