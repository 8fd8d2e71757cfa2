using Ledger.App.Views.Deals;
using Ledger.Domain.Claims;

namespace Ledger.App.Views.Evidence;

/// <summary>A passage of an article, and the claims that it carries.</summary>
/// <param name="Number">What the fields refer to it by, from 1.</param>
public sealed record CitedPassage(int Number, string Source, QuoteRecord Quote, IReadOnlyList<ClaimRecord> Claims);

/// <summary>A claim and the passages behind it.</summary>
/// <param name="Passages">More than one where several passages say the same.</param>
/// <param name="Chosen">Whether the field goes by it.</param>
public sealed record ClaimedValue(ClaimRecord Claim, IReadOnlyList<CitedPassage> Passages, bool Chosen);

/// <param name="Name">As in the API: <c>amount</c>, <c>investor</c>.</param>
/// <param name="Contested">Its claims cannot all be true.</param>
/// <param name="Values">Those that the field goes by come before the others that were claimed of the same.</param>
public sealed record ClaimedField(string Name, bool Contested, IReadOnlyList<ClaimedValue> Values);

/// <summary>Claims arranged for reading: by field, with each passage typeset once and referred to by its number.</summary>
public sealed record ClaimedFields(IReadOnlyList<ClaimedField> Fields, IReadOnlyList<CitedPassage> Passages)
{
    // What a reader asks first comes first; a field that is not named here comes after these.
    private static readonly string[] Order =
    [
        "company", "kind", "round", "amount", "usdAsReported", "valuation", "status", "announced", "period", "investor",
        "othersUndisclosed", "useOfProceeds", "founded", "sector", "place", "investorKind", "affiliation", "backer", "reportedBy",
    ];

    /// <param name="claims">All claims about one deal or party.</param>
    /// <param name="contested">The names of its contested fields.</param>
    public static ClaimedFields Of(IReadOnlyList<ClaimRecord> claims, IReadOnlyCollection<string> contested)
    {
        CitedPassage[] passages =
        [
            .. claims.GroupBy(claim => (claim.Source, claim.Quote)).GroupBy(passage => passage.Key.Source)
                .SelectMany(source => source.OrderBy(passage => passage.Key.Quote.Start).ThenBy(passage => passage.Key.Quote.Text.Length))
                .Select((passage, index) => new CitedPassage(index + 1, passage.Key.Source, passage.Key.Quote, [.. passage])),
        ];
        var byPlace = passages.ToDictionary(passage => (passage.Source, passage.Quote));
        var fields = claims.GroupBy(claim => claim.Field.Split('/')[0])
            .OrderBy(field => Rank(field.Key))
            .Select(field => new ClaimedField(field.Key, contested.Contains(field.Key), [.. field.GroupBy(claim => claim.Field).SelectMany(slot => Values(slot, byPlace))]));
        return new ClaimedFields([.. fields], passages);
    }

    /// <summary>Where a field stands among the others.</summary>
    public static int Rank(string field) => Array.IndexOf(Order, field) is >= 0 and var place ? place : Order.Length;

    /// <summary>The ids of the parties that claims name.</summary>
    public static IEnumerable<string> Parties(IEnumerable<ClaimRecord> claims) => claims.SelectMany(claim => Parties(claim.Value));

    public static IEnumerable<string> Parties(ClaimValue value) => value switch
    {
        ClaimValue.Company v => [v.Party.Value],
        ClaimValue.Investor { Party: { } party } => [party.Value],
        ClaimValue.Backer v => [v.Party.Value],
        ClaimValue.Affiliation { With: { } with } => [with.Value],
        _ => [],
    };

    private static IEnumerable<ClaimedValue> Values(IEnumerable<ClaimRecord> slot, Dictionary<(string, QuoteRecord), CitedPassage> passages) =>
        slot.GroupBy(claim => (claim.Value, claim.Standing))
            .Select(same => new ClaimedValue(
                same.FirstOrDefault(claim => claim.ChosenBy is not null) ?? same.FirstOrDefault(claim => claim.Current) ?? same.First(),
                [.. same.Select(claim => passages[(claim.Source, claim.Quote)]).Distinct().OrderBy(passage => passage.Number)],
                same.Any(claim => claim.Current)))
            .OrderByDescending(value => value.Chosen).ThenBy(value => value.Claim.Standing);
}
