using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Deals;

/// <summary>What a deal is told from others by.</summary>
/// <param name="Usd">The dollars that the source gives beside another currency; null where it gives none.</param>
/// <param name="Announced">When it was announced or done.</param>
/// <param name="Investors">Those that are named.</param>
/// <param name="Sources">The articles that tell of it.</param>
public sealed record DealSketch(
    DealId Id, DealKind Kind, ClaimValue.Round? Round, Amount Amount, Amount? Usd, When Announced, ImmutableHashSet<PartyId> Investors, ImmutableHashSet<ArticleId> Sources)
{
    /// <summary>The deal that it is a part of; null where it is of none.</summary>
    public DealId? Whole { get; init; }

    /// <summary>The aggregate that sums it up.</summary>
    public DealId? CoveredBy { get; init; }

    /// <summary>The deals that an editor has said it is another one than.</summary>
    public ImmutableHashSet<DealId> Distinct { get; init; } = [];

    /// <summary>Null where nothing says what sort of deal it is.</summary>
    public static DealSketch? Of(Deal deal) => deal.Kind is not { } kind ? null
        : new(deal.Id, kind, deal.Value<ClaimValue.Round>(Field.Round), deal.Amount, deal.Value<ClaimValue.UsdAsReported>(Field.UsdAsReported)?.Amount,
            deal.Value<ClaimValue.Announced>(Field.Announced)?.When ?? When.Unknown, [.. deal.Investors.Select(investor => investor.Party).OfType<PartyId>()], [.. deal.Sources])
        {
            Whole = deal.Whole?.Deal,
            CoveredBy = deal.CoveredBy?.Deal,
            Distinct = [.. deal.Distinct.Select(other => other.Deal)],
        };

    /// <summary>The deal as it goes, and then, where that is contested, as each of its articles tells it.</summary>
    public static IEnumerable<DealSketch> Sides(Deal deal)
    {
        if (Of(deal) is not { } own)
            return [];
        return deal.Claims.Where(claim => claim.Stands).GroupBy(claim => claim.Source).Select(article =>
        {
            var raised = Told<ClaimValue.Raised>(article);
            return own with
            {
                Round = Told<ClaimValue.Round>(article) ?? own.Round,
                Amount = raised?.Amount ?? own.Amount,
                // The dollars of one article say nothing of the sum that another one gives.
                Usd = raised is null ? own.Usd : Told<ClaimValue.UsdAsReported>(article)?.Amount,
                Announced = Told<ClaimValue.Announced>(article)?.When ?? own.Announced,
            };
        }).Prepend(own).Distinct();

        static TValue? Told<TValue>(IEnumerable<RecordedClaim> claims) where TValue : ClaimValue => claims.Select(claim => claim.Claim.Value).OfType<TValue>().LastOrDefault();
    }

    /// <summary>
    /// Whether an editor has said that the two are not one: in so many words, or since one is a part of the other or summed up by it, or both
    /// are of the same third.
    /// </summary>
    public bool IsTiedTo(DealSketch other) =>
        Distinct.Contains(other.Id) || other.Distinct.Contains(Id)
        || Whole == other.Id || other.Whole == Id || CoveredBy == other.Id || other.CoveredBy == Id
        || Whole is not null && Whole == other.Whole || CoveredBy is not null && CoveredBy == other.CoveredBy;
}
