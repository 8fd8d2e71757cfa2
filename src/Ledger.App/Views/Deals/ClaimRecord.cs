using System.Text.Json.Serialization;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;

namespace Ledger.App.Views.Deals;

/// <summary>One claim, whole.</summary>
/// <param name="Field">What it is claimed of; a party in it is the one that the named one is known to be.</param>
/// <param name="Value">What is claimed; of which field stands under <c>is</c>.</param>
/// <param name="Current">Whether it says what its field goes by.</param>
/// <param name="Source">The article.</param>
/// <param name="Standing">What it counts for: nothing where it was corrected or withdrawn.</param>
public sealed record ClaimRecord(
    string Id, string Field, ClaimValue Value, string AsWritten, QuoteRecord Quote, string Source, bool Current, Standing Standing,
    DateTimeOffset RecordedAt, string Author, long Position)
{
    /// <summary>Why its field goes by it: of the one claim that was chosen, where others say otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChosenBy? ChosenBy { get; init; }

    /// <summary>Who gave it its standing, and why; left out where it is normal.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RulingRecord? Decided { get; init; }

    /// <summary>The claim in its place; left out where there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CorrectedBy { get; init; }

    /// <summary>The claim that it was recorded to correct; left out where an announcement recorded it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Corrects { get; init; }

    /// <summary>The merged deal that it came from; left out of the deal's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FromDeal { get; init; }

    /// <summary>The rank of its source; left out where that is 0, as it is of sources that were given none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Rank { get; init; }

    internal static ClaimRecord Of(RecordedClaim claim, bool current, ChosenBy? by = null) => new(
        claim.Claim.Id.Value, claim.Claim.Value.Slot.ToString(), claim.Named ?? claim.Claim.Value, claim.Claim.AsWritten,
        new QuoteRecord(claim.Claim.Quote.Text, claim.Claim.Quote.Occurrence, claim.Claim.Quote.Start, claim.Claim.Quote.Line),
        claim.Source.Value, current, claim.Standing, claim.Cause.RecordedAt, claim.Cause.Author, claim.Cause.Position)
    {
        ChosenBy = by,
        Decided = RulingRecord.Of(claim.Standing switch
        {
            Standing.Withdrawn => claim.Withdrawn,
            Standing.Corrected => claim.Corrected!.Why,
            Standing.Preferred => claim.Preferred,
            _ => null,
        }),
        CorrectedBy = claim.Standing == Standing.Corrected ? claim.Corrected!.By.Value : null,
        Corrects = claim.Corrects?.Value,
        FromDeal = claim.Of?.Value,
        Rank = claim.Rank,
    };

    internal static IReadOnlyList<ClaimRecord> Of(Deal deal)
    {
        var choices = deal.Choices().ToDictionary(slot => slot.Key, slot => slot.Value);
        return
        [
            .. deal.Claims.Select(claim => claim.Stands && choices.TryGetValue(claim.Claim.Value.Slot, out var choice) && choice.Claim.Claim.Value == claim.Claim.Value
                ? Of(claim, true, choice.Claim.Claim.Id == claim.Claim.Id && choice.By != Ledger.Domain.Claims.ChosenBy.Agreement ? choice.By : null)
                : Of(claim, false)),
        ];
    }
}

/// <param name="Occurrence">Which of the places in the article where the same words stand, counted from 1.</param>
/// <param name="Start">Offset of the first character in the article, in UTF-16 code units from 0.</param>
/// <param name="Line">Of a row of an imported table: its line, counted from 1; left out of prose.</param>
public sealed record QuoteRecord(
    string Text, int Occurrence, int Start, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Line = null);
