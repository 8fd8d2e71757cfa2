using System.Text.Json.Serialization;
using Ledger.App.Views.Parties;
using Ledger.App.Views.Rates;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;

namespace Ledger.App.Views.Deals;

/// <summary>A deal as the command line, the API and the pages show it.</summary>
public sealed record DealRecord(
    string Id, DealKind Kind, PartyName Company, RoundRecord? Round, DealStatus Status, AmountRecord Amount, ValuationRecord? Valuation,
    IReadOnlyList<string> Sectors, IReadOnlyList<string> Places, IReadOnlyList<InvestorRecord> Investors, IReadOnlyList<UnnamedInvestors> UnnamedInvestors,
    bool OthersUndisclosed, WhenRecord Announced, WhenRecord? Period, string? UseOfProceeds, IReadOnlyList<string> ReportedBy,
    IReadOnlyList<string> Sources, IReadOnlyList<string> Contested, long Version, long Position)
{
    /// <summary>Every claim made about the deal, in the order in which they were recorded; left out of lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ClaimRecord>? Claims { get; init; }

    /// <summary>The deal that it was merged into; left out where it stands for itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TieRecord? MergedInto { get; init; }

    /// <summary>The deals that were merged into it; left out where none were.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? MergedFrom { get; init; }

    /// <summary>Why it was retracted; left out where it was not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RulingRecord? Retracted { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TieRecord? PartOf { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TieRecord>? Parts { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TieRecord? CoveredBy { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TieRecord>? Covers { get; init; }

    /// <summary>Deals that it looks like, and that an editor found to be others; left out where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TieRecord>? DistinctFrom { get; init; }

    /// <summary>What the parts come to beside the whole; left out of lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SumRecord? PartsSum { get; init; }

    /// <summary>What the covered deals come to beside the aggregate; left out of lists.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SumRecord? CoveredSum { get; init; }

    /// <summary>Sectors and places that editors filed it under, beside what articles say; left out where there are none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<TagRecord>? Tags { get; init; }

    /// <summary>Whether its sum counts as money raised.</summary>
    [JsonIgnore]
    internal bool Counts { get; init; }

    internal static IEnumerable<string> Parties(Deal deal) =>
        deal.Investors.Select(investor => investor.Party).Append(deal.Company).OfType<PartyId>().Select(id => id.Value);

    internal static DealRecord Of(Deal deal, IReadOnlyDictionary<string, PartyName> names, DollarRates rates)
    {
        var round = deal.Claim(Field.Round)?.Claim;
        var valuation = deal.Claim(Field.Valuation)?.Claim;
        var investors = deal.CurrentClaims(Field.Investor).Select(claim => (ClaimValue.Investor)claim.Claim.Value).ToList();
        var unnamed = investors.Where(investor => investor.Unnamed is not null).ToList();
        return new DealRecord(
            deal.Id.Value, deal.Kind!.Value, names[deal.Company!.Value.Value],
            round?.Value is ClaimValue.Round axes ? new RoundRecord(round.AsWritten, axes.Series, axes.Modifier, axes.Instrument) : null,
            deal.Status!.Value, AmountRecord.Of(deal, rates),
            valuation?.Value is ClaimValue.Valuation v ? ValuationRecord.Of(v, valuation.AsWritten) : null,
            [.. deal.Sectors],
            [.. deal.Places],
            [
                .. investors.Where(investor => investor.Party is not null).OrderBy(investor => investor.Role)
                    .Select(investor => InvestorRecord.Of(names[investor.Party!.Value.Value], investor)),
            ],
            [.. unnamed.OrderBy(investor => investor.Role).Select(investor => new UnnamedInvestors(investor.Unnamed!, investor.Role))],
            unnamed.Count > 0 || deal.Claim(Field.OthersUndisclosed) is not null,
            WhenRecord.Of<ClaimValue.Announced>(deal, Field.Announced, value => value.When) ?? WhenRecord.Unknown,
            WhenRecord.Of<ClaimValue.Period>(deal, Field.Period, value => value.When),
            deal.Claim(Field.UseOfProceeds)?.Claim.AsWritten,
            [.. deal.Values<ClaimValue.ReportedBy>(Field.ReportedBy).Select(source => source.Name)],
            [.. deal.Sources.Select(source => source.Value)],
            [.. deal.Contested.Select(Written.Name)], deal.Version, deal.Last!.Position)
        {
            Counts = deal.Counts,
            MergedInto = TieRecord.Of(deal.MergedInto),
            MergedFrom = deal.Absorbed.IsEmpty ? null : [.. deal.Absorbed.Select(absorbed => absorbed.Id.Value)],
            Retracted = RulingRecord.Of(deal.Retracted),
            PartOf = TieRecord.Of(deal.Whole),
            Parts = deal.Parts.IsEmpty ? null : [.. deal.Parts.Select(part => TieRecord.Of(part)!)],
            CoveredBy = TieRecord.Of(deal.CoveredBy),
            Covers = deal.Covers.IsEmpty ? null : [.. deal.Covers.Select(covered => TieRecord.Of(covered)!)],
            DistinctFrom = deal.Distinct.IsEmpty ? null : [.. deal.Distinct.Select(other => TieRecord.Of(other)!)],
            Tags = deal.Tags.Any() ? [.. deal.Tags.Select(TagRecord.Of)] : null,
        };
    }
}

/// <param name="Series">"b", "seed", "pre-ipo"; null where none is named.</param>
public sealed record RoundRecord(string AsWritten, string? Series, string? Modifier, Instrument? Instrument);

/// <param name="Existing">The source says that it had invested in the company before.</param>
public sealed record InvestorRecord(string Id, string Name, InvestorRole Role, bool Existing)
{
    internal static InvestorRecord Of(PartyName name, ClaimValue.Investor investor) => new(name.Id, name.Name, investor.Role, investor.Existing);
}

/// <summary>Investors whom the source describes and does not name.</summary>
public sealed record UnnamedInvestors(string AsWritten, InvestorRole Role);

/// <summary>An interval of money, in whole units of the currency.</summary>
/// <param name="Low">Null where there is no lower bound.</param>
/// <param name="High">Null where there is no upper bound; of an order of magnitude it is itself left out.</param>
/// <param name="UsdAsReported">The dollars that the source itself gives beside another currency; never computed.</param>
public sealed record AmountRecord(AmountQualifier Qualifier, string? Currency, decimal? Low, decimal? High, string? AsWritten, UsdRecord? UsdAsReported)
{
    /// <summary>The dollars that it comes to by reference rates; left out of dollars, and where no rate of the deal's time is known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ComputedUsdRecord? ComputedUsd { get; init; }

    /// <summary>The rate at which the source must have reckoned; left out where it gives no dollars beside another currency.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImpliedRateRecord? ImpliedRate { get; init; }

    internal static AmountRecord Of(Deal deal, DollarRates rates)
    {
        var usd = deal.Claim(Field.UsdAsReported)?.Claim;
        return new AmountRecord(deal.Amount.Qualifier, deal.Amount.Currency?.Code, deal.Amount.Low, deal.Amount.High,
            deal.Claim(Field.Amount)?.Claim.AsWritten,
            usd?.Value is ClaimValue.UsdAsReported v ? new UsdRecord(v.Amount.Qualifier, v.Amount.Low, v.Amount.High, usd.AsWritten) : null)
        {
            ComputedUsd = ComputedUsdRecord.Of(deal, rates),
            ImpliedRate = ImpliedRateRecord.Of(deal, rates),
        };
    }
}

public sealed record UsdRecord(AmountQualifier Qualifier, decimal? Low, decimal? High, string AsWritten);

public sealed record ValuationRecord(AmountQualifier Qualifier, string? Currency, decimal? Low, decimal? High, string AsWritten, ValuationBasis Basis)
{
    internal static ValuationRecord Of(ClaimValue.Valuation value, string asWritten) =>
        new(value.Amount.Qualifier, value.Amount.Currency?.Code, value.Amount.Low, value.Amount.High, asWritten, value.Basis);
}

/// <param name="Date">As precisely as the source says: 2020-04-03, 2020-04, 2020-Q2, 2020, XXXX-04-03 or XXXX-04; null where unknown.</param>
public sealed record WhenRecord(string? Date, Precision Precision, string? AsWritten)
{
    public static readonly WhenRecord Unknown = new(null, Precision.Unknown, null);

    internal static WhenRecord Of(When when, string? asWritten) =>
        new(when.Precision == Precision.Unknown ? null : when.ToString(), when.Precision, asWritten);

    internal static WhenRecord? Of<TValue>(Deal deal, Field field, Func<TValue, When> when) where TValue : ClaimValue =>
        deal.Claim(field)?.Claim is { Value: TValue value } claim ? Of(when(value), claim.AsWritten) : null;
}
