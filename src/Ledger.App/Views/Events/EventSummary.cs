using System.Collections.Immutable;
using System.Globalization;
using Ledger.App.Views.Deals;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Rates;
using Ledger.Domain.Sources;
using Ledger.Domain.Values;
using Ledger.Domain.Watchlists;

namespace Ledger.App.Views.Events;

/// <summary>What an event says, in one line for a list of events.</summary>
internal static class EventSummary
{
    private const int ClaimsMax = 3;

    public static string Of(object happened) => happened switch
    {
        ArticleEvent.ArticleRecorded e => $"{e.FileName ?? "text"}, {e.Length} characters",
        ArticleEvent.ArticleDescribed e => string.Join(", ", new[] { e.Description.Title, e.Description.Publisher, e.Description.Author }.OfType<string>()),
        ArticleEvent.ArticleClaimed e => Claims(e.Claims),
        PartyEvent.PartyRegistered e => e.Name,
        PartyEvent.PartyAliasAdded e => e.Name,
        PartyEvent.PartyDescribed e => Claims(e.Claims),
        PartyEvent.PartyAliasRemoved e => $"{e.Name}: {e.Reason}",
        PartyEvent.PartyRenamed e => $"{e.Name}: {e.Reason}",
        PartyEvent.PartyAffiliated e => $"{Shown.Value(e.Affiliation, "")}: {e.Reason}",
        PartyEvent.PartyAffiliationEnded e => $"no more {Shown.Words(e.Value)} {e.With}".TrimEnd() + $": {e.Reason}",
        PartyEvent.PartyAffiliationRestored e => $"claim {e.Claim} counts again",
        PartyEvent.PartyMerged e => $"the same as {e.Into}: {e.Reason}",
        PartyEvent.PartyUnmerged e => $"not the same as {e.From}: {e.Reason}",
        PartyEvent.PartyAbsorbed e => $"the same as {e.Party}: {e.Reason}",
        PartyEvent.PartyReleased e => $"not the same as {e.Party}: {e.Reason}",
        DealEvent.DealAnnounced e => Claims(e.Claims),
        DealEvent.DealCorroborated e => Claims(e.Claims),
        SourceEvent.SourceRanked e => $"{e.Name} ranked {e.Rank}: {e.Reason}",
        BulkEvent.BulkMade e => $"{Shown.Count(e.Changes, "change")}{(e.Undoes is { } undone ? $", which undo {undone}" : "")}: {e.Reason}",
        BulkEvent.BulkTouched e => Shown.Count(e.Deals.Length, "deal"),
        RatesEvent.ReferenceRatesPublished e => $"{e.Source}, {Shown.Date(e.Day)}: {Rates(e.PerEuro)}",
        RatesEvent.ReferenceRatesCorrected e => $"{Rates(e.PerEuro)}: {e.Reason}",
        BulkEvent.BulkUndone e => $"undone by {e.By}",
        WatchlistEvent.WatchlistDefined e => $"{e.Name}: {e.Rule}",
        WatchlistEvent.WatchlistRuleChanged e => $"{e.Rule}: {e.Reason}",
        WatchlistEvent.WatchlistRenamed e => $"{e.Name}: {e.Reason}",
        WatchlistEvent.WatchlistMemberPinned e => $"{e.Party}: {e.Reason}",
        WatchlistEvent.WatchlistMemberExcluded e => $"{e.Party}: {e.Reason}",
        WatchlistEvent.WatchlistMemberReleased e => $"{e.Party}: {e.Reason}",
        WatchlistEvent.WatchlistMembersJoined e => Members(e.Members),
        WatchlistEvent.WatchlistMembersLeft e => Members(e.Members),
        WatchlistEvent.WatchlistDeleted e => e.Reason.Text,
        DealEvent e => Told.Of(e, Deal.Unknown(new DealId("unknown"))) + (Told.Why(e) is { } why ? $": {why}" : ""),
        _ => "",
    };

    /// <summary>The claims that tell most come first: whose, how far, how much.</summary>
    private static string Claims(IReadOnlyCollection<Claim> claims)
    {
        var shown = claims.OrderBy(claim => Rank(claim.Value)).Take(ClaimsMax).Select(claim => Shown.Value(claim.Value, claim.AsWritten));
        var rest = claims.Count - ClaimsMax;
        return string.Join("; ", shown) + (rest > 0 ? $"; and {rest} more" : "");
    }

    private static string Members(ImmutableArray<MemberChange> members) =>
        string.Join(", ", members.Take(ClaimsMax).Select(member => member.Party.Value)) + (members.Length > ClaimsMax ? $" and {members.Length - ClaimsMax} more" : "");

    /// <summary>The dollar first, since all others are reckoned through it.</summary>
    private static string Rates(ImmutableSortedDictionary<string, decimal> perEuro)
    {
        var shown = perEuro.OrderBy(rate => rate.Key != Currency.Usd.Code).ThenBy(rate => rate.Key, StringComparer.Ordinal).Take(ClaimsMax).Select(rate => $"{rate.Key} {rate.Value.ToString(CultureInfo.InvariantCulture)}");
        return $"{string.Join(", ", shown)}{(perEuro.Count > ClaimsMax ? $" and {perEuro.Count - ClaimsMax} more" : "")} for a euro";
    }

    private static int Rank(ClaimValue value) => value switch
    {
        ClaimValue.Company => 0,
        ClaimValue.Round => 1,
        ClaimValue.Raised => 2,
        ClaimValue.Status => 3,
        _ => 4,
    };
}
