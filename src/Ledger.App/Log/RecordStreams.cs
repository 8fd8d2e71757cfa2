using Ledger.Domain.Articles;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Rates;
using Ledger.Domain.Watchlists;
using Ledger.EventStore;

namespace Ledger.App.Log;

/// <summary>How the streams of the record are folded: whatever reads it is made of these states.</summary>
public static class RecordStreams
{
    public static StreamFold<Deal> Deals { get; } = new("deal-", stream => Deal.Unknown(StoredEvents.DealOf(stream)),
        (deal, e) => deal.Evolve((DealEvent)e.Data, StoredEvents.CauseOf(e)));

    public static StreamFold<Party> Parties { get; } = new("party-", stream => Party.Unknown(StoredEvents.PartyOf(stream)),
        (party, e) => party.Evolve((PartyEvent)e.Data, StoredEvents.CauseOf(e)));

    public static StreamFold<Article> Articles { get; } = new("article-", stream => Article.Unknown(StoredEvents.ArticleOf(stream)),
        (article, e) => article.Evolve((ArticleEvent)e.Data, StoredEvents.CauseOf(e)));

    public static StreamFold<ReferenceRates> Rates { get; } = new("rates-", _ => ReferenceRates.Unknown,
        (rates, e) => rates.Evolve((RatesEvent)e.Data, StoredEvents.CauseOf(e)));

    public static StreamFold<Watchlist> Watchlists { get; } = new(StoredEvents.Watchlists, stream => Watchlist.Unknown(StoredEvents.WatchlistOf(stream)),
        (list, e) => list.Evolve((WatchlistEvent)e.Data, StoredEvents.CauseOf(e)));
}
