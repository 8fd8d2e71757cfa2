using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Deals;

/// <summary>Something that somebody wants recorded of a deal. The set is closed.</summary>
public abstract record DealCommand
{
    private DealCommand() { }

    /// <summary>An article announces the deal, or says more of it.</summary>
    public sealed record Announce(ArticleId Source, ImmutableArray<Claim> Claims) : DealCommand;
}

/// <summary>What commands come to, given what is known of a deal. Pure: time and identity arrive with the command.</summary>
public static class DealDecisions
{
    /// <summary>An announcement must say whose deal it is, what sort, and how far it has come.</summary>
    private static readonly ImmutableArray<Field> Required = [Field.Company, Field.Kind, Field.Status];

    private static readonly ImmutableHashSet<Field> OfDeals =
    [
        .. Required, Field.Round, Field.Amount, Field.UsdAsReported, Field.Valuation, Field.Investor, Field.OthersUndisclosed,
        Field.Announced, Field.UseOfProceeds, Field.Period, Field.Sector, Field.Place, Field.ReportedBy,
    ];

    public static Decision<DealEvent> Decide(Deal deal, DealCommand command) => command switch
    {
        DealCommand.Announce announce => Announce(deal, announce),
        _ => throw new InvalidOperationException($"A deal knows no command {command.GetType().Name}."),
    };

    private static Decision<DealEvent> Announce(Deal deal, DealCommand.Announce announce)
    {
        if (announce.Claims.Misplaced(OfDeals, $"Deal {deal.Id}", "a-deal") is { } refusal)
            return new Decision<DealEvent>.Refuse(refusal);
        var news = deal.Claims.News(announce.Claims);
        if (news.IsEmpty)
            return deal.IsKnown ? Decision<DealEvent>.Nothing : Refuse("deal-without-claims", $"Deal {deal.Id}: the announcement claims nothing.");
        if (deal.IsKnown)
            return new Decision<DealEvent>.Record([new DealEvent.DealCorroborated(announce.Source, news)]);
        foreach (var field in Required)
        {
            if (!news.Any(claim => claim.Value.Slot.Field == field))
                return Refuse($"deal-without-{field.ToString().ToLowerInvariant()}", $"Deal {deal.Id}: no claim says its {field.ToString().ToLowerInvariant()}.");
        }
        return new Decision<DealEvent>.Record([new DealEvent.DealAnnounced(announce.Source, news)]);
    }

    private static Decision<DealEvent>.Refuse Refuse(string type, string sentence) => new(new Refusal(type, sentence, IsOfInput: true));
}
