using System.Security.Cryptography;
using System.Text;
using Ledger.Domain.Articles;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Rates;
using Ledger.Domain.Sources;
using Ledger.Domain.Values;
using Ledger.Domain.Watchlists;
using Ledger.EventStore;

namespace Ledger.App.Log;

/// <summary>
/// The names that events are stored under, and the streams they stand in. A contract with every ledger ever written:
/// names are only added, and none follows a class.
/// </summary>
public static class StoredEvents
{
    internal const string Articles = "article-";
    internal const string Parties = "party-";
    internal const string Deals = "deal-";
    internal const string Bulks = "bulk-";
    internal const string Rates = "rates-";
    internal const string Watchlists = "watchlist-";

    public static EventTypes Types { get; } = new EventTypes()
        .Add("article_recorded", StoredJson.TypeInfo<ArticleEvent.ArticleRecorded>)
        .Add("article_described", StoredJson.TypeInfo<ArticleEvent.ArticleDescribed>)
        .Add("article_claimed", StoredJson.TypeInfo<ArticleEvent.ArticleClaimed>)
        .Add("party_registered", StoredJson.TypeInfo<PartyEvent.PartyRegistered>)
        .Add("party_alias_added", StoredJson.TypeInfo<PartyEvent.PartyAliasAdded>)
        .Add("party_described", StoredJson.TypeInfo<PartyEvent.PartyDescribed>)
        .Add("party_alias_removed", StoredJson.TypeInfo<PartyEvent.PartyAliasRemoved>)
        .Add("party_renamed", StoredJson.TypeInfo<PartyEvent.PartyRenamed>)
        .Add("party_affiliated", StoredJson.TypeInfo<PartyEvent.PartyAffiliated>)
        .Add("party_affiliation_ended", StoredJson.TypeInfo<PartyEvent.PartyAffiliationEnded>)
        .Add("party_affiliation_restored", StoredJson.TypeInfo<PartyEvent.PartyAffiliationRestored>)
        .Add("party_merged", StoredJson.TypeInfo<PartyEvent.PartyMerged>)
        .Add("party_unmerged", StoredJson.TypeInfo<PartyEvent.PartyUnmerged>)
        .Add("party_absorbed", StoredJson.TypeInfo<PartyEvent.PartyAbsorbed>)
        .Add("party_released", StoredJson.TypeInfo<PartyEvent.PartyReleased>)
        .AddDeal<DealEvent.DealAnnounced>()
        .AddDeal<DealEvent.DealCorroborated>()
        .AddDeal<DealEvent.DealStatusAdvanced>()
        .AddDeal<DealEvent.DealClaimCorrected>()
        .AddDeal<DealEvent.DealClaimWithdrawn>()
        .AddDeal<DealEvent.DealClaimRestored>()
        .AddDeal<DealEvent.DealClaimPreferred>()
        .AddDeal<DealEvent.DealPreferenceEnded>()
        .AddDeal<DealEvent.DealPartJoined>()
        .AddDeal<DealEvent.DealPartLeft>()
        .AddDeal<DealEvent.DealWholeJoined>()
        .AddDeal<DealEvent.DealWholeLeft>()
        .AddDeal<DealEvent.DealCovered>()
        .AddDeal<DealEvent.DealUncovered>()
        .AddDeal<DealEvent.DealCoverGained>()
        .AddDeal<DealEvent.DealCoverLost>()
        .AddDeal<DealEvent.DealMerged>()
        .AddDeal<DealEvent.DealUnmerged>()
        .AddDeal<DealEvent.DealAbsorbed>()
        .AddDeal<DealEvent.DealReleased>()
        .AddDeal<DealEvent.DealEchoed>()
        .AddDeal<DealEvent.DealDistinguished>()
        .AddDeal<DealEvent.DealDistinctionEnded>()
        .AddDeal<DealEvent.DealRetracted>()
        .AddDeal<DealEvent.DealReinstated>()
        .AddDeal<DealEvent.DealTagged>()
        .AddDeal<DealEvent.DealUntagged>()
        .AddDeal<DealEvent.DealSourceRanked>()
        .Add("source_ranked", StoredJson.TypeInfo<SourceEvent.SourceRanked>)
        .Add("bulk_made", StoredJson.TypeInfo<BulkEvent.BulkMade>)
        .Add("bulk_touched", StoredJson.TypeInfo<BulkEvent.BulkTouched>)
        .Add("bulk_undone", StoredJson.TypeInfo<BulkEvent.BulkUndone>)
        .Add("reference_rates_published", StoredJson.TypeInfo<RatesEvent.ReferenceRatesPublished>)
        .Add("reference_rates_corrected", StoredJson.TypeInfo<RatesEvent.ReferenceRatesCorrected>)
        .Add("watchlist_defined", StoredJson.TypeInfo<WatchlistEvent.WatchlistDefined>)
        .Add("watchlist_rule_changed", StoredJson.TypeInfo<WatchlistEvent.WatchlistRuleChanged>)
        .Add("watchlist_renamed", StoredJson.TypeInfo<WatchlistEvent.WatchlistRenamed>)
        .Add("watchlist_member_pinned", StoredJson.TypeInfo<WatchlistEvent.WatchlistMemberPinned>)
        .Add("watchlist_member_excluded", StoredJson.TypeInfo<WatchlistEvent.WatchlistMemberExcluded>)
        .Add("watchlist_member_released", StoredJson.TypeInfo<WatchlistEvent.WatchlistMemberReleased>)
        .Add("watchlist_members_joined", StoredJson.TypeInfo<WatchlistEvent.WatchlistMembersJoined>)
        .Add("watchlist_members_left", StoredJson.TypeInfo<WatchlistEvent.WatchlistMembersLeft>)
        .Add("watchlist_deleted", StoredJson.TypeInfo<WatchlistEvent.WatchlistDeleted>);

    /// <summary>The names of all events that deals are folded from.</summary>
    public static IReadOnlyCollection<string> OfDeals { get; } = [.. DealEventNames.All.Values];

    public static string StreamOf(ArticleId id) => Articles + id.Value;

    public static string StreamOf(PartyId id) => Parties + id.Value;

    public static string StreamOf(DealId id) => Deals + id.Value;

    /// <summary>A source goes by its name in any case; names have letters that streams' ids should not.</summary>
    public static string StreamOfSource(string name) =>
        "source-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(NameKey.Of(name))))[..16];

    /// <summary>Of what one bank published of one day: <c>rates-ecb-2020-04-03</c>.</summary>
    public static string StreamOfRates(string source, DateOnly day) => $"{Rates}{source.ToLowerInvariant()}-{day:yyyy-MM-dd}";

    public static string StreamOf(WatchlistId id) => Watchlists + id.Value;

    public static WatchlistId WatchlistOf(string stream) => new(stream[Watchlists.Length..]);

    public static DealId DealOf(RecordedEvent e) => DealOf(e.Stream);

    public static DealId DealOf(string stream) => new(stream[Deals.Length..]);

    public static PartyId PartyOf(RecordedEvent e) => PartyOf(e.Stream);

    public static PartyId PartyOf(string stream) => new(stream[Parties.Length..]);

    public static ArticleId ArticleOf(RecordedEvent e) => ArticleOf(e.Stream);

    public static ArticleId ArticleOf(string stream) => new(stream[Articles.Length..]);

    /// <summary>What a stream is about: "article", "party", "deal" or what else there may be, and the id of it.</summary>
    public static (string Kind, string Id) SubjectOf(string stream)
    {
        var joint = stream.IndexOf('-', StringComparison.Ordinal);
        return joint < 0 ? (stream, "") : (stream[..joint], stream[(joint + 1)..]);
    }

    public static Cause CauseOf(RecordedEvent e) => new(e.Position, e.Version, e.RecordedAt, e.Author);

    private static EventTypes AddDeal<T>(this EventTypes types) where T : DealEvent => types.Add(DealEventNames.All[typeof(T)], StoredJson.TypeInfo<T>);
}
