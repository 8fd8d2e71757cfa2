using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Deals;

/// <summary>
/// What commands about two deals come to. Events stand in the order in which they are to be recorded: what takes a sum out of
/// the totals comes before what puts one in, so that no moment counts money twice.
/// </summary>
public static class TieDecisions
{
    /// <param name="deal">The part, the deal that is covered, or the one that is merged.</param>
    /// <param name="other">The whole, the aggregate, or the one that it is merged into.</param>
    /// <param name="command">What is wanted.</param>
    /// <param name="root">The party that one is known to be by now; itself where nothing is known.</param>
    public static Decision<DealFact> Decide(Deal deal, Deal other, TieCommand command, Func<PartyId, PartyId>? root = null)
    {
        if (!deal.IsKnown || !other.IsKnown)
            return Refuse("deal-unknown", $"Deal {(deal.IsKnown ? other : deal).Id} is not recorded.", isOfInput: true);
        if (deal.Id == other.Id)
            return Refuse("same-deal", $"Deal {deal.Id} is named twice; two deals are expected.", isOfInput: true);
        return command switch
        {
            TieCommand.Join c => Join(deal, other, c, root),
            TieCommand.Leave when deal.Whole?.Deal != other.Id => Decision<DealFact>.Nothing,
            TieCommand.Leave c => Record(new(deal.Id, new DealEvent.DealPartLeft(other.Id, c.Reason)), new(other.Id, new DealEvent.DealWholeLeft(deal.Id, c.Reason))),
            TieCommand.Cover c => Cover(deal, other, c, root),
            TieCommand.Uncover when deal.CoveredBy?.Deal != other.Id => Decision<DealFact>.Nothing,
            TieCommand.Uncover c => Record(new(deal.Id, new DealEvent.DealUncovered(other.Id, c.Reason)), new(other.Id, new DealEvent.DealCoverLost(deal.Id, c.Reason))),
            TieCommand.Merge c => Merge(deal, other, c),
            TieCommand.Unmerge c => Unmerge(deal, other, c),
            TieCommand.Distinguish c => Distinguish(deal, other, c),
            TieCommand.EndDistinction c => EndDistinction(deal, other, c),
            _ => throw new InvalidOperationException($"Two deals know no command {command.GetType().Name}."),
        };
    }

    /// <summary>What a deal is to others, in words; null where it is nothing.</summary>
    public static string? TiesOf(Deal deal) => deal switch
    {
        { Whole: { } whole } => $"is part of {whole.Deal}",
        { Parts: [var part, ..] } => $"has {part.Deal} for a part",
        { CoveredBy: { } aggregate } => $"is covered by {aggregate.Deal}",
        { Covers: [var covered, ..] } => $"covers {covered.Deal}",
        _ => null,
    };

    private static Decision<DealFact> Join(Deal part, Deal whole, TieCommand.Join c, Func<PartyId, PartyId>? root)
    {
        if (part.Whole is { } already)
        {
            return already.Deal == whole.Id && already.As == c.As ? Decision<DealFact>.Nothing
                : Refuse("deal-tied", $"Deal {part.Id} is part of {already.Deal} already, as {DealDecisions.Word(already.As)}; end that first.");
        }
        if (!part.Parts.IsEmpty)
            return Refuse("deal-tied", $"Deal {part.Id} has parts itself, the first of them {part.Parts[0].Deal}; a part has none.");
        if (whole.Whole is { } above)
            return Refuse("deal-tied", $"Deal {whole.Id} is itself part of {above.Deal}; name that one.");
        if (part.Kind == DealKind.Aggregate || whole.Kind == DealKind.Aggregate)
            return Refuse("aggregate-has-no-parts", $"Deal {(part.Kind == DealKind.Aggregate ? part : whole).Id} is a sum over several deals, which covers others and is no part and no whole.");
        return Fit(part, whole, root) ?? Record(
            new(whole.Id, new DealEvent.DealWholeJoined(part.Id, c.As, c.Reason)), new(part.Id, new DealEvent.DealPartJoined(whole.Id, c.As, c.Reason)));
    }

    private static Decision<DealFact> Cover(Deal deal, Deal aggregate, TieCommand.Cover c, Func<PartyId, PartyId>? root)
    {
        if (deal.CoveredBy is { } already)
        {
            return already.Deal == aggregate.Id ? Decision<DealFact>.Nothing
                : Refuse("deal-tied", $"Deal {deal.Id} is covered by {already.Deal} already; end that first.");
        }
        if (aggregate.Kind != DealKind.Aggregate || deal.Kind == DealKind.Aggregate)
            return Refuse("not-an-aggregate", $"Deal {aggregate.Id} is to cover {deal.Id}: an aggregate covers deals that are none.");
        if (deal.Whole is { } whole)
            return Refuse("deal-tied", $"Deal {deal.Id} is part of {whole.Deal}; the whole can be covered.");
        if (Fit(deal, aggregate, root) is { } refused)
            return refused;
        var sum = Cover(aggregate, c.Covered.Add(deal)).Low;
        if (aggregate.Amount is { High: { } high, Currency: { } currency } amount && (amount.Qualifier == AmountQualifier.OrderOfMagnitude ? sum >= high : sum > high))
            return Refuse("does-not-fit", $"Deal {deal.Id} does not fit into {aggregate.Id}: with it the deals covered come to at least {currency} {sum}, and the aggregate to at most {currency} {high}.");
        return Record(new(aggregate.Id, new DealEvent.DealCoverGained(deal.Id, c.Reason)), new(deal.Id, new DealEvent.DealCovered(aggregate.Id, c.Reason)));
    }

    /// <summary>What deals come to in another one's currency; amounts that are undisclosed, or in other currencies, say nothing of it.</summary>
    /// <returns>The least; the most, or null where one of the amounts has no upper bound or is left out.</returns>
    public static (decimal Low, decimal? High, int LeftOut) Cover(Deal whole, IEnumerable<Deal> parts)
    {
        var (low, high, leftOut) = (0m, (decimal?)0m, 0);
        foreach (var amount in parts.Select(part => part.Amount))
        {
            if (amount.Currency != whole.Amount.Currency || amount.Currency is null)
                leftOut++;
            else
                (low, high) = (low + (amount.Low ?? 0), high + amount.High);
        }
        return (low, leftOut > 0 ? null : high, leftOut);
    }

    private static Decision<DealFact> Merge(Deal deal, Deal into, TieCommand.Merge c)
    {
        if (deal.MergedInto is { } already)
        {
            return already.Deal == into.Id ? Decision<DealFact>.Nothing
                : Refuse("deal-merged", $"Deal {deal.Id} was merged into {already.Deal} already; undo that first.");
        }
        if (into.MergedInto is { } further)
            return Refuse("deal-merged", $"Deal {into.Id} was itself merged into {further.Deal}; merge into that one.");
        if (deal.Retracted is not null || into.Retracted is not null)
            return Refuse("deal-retracted", $"Deal {(deal.Retracted is not null ? deal : into).Id} was retracted; reinstate it first.");
        if (TiesOf(deal) is { } tie)
            return Refuse("deal-tied", $"Deal {deal.Id} {tie}; end that first.");
        if (Distinction(deal, into) is { } distinct)
            return Refuse("deal-distinct", $"{distinct.Why.Cause.Author} has found that deal {deal.Id} is another one than {into.Id}, because: {distinct.Why.Reason} Undo that first.");
        return new Decision<DealFact>.Record(
        [
            new(deal.Id, new DealEvent.DealMerged(into.Id, c.Reason)), new(into.Id, new DealEvent.DealAbsorbed(deal.Id, c.Reason)),
            .. c.History.Select(past => new DealFact(into.Id, new DealEvent.DealEchoed(deal.Id, past.Happened, past.Cause))),
        ]);
    }

    private static Decision<DealFact> Unmerge(Deal deal, Deal from, TieCommand.Unmerge c)
    {
        if (deal.MergedInto?.Deal != from.Id)
            return Decision<DealFact>.Nothing;
        if (from.MergedInto is { } further)
            return Refuse("deal-merged", $"Deal {from.Id} was itself merged into {further.Deal}; undo that first.");
        return Record(new(from.Id, new DealEvent.DealReleased(deal.Id, c.Reason)), new(deal.Id, new DealEvent.DealUnmerged(from.Id, c.Reason)));
    }

    private static Decision<DealFact> Distinguish(Deal deal, Deal from, TieCommand.Distinguish c)
    {
        if (Merged(deal, from) is { } merged)
            return merged;
        return deal.IsDistinctFrom(from.Id) ? Decision<DealFact>.Nothing
            : Record(new(deal.Id, new DealEvent.DealDistinguished(from.Id, c.Reason)), new(from.Id, new DealEvent.DealDistinguished(deal.Id, c.Reason)));
    }

    private static Decision<DealFact> EndDistinction(Deal deal, Deal from, TieCommand.EndDistinction c)
    {
        if (!deal.IsDistinctFrom(from.Id))
        {
            return deal.WithAbsorbed().FirstOrDefault(one => one.IsDistinctFrom(from.Id)) is { } merged
                ? Refuse("deal-merged", $"Deal {merged.Id}, which was found to be another one than {from.Id}, was merged into {deal.Id}; undo that first.") : Decision<DealFact>.Nothing;
        }
        return Merged(deal, from) ?? Record(new(deal.Id, new DealEvent.DealDistinctionEnded(from.Id, c.Reason)), new(from.Id, new DealEvent.DealDistinctionEnded(deal.Id, c.Reason)));
    }

    /// <summary>What says that one of the deals which the first is made of is another one than one of those of the second; null where nothing does.</summary>
    private static Tie? Distinction(Deal deal, Deal into)
    {
        var ours = into.WithAbsorbed().Select(one => one.Id).ToHashSet();
        return deal.Distinct.FirstOrDefault(other => ours.Contains(other.Deal));
    }

    /// <summary>The refusal where one of them stands with another deal; null where both stand for themselves.</summary>
    private static Decision<DealFact>? Merged(Deal deal, Deal other) => (deal.MergedInto is null ? other : deal) is { MergedInto: { } into } one
        ? Refuse("deal-merged", $"Deal {one.Id} was merged into {into.Deal}; name that one.") : null;

    /// <summary>The refusal of deals that have nothing to do with each other; null where they may be tied.</summary>
    private static Decision<DealFact>? Fit(Deal deal, Deal other, Func<PartyId, PartyId>? root)
    {
        if (Merged(deal, other) is { } merged)
            return merged;
        foreach (var one in (Deal[])[deal, other])
        {
            if (one.Retracted is not null)
                return Refuse("deal-retracted", $"Deal {one.Id} was retracted; reinstate it first.");
        }
        return Company(deal) == Company(other) ? null
            : Refuse("companies-differ", $"Deal {deal.Id} is one of {deal.Company}, and {other.Id} one of {other.Company}.");

        PartyId? Company(Deal one) => one.Company is { } company && root is not null ? root(company) : one.Company;
    }

    private static Decision<DealFact> Record(params ImmutableArray<DealFact> facts) => new Decision<DealFact>.Record(facts);

    private static Decision<DealFact> Refuse(string type, string sentence, bool isOfInput = false) =>
        new Decision<DealFact>.Refuse(new Refusal(type, sentence, isOfInput));
}
