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
    private readonly Dictionary<string, Article> _articles = [];
    private readonly Dictionary<string, Party> _parties = [];
    private readonly Dictionary<string, Deal> _deals = [];

    /// <summary>What was decided since the last append was taken, by stream, in the order of the first event of each.</summary>
    private readonly OrderedDictionary<string, (long ExpectedVersion, List<object> Events)> _decided = [];

    public async Task Decide(Announcement announcement, CancellationToken cancel)
    {
        var where = announcement.Where;
        var article = announcement.Article;
        await DecideArticle(where, article.Id, new ArticleCommand.Record(article.Sha256, article.Text.ToString().Length, article.FileName), cancel);
        // A bare article says nothing of itself; it does not take away what an earlier announcement said of it.
        if (announcement.Description != ArticleDescription.Empty)
            await DecideArticle(where, article.Id, new ArticleCommand.Describe(announcement.Description), cancel);
        if (announcement.Figures.Length > 0)
            await DecideArticle(where, article.Id, new ArticleCommand.ClaimFigures(announcement.Figures), cancel);
        foreach (var party in announcement.Parties)
            await DecideParty(where, party.Id, party.Register, cancel);
        foreach (var reference in announcement.References())
        {
            if (!(await LoadParty(reference, cancel)).IsKnown)
                throw new RefusedException(where, new Refusal("party-unknown", $"Party {reference} is claimed but not registered."));
        }
        foreach (var party in announcement.Parties.Where(party => party.Claims.Length > 0))
            await DecideParty(where, party.Id, new PartyCommand.Describe(article.Id, party.Claims), cancel);
        foreach (var deal in announcement.Deals)
            await DecideDeal(where, deal.Id, deal.Command, cancel);
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

    private async Task DecideArticle(string where, ArticleId id, ArticleCommand command, CancellationToken cancel)
    {
        var stream = StoredEvents.StreamOf(id);
        var article = await Load(_articles, stream, Article.Unknown(id), (Article state, ArticleEvent e, Cause cause) => state.Evolve(e, cause), cancel);
        _articles[stream] = Take(where, stream, article, article.Version, ArticleDecisions.Decide(article, command), (state, e, cause) => state.Evolve(e, cause));
    }

    private async Task DecideParty(string where, PartyId id, PartyCommand command, CancellationToken cancel)
    {
        var stream = StoredEvents.StreamOf(id);
        var party = await LoadParty(id, cancel);
        _parties[stream] = Take(where, stream, party, party.Version, PartyDecisions.Decide(party, command), (state, e, cause) => state.Evolve(e, cause));
    }

    private async Task DecideDeal(string where, DealId id, DealCommand command, CancellationToken cancel)
    {
        var stream = StoredEvents.StreamOf(id);
        var deal = await Load(_deals, stream, Deal.Unknown(id), (Deal state, DealEvent e, Cause cause) => state.Evolve(e, cause), cancel);
        _deals[stream] = Take(where, stream, deal, deal.Version, DealDecisions.Decide(deal, command), (state, e, cause) => state.Evolve(e, cause));
    }

    private Task<Party> LoadParty(PartyId id, CancellationToken cancel) =>
        Load(_parties, StoredEvents.StreamOf(id), Party.Unknown(id), (Party state, PartyEvent e, Cause cause) => state.Evolve(e, cause), cancel);

    private async Task<TState> Load<TState, TEvent>(
        Dictionary<string, TState> loaded, string stream, TState unknown, Func<TState, TEvent, Cause, TState> evolve, CancellationToken cancel)
    {
        if (loaded.TryGetValue(stream, out var state))
            return state;
        state = unknown;
        await foreach (var e in log.ReadStream(stream, cancel: cancel))
            state = evolve(state, (TEvent)e.Data, StoredEvents.CauseOf(e));
        return loaded[stream] = state;
    }

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
