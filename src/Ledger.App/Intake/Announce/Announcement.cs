using System.Collections.Immutable;
using Ledger.App.Deals.Change;
using Ledger.App.Intake.RecordArticle;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;

namespace Ledger.App.Intake.Announce;

/// <summary>What one article announces, checked against its text: commands for the article, for parties and for deals.</summary>
/// <param name="Where">What refusals name: the file that was read.</param>
public sealed record Announcement(
    string Where,
    ArticleFile Article,
    ArticleDescription Description,
    ImmutableArray<Claim> Figures,
    ImmutableArray<PartyAnnouncement> Parties,
    ImmutableArray<DealAnnouncement> Deals)
{
    /// <summary>An article of which nothing else is known.</summary>
    public static Announcement Of(ArticleFile article) => new(article.FileName ?? article.Id.Value, article, ArticleDescription.Empty, [], [], []);

    /// <summary>Every party that a claim refers to.</summary>
    public IEnumerable<PartyId> References() =>
        References(Parties.SelectMany(party => party.Claims).Concat(Deals.SelectMany(deal => deal.Command.Claims)));

    /// <summary>Every party that one of the claims refers to.</summary>
    public static IEnumerable<PartyId> References(IEnumerable<Claim> claims) =>
        claims.Select(claim => claim.Value switch
            {
                ClaimValue.Company v => v.Party,
                ClaimValue.Investor v => v.Party,
                ClaimValue.Backer v => v.Party,
                ClaimValue.Affiliation v => v.With,
                _ => (PartyId?)null,
            })
            .OfType<PartyId>().Distinct();
}

/// <param name="Where">The file and the line.</param>
public sealed record PartyAnnouncement(PartyId Id, PartyCommand.Register Register, ImmutableArray<Claim> Claims, string Where);

/// <param name="Where">The file and the line.</param>
public sealed record DealAnnouncement(DealId Id, DealCommand.Announce Command, string Where)
{
    /// <summary>What the deal is to others, recorded together with it, so that its money is at no moment counted twice.</summary>
    public ImmutableArray<DealChangeRequest> Ties { get; init; } = [];
}
