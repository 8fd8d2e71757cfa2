using System.Collections.Immutable;
using Ledger.App.Intake.Announce;
using Ledger.App.Log;
using Ledger.Domain.Articles;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Deals;

/// <summary>
/// The streams that commands touch, loaded once, decided on in memory: a later command sees what an earlier one decided
/// before anything is recorded.
/// </summary>
internal sealed class Workspace(EventLog log)
{
    private readonly HashSet<string> _loaded = [];
    private readonly Dictionary<string, Article> _articles = [];
    private readonly Dictionary<string, Party> _parties = [];
    private readonly Dictionary<string, Deal> _deals = [];

    /// <summary>What was decided since the last append was taken, by stream, in the order of the first event of each.</summary>
    private readonly OrderedDictionary<string, (long ExpectedVersion, List<object> Events)> _decided = [];

    public async Task Decide(Announcement announcement, CancellationToken cancel)
    {
        var where = announcement.Where;
        var article = announcement.Article;
        await Load(announcement, cancel);
        Decide(where, article.Id, new ArticleCommand.Record(article.Sha256, article.Text.ToString().Length, article.FileName));
        // A bare article says nothing of itself; it does not take away what an earlier announcement said of it.
        if (announcement.Description != ArticleDescription.Empty)
            Decide(where, article.Id, new ArticleCommand.Describe(announcement.Description));
        if (announcement.Figures.Length > 0)
            Decide(where, article.Id, new ArticleCommand.ClaimFigures(announcement.Figures));
        foreach (var party in announcement.Parties)
            Decide(party.Where, party.Id, party.Register);
        foreach (var reference in announcement.References())
        {
            if (!Known(reference).IsKnown)
                throw new RefusedException(where, new Refusal("party-unknown", $"Party {reference} is claimed but not registered.", IsOfInput: true));
        }
        foreach (var party in announcement.Parties.Where(party => party.Claims.Length > 0))
            Decide(party.Where, party.Id, new PartyCommand.Describe(article.Id, party.Claims));
        foreach (var deal in announcement.Deals)
            Decide(deal.Where, deal.Id, deal.Command);
    }

    /// <summary>What was decided since the last call, as one append; null where there is nothing to record.</summary>
    public Append? TakeAppend(string author)
    {
        if (_decided.Count == 0)
            return null;
        var append = new Append(author,
        [
            .. _decided.Select(stream => new StreamAppend(stream.Key, stream.Value.ExpectedVersion,
                [.. stream.Value.Events.Select(data => new NewEvent(Guid.CreateVersion7(), data))])),
        ]);
        _decided.Clear();
        return append;
    }

    /// <summary>Loads every stream that the announcement touches and that is not loaded yet, in one round trip.</summary>
    private async Task Load(Announcement announcement, CancellationToken cancel)
    {
        var streams = announcement.Parties.Select(party => party.Id).Concat(announcement.References()).Select(StoredEvents.StreamOf)
            .Concat(announcement.Deals.Select(deal => StoredEvents.StreamOf(deal.Id)))
            .Append(StoredEvents.StreamOf(announcement.Article.Id))
            .Where(_loaded.Add).ToList();
        if (streams.Count == 0)
            return;
        foreach (var e in await log.ReadStreams(streams, cancel: cancel))
        {
            var cause = StoredEvents.CauseOf(e);
            switch (e.Data)
            {
                case ArticleEvent happened:
                    _articles[e.Stream] = _articles.GetValueOrDefault(e.Stream, Article.Unknown(StoredEvents.ArticleOf(e))).Evolve(happened, cause);
                    break;
                case PartyEvent happened:
                    _parties[e.Stream] = _parties.GetValueOrDefault(e.Stream, Party.Unknown(StoredEvents.PartyOf(e))).Evolve(happened, cause);
                    break;
                case DealEvent happened:
                    _deals[e.Stream] = _deals.GetValueOrDefault(e.Stream, Deal.Unknown(StoredEvents.DealOf(e))).Evolve(happened, cause);
                    break;
                default:
                    throw new InvalidOperationException($"Stream {e.Stream} holds a {e.Type}, which is no event of a deal, a party or an article.");
            }
        }
    }

    private void Decide(string where, ArticleId id, ArticleCommand command)
    {
        var stream = StoredEvents.StreamOf(id);
        var article = _articles.GetValueOrDefault(stream, Article.Unknown(id));
        _articles[stream] = Take(where, stream, article, article.Version, ArticleDecisions.Decide(article, command), (state, e, cause) => state.Evolve(e, cause));
    }

    private void Decide(string where, PartyId id, PartyCommand command)
    {
        var stream = StoredEvents.StreamOf(id);
        var party = Known(id);
        _parties[stream] = Take(where, stream, party, party.Version, PartyDecisions.Decide(party, command), (state, e, cause) => state.Evolve(e, cause));
    }

    private void Decide(string where, DealId id, DealCommand command)
    {
        var stream = StoredEvents.StreamOf(id);
        var deal = _deals.GetValueOrDefault(stream, Deal.Unknown(id));
        _deals[stream] = Take(where, stream, deal, deal.Version, DealDecisions.Decide(deal, command), (state, e, cause) => state.Evolve(e, cause));
    }

    private Party Known(PartyId id) => _parties.GetValueOrDefault(StoredEvents.StreamOf(id), Party.Unknown(id));

    private TState Take<TState, TEvent>(
        string where, string stream, TState state, long version, Decision<TEvent> decision, Func<TState, TEvent, Cause, TState> evolve)
        where TEvent : notnull
    {
        if (decision is Decision<TEvent>.Refuse(var refusal))
            throw new RefusedException(where, refusal);
        foreach (var happened in decision is Decision<TEvent>.Record(var events) ? events : ImmutableArray<TEvent>.Empty)
        {
            if (!_decided.TryGetValue(stream, out var decided))
                _decided.Add(stream, decided = (version, []));
            decided.Events.Add(happened);
            // Position and time are the log's to give; a decision asks neither.
            state = evolve(state, happened, new Cause(0, ++version, DateTimeOffset.UnixEpoch, ""));
        }
        return state;
    }
}
