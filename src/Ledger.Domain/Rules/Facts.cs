using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Rates;
using Ledger.Domain.Values;

namespace Ledger.Domain.Rules;

/// <summary>What a party is itself, as far as rules ask: of one that stands for itself, with what is recorded of those merged into it.</summary>
/// <param name="Places">By their keys: <see cref="NameKey"/>.</param>
public sealed record PartyTraits(PartyId Id, IReadOnlyList<string> Kinds, IReadOnlyList<string> Sectors, IReadOnlyList<string> Places, IReadOnlyList<AffiliationFact> Affiliations)
{
    /// <summary>Of whom nothing is asked, or nothing is recorded.</summary>
    public static PartyTraits Only(PartyId id) => new(id, [], [], [], []);

    public static PartyTraits Of(Party party) => new(
        party.Id, [.. party.Values<ClaimValue.InvestorKind>().Select(kind => kind.Slug)], [.. party.Values<ClaimValue.Sector>().Select(sector => sector.Slug)],
        [.. party.Values<ClaimValue.Place>().Select(place => NameKey.Of(place.Name))], [.. party.Affiliations.Select(affiliation => new AffiliationFact(affiliation.Value, affiliation.With))]);
}

/// <param name="With">Null where nobody is named.</param>
public readonly record struct AffiliationFact(AffiliationKind Is, PartyId? With);

/// <summary>An investor of a deal, or of a company in no deal that is named.</summary>
/// <param name="Role">By its name: lead, participant or backer.</param>
public readonly record struct HolderFact(PartyTraits Party, string Role);

/// <summary>A sum as an interval.</summary>
/// <param name="Low">Null where there is no lower bound.</param>
/// <param name="High">Null where there is no upper bound.</param>
/// <param name="Below">The upper bound is itself left out.</param>
public sealed record SumFact(Currency Currency, decimal? Low, decimal? High, bool Below)
{
    public static SumFact? Of(Amount? amount) => amount?.Currency is not { } currency ? null
        : new SumFact(currency, amount.Low, amount.High, amount.Qualifier == AmountQualifier.OrderOfMagnitude);

    /// <summary>The same without a word on its upper bound, which views keep of amounts as announced only.</summary>
    public static SumFact? Closed(Amount? amount) => Of(amount) is { } sum ? sum with { Below = false } : null;

    /// <summary>Whether the sum can be so much.</summary>
    public bool CanBe(Comparison by, decimal figure) => by switch
    {
        Comparison.Less => Low is null || Low < figure,
        Comparison.AtMost => Low is null || Low <= figure,
        Comparison.More => High is null || High > figure,
        Comparison.AtLeast => High is null || High > figure || High == figure && !Below,
        _ => CanBe(Comparison.AtMost, figure) && CanBe(Comparison.AtLeast, figure),
    };
}

/// <summary>What a deal says, as far as rules ask, its parties followed to those that they are known to be. Names are as they are written in tables.</summary>
public sealed class DealFacts
{
    public required DealId Id { get; init; }

    public required PartyTraits Company { get; init; }

    public IReadOnlyList<HolderFact> Investors { get; init; } = [];

    public required string Kind { get; init; }

    public required string Status { get; init; }

    /// <summary>The last day on which its status can have begun: see <see cref="EffectiveDeal.StatusSince"/>.</summary>
    public required DateOnly StatusSince { get; init; }

    public string? Series { get; init; }

    public string? Instrument { get; init; }

    /// <summary>In the currency as announced; null where it is undisclosed.</summary>
    public SumFact? Amount { get; init; }

    /// <summary>Where the amount is in another currency: as the source gives it in dollars, or else by reference rates; null where neither is known.</summary>
    public SumFact? Dollars { get; init; }

    public SumFact? Valuation { get; init; }

    /// <summary>The days that it can have been announced on, the last one included; null where no year is known.</summary>
    public (DateOnly From, DateOnly To)? Announced { get; init; }

    public IReadOnlyList<string> Sectors { get; init; } = [];

    /// <summary>By their keys: <see cref="NameKey"/>.</summary>
    public IReadOnlyList<string> Places { get; init; } = [];

    /// <summary>Whether the sum counts as money raised.</summary>
    public bool Counts { get; init; }

    /// <summary>The fields that are contested.</summary>
    public IReadOnlyList<string> Contested { get; init; } = [];

    /// <param name="deal">That is listed, with its parties followed.</param>
    /// <param name="traits">What a party is.</param>
    /// <param name="rate">What a dollar cost at a time; null where that is not known.</param>
    public static DealFacts Of(Deal deal, Func<PartyId, PartyTraits> traits, Func<Currency, When, DollarRate?> rate)
    {
        var round = deal.Value<ClaimValue.Round>(Field.Round);
        var when = deal.Value<ClaimValue.Announced>(Field.Announced)?.When ?? When.Unknown;
        var amount = SumFact.Of(deal.Amount);
        return new DealFacts
        {
            Id = deal.Id,
            Company = traits(deal.Company!.Value),
            Investors = [.. deal.Investors.Where(investor => investor.Party is not null).Select(investor => new HolderFact(traits(investor.Party!.Value), RuleFields.Name(investor.Role)))],
            Kind = RuleFields.Name(deal.Kind!.Value),
            Status = RuleFields.Name(deal.Status!.Value),
            StatusSince = deal.StatusSince(),
            Series = round?.Series,
            Instrument = round?.Instrument is { } instrument ? RuleFields.Name(instrument) : null,
            Amount = amount,
            Dollars = SumFact.Closed(deal.Value<ClaimValue.UsdAsReported>(Field.UsdAsReported)?.Amount) ?? Converted(amount, amount is { } sum ? rate(sum.Currency, when) : null),
            Valuation = SumFact.Closed(deal.Value<ClaimValue.Valuation>(Field.Valuation)?.Amount),
            Announced = when is { From: { } from, To: { } to } ? (from, to) : null,
            Sectors = [.. deal.Sectors],
            Places = [.. deal.Places.Select(NameKey.Of)],
            Counts = deal.Counts,
            Contested = [.. deal.Contested.Select(RuleFields.Name)],
        };
    }

    /// <summary>A sum of another currency in dollars; null where no rate is known, and of dollars themselves.</summary>
    public static SumFact? Converted(SumFact? amount, DollarRate? rate)
    {
        if (amount is not { } sum || rate is null || sum.Currency == Currency.Usd)
            return null;
        var (low, high) = rate.Dollars(sum.Low, sum.High);
        return new SumFact(Currency.Usd, low, high, sum.Below);
    }
}

/// <summary>What is recorded of a company, or of an investor, as far as rules ask.</summary>
/// <param name="Deals">Of a company its own; of an investor those that it is in. Only those that are listed.</param>
/// <param name="Others">Who backs the company in no deal that is named; whom the investor backs so.</param>
public sealed record PartyFacts(PartyTraits Party, IReadOnlyList<DealFacts> Deals, IReadOnlyList<PartyTraits> Others)
{
    /// <summary>
    /// In place of the deals, of how many of them each of the <see cref="CountedDeals"/> holds by which the matcher counts that is asked: along a long
    /// history counting costs less than looking at all of them again and again. Null where the deals are there.
    /// </summary>
    public int[]? Counts { get; init; }

    /// <summary>Whether the same party is there with its deals counted, too, so that rules that count need not be asked again.</summary>
    public bool IsBesideCounts { get; init; }
}
