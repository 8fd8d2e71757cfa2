using System.Collections.Immutable;
using Ledger.App.Deals.Change;
using Ledger.App.Intake.Announce;
using Ledger.App.Intake.RecordArticle;
using Ledger.App.Log;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Sources;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Deals;

/// <summary>
/// The streams that commands touch, loaded once, decided on in memory: a later command sees what an earlier one decided
/// before anything is recorded.
/// </summary>
internal sealed class Workspace(EventLog log, ArticleTexts texts)
{
    private readonly HashSet<string> _loaded = [];
    private readonly Dictionary<string, Article> _articles = [];
    private readonly Dictionary<string, Party> _parties = [];
    private readonly Dictionary<string, Source> _sources = [];
    private readonly Dictionary<string, List<(SourceEvent.SourceRanked Ranked, Cause Cause)>> _ranked = [];
    private readonly DealStreams _deals = new();
    private readonly List<ArticleFile> _texts = [];

    /// <summary>What was decided since the last append was taken, by stream, in the order of the first event of each.</summary>
    private readonly OrderedDictionary<string, (long ExpectedVersion, List<object> Events)> _decided = [];

    /// <summary>The changes, decided in their order.</summary>
    /// <exception cref="RefusedException">A rule of the record refuses one of them.</exception>
    public static async Task<Workspace> Of(IReadOnlyList<DealChangeRequest> changes, EventLog log, ArticleTexts texts, CancellationToken cancel)
    {
        var workspace = new Workspace(log, texts);
        await workspace.LoadDeals(changes.SelectMany(change => new[] { change.Deal, change.Other }.OfType<DealId>()), cancel);
        foreach (var change in changes)
            await workspace.Decide(change, cancel);
        return workspace;
    }

    public async Task Decide(Announcement announcement, CancellationToken cancel)
    {
        var where = announcement.Where;
        var article = announcement.Article;
        await Load(announcement, cancel);
        Take(where, article);
        // A bare article says nothing of itself; it does not take away what an earlier announcement said of it.
        if (announcement.Description != ArticleDescription.Empty)
            Decide(where, article.Id, new ArticleCommand.Describe(announcement.Description));
        if (announcement.Figures.Length > 0)
            Decide(where, article.Id, new ArticleCommand.ClaimFigures(announcement.Figures));
        foreach (var party in announcement.Parties)
            Decide(party.Where, party.Id, party.Register);
        foreach (var reference in announcement.References())
            CheckRegistered(where, reference);
        foreach (var party in announcement.Parties.Where(party => party.Claims.Length > 0))
            Decide(party.Where, party.Id, new PartyCommand.Describe(article.Id, party.Claims));
        foreach (var deal in announcement.Deals)
            Decide(deal.Where, deal.Id, deal.Command);
        foreach (var tie in announcement.Deals.SelectMany(deal => deal.Ties))
            await Decide(tie, cancel);
        await Rank(where, article.Id, announcement.Deals.Select(deal => deal.Id), cancel);
    }

    /// <summary>Decides on the rank of a source, and tells the deals that cite it.</summary>
    public async Task Decide(SourceEvent.SourceRanked wanted, long? ifVersion, IReadOnlyList<(DealId Deal, ArticleId Article)> citing, CancellationToken cancel)
    {
        var stream = StoredEvents.StreamOfSource(wanted.Name);
        await Load([stream], cancel);
        if (ifVersion is { } seen && wanted.Rank != SourceOf(stream).Rank)
            Meanwhile.Check(wanted.Name, seen, _ranked.GetValueOrDefault(stream, []));
        await LoadDeals(citing.Select(cited => cited.Deal), cancel);
        foreach (var happened in Facts(wanted.Name, SourceOf(stream).Decide(wanted)))
            _sources[stream] = SourceOf(stream).Evolve(happened, Recording(stream, SourceOf(stream).Version, happened));
        foreach (var deal in citing.GroupBy(cited => cited.Deal))
            Decide(wanted.Name, deal.Key, new DealCommand.RankSource(wanted.Name, [.. deal.Select(cited => cited.Article)], wanted.Rank, wanted.Reason));
    }

    /// <summary>Decides on a change of a deal that is recorded.</summary>
    /// <exception cref="RefusedException">A rule of the record refuses it, or its field was changed since its editor saw it.</exception>
    public async Task Decide(DealChangeRequest change, CancellationToken cancel)
    {
        await LoadDeals(new[] { change.Deal, change.Other }.OfType<DealId>(), cancel);
        if (change.ArticleFile is { } file)
        {
            await Load([StoredEvents.StreamOf(file.Id)], cancel);
            Take(change.Where, file);
        }
        var root = _deals.Root(change.Deal).Id;
        var decision = change.Other is { } other
            ? TieDecisions.Decide(_deals[change.Deal], _deals[other], await Tie(change, other, cancel), await Roots(change.Deal, other, cancel))
            : Of(root, DealDecisions.Decide(_deals[root], await Command(change, cancel), change.Deal));
        // What somebody else has done since may be why it is refused; who did it is told first. What is so already needs no telling.
        if (change.IfVersion is { } seen && _deals[change.Deal].IsKnown && decision is not Decision<DealFact>.Record { Events.IsEmpty: true })
            Meanwhile.Check(change, seen, _deals.History(change.Deal), _deals[root]);
        var facts = Facts(change.Where, decision);
        foreach (var fact in facts)
            Happened(fact.Deal, fact.Happened);
        if (facts.Select(fact => fact.Happened).Select(happened => happened switch { DealEvent.DealClaimCorrected e => e.Source, DealEvent.DealStatusAdvanced e => e.Source, _ => (ArticleId?)null }).FirstOrDefault(cited => cited is not null) is { } source)
            await Rank(change.Where, source, [change.Deal], cancel);
    }

    /// <summary>Tells deals which rank the source of an article has that they cite.</summary>
    private async Task Rank(string where, ArticleId article, IEnumerable<DealId> deals, CancellationToken cancel)
    {
        await Load([StoredEvents.StreamOf(article)], cancel);
        if (_articles.GetValueOrDefault(StoredEvents.StreamOf(article))?.Description.Source is not { } name)
            return;
        var stream = StoredEvents.StreamOfSource(name);
        await Load([stream], cancel);
        foreach (var deal in deals.Where(_ => SourceOf(stream).Rank != 0))
            Decide(where, deal, new DealCommand.RankSource(name, [article], SourceOf(stream).Rank));
    }

    private Source SourceOf(string stream) => _sources.GetValueOrDefault(stream, Source.Unknown);

    /// <summary>What is decided of each deal and not taken yet: as it is recorded, and as it would be.</summary>
    public IEnumerable<(Deal Before, Deal After, ImmutableArray<DealEvent> Events)> Preview() =>
        _decided.Where(stream => stream.Key.StartsWith(StoredEvents.Deals, StringComparison.Ordinal)).Select(stream =>
        {
            var history = _deals.History(StoredEvents.DealOf(stream.Key));
            var before = history.Take((int)stream.Value.ExpectedVersion).Aggregate(Deal.Unknown(StoredEvents.DealOf(stream.Key)), (deal, past) => deal.Evolve(past.Happened, past.Cause));
            return (before, _deals[before.Id], stream.Value.Events.Cast<DealEvent>().ToImmutableArray());
        });

    /// <summary>Adds an event of another stream, which no decision reads, to what is decided.</summary>
    public void Begin(string stream, object happened, long version = 0)
    {
        if (!_decided.TryGetValue(stream, out var decided))
            _decided.Add(stream, decided = (version, []));
        decided.Events.Add(happened);
    }

    /// <summary>What was decided since the last call, as one append; null where there is nothing to record.</summary>
    public Append? TakeAppend(Writer writer)
    {
        if (_decided.Count == 0)
            return null;
        var append = writer.Append(
        [
            .. _decided.OrderBy(stream => Turn(stream.Key, stream.Value.Events)).Select(stream => new StreamAppend(stream.Key, stream.Value.ExpectedVersion,
                [.. stream.Value.Events.Select(data => new NewEvent(Guid.CreateVersion7(), data))])),
        ]);
        _decided.Clear();
        return append;
    }

    /// <summary>Keeps the texts of articles that the next appends name.</summary>
    public async Task KeepTexts(CancellationToken cancel)
    {
        foreach (var article in _texts)
            await texts.Keep(article, cancel);
    }

    /// <summary>
    /// Among deals, the one comes first of which something is taken out of the totals, so that at no position money counts twice.
    /// What deals refer to comes before them.
    /// </summary>
    private static int Turn(string stream, List<object> events) =>
        !stream.StartsWith(StoredEvents.Deals, StringComparison.Ordinal) ? 0 : events.Any(e => e is DealEvent.DealWholeJoined or DealEvent.DealMerged or DealEvent.DealCoverGained or DealEvent.DealReleased) ? 1 : 2;

    /// <summary>Loads every stream that the announcement touches and that is not loaded yet, in one round trip where no deals were merged.</summary>
    private async Task Load(Announcement announcement, CancellationToken cancel)
    {
        await Load([
            .. announcement.Parties.Select(party => party.Id).Concat(announcement.References()).Select(StoredEvents.StreamOf),
            .. announcement.Deals.Select(deal => StoredEvents.StreamOf(deal.Id)),
            .. announcement.Deals.SelectMany(deal => deal.Ties).Select(tie => StoredEvents.StreamOf(tie.Other!.Value)),
            StoredEvents.StreamOf(announcement.Article.Id),
            .. announcement.Description.Source is { } source ? [StoredEvents.StreamOfSource(source)] : Array.Empty<string>(),
        ], cancel);
        await LoadDeals([], cancel);
    }

    /// <summary>Loads deals, and those that their claims stand in or came from.</summary>
    private async Task LoadDeals(IEnumerable<DealId> deals, CancellationToken cancel)
    {
        await Load([.. deals.Select(StoredEvents.StreamOf)], cancel);
        for (var missing = Missing(); missing.Count > 0; missing = Missing())
            await Load(missing, cancel);

        List<string> Missing() => [.. _deals.Missing().Select(StoredEvents.StreamOf).Where(stream => !_loaded.Contains(stream))];
    }

    private async Task Load(List<string> named, CancellationToken cancel)
    {
        var streams = named.Where(_loaded.Add).ToList();
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
                    _deals.Take(StoredEvents.DealOf(e), happened, cause);
                    break;
                case SourceEvent happened:
                    _sources[e.Stream] = SourceOf(e.Stream).Evolve(happened, cause);
                    if (happened is SourceEvent.SourceRanked ranked)
                        _ranked[e.Stream] = [.. _ranked.GetValueOrDefault(e.Stream, []), (ranked, cause)];
                    break;
                default:
                    throw new InvalidOperationException($"Stream {e.Stream} holds a {e.Type}, which is no event of a deal, a party, an article or a source.");
            }
        }
    }

    /// <summary>The command about two deals, with what deciding on it takes.</summary>
    private async Task<TieCommand> Tie(DealChangeRequest change, DealId other, CancellationToken cancel)
    {
        var reason = change.Reason!.Value;
        if (change.Verb == DealVerb.Cover)
            await LoadDeals(_deals[other].Covers.Select(covered => covered.Deal), cancel);
        if (change.Verb == DealVerb.Merge && _decided.ContainsKey(StoredEvents.StreamOf(change.Deal)))
            throw new RefusedException(change.Where, new Refusal("merge-of-a-changed-deal", $"Deal {change.Deal} is changed together with being merged; merge it in a step of its own."));
        return change.Verb switch
        {
            DealVerb.Join => new TieCommand.Join(change.As!.Value, reason),
            DealVerb.Leave => new TieCommand.Leave(reason),
            DealVerb.Cover => new TieCommand.Cover([.. _deals[other].Covers.Select(covered => _deals[covered.Deal])], reason),
            DealVerb.Uncover => new TieCommand.Uncover(reason),
            DealVerb.Merge => new TieCommand.Merge(_deals.History(change.Deal), reason),
            DealVerb.Unmerge => new TieCommand.Unmerge(reason),
            DealVerb.Distinguish => new TieCommand.Distinguish(reason),
            DealVerb.Undistinguish => new TieCommand.EndDistinction(reason),
            _ => throw new InvalidOperationException($"{change.Verb} is not about two deals."),
        };
    }

    /// <summary>The parties that the companies of two deals are known to be by now: these are loaded, and those that they were merged into.</summary>
    private async Task<Func<PartyId, PartyId>> Roots(DealId deal, DealId other, CancellationToken cancel)
    {
        for (var level = new[] { _deals[deal].Company, _deals[other].Company }.OfType<PartyId>().ToList(); level.Count > 0;)
        {
            await Load([.. level.Select(StoredEvents.StreamOf)], cancel);
            level = [.. level.Select(id => Known(id).MergedInto?.Party).OfType<PartyId>()];
        }
        return Root;

        PartyId Root(PartyId id) => Known(id).MergedInto is { } into ? Root(into.Party) : id;
    }

    private async Task<DealCommand> Command(DealChangeRequest change, CancellationToken cancel)
    {
        switch (change.Verb)
        {
            case DealVerb.Correct when change.Known is { } known:
                return new DealCommand.Correct(change.Claim!.Value, known.Source, known.Claim, change.Reason!.Value);
            case DealVerb.Correct:
                var (right, source) = await Evidence(change, cancel);
                return new DealCommand.Correct(change.Claim!.Value, source, right, change.Reason!.Value);
            case DealVerb.Advance:
                var (status, article) = await Evidence(change, cancel);
                return new DealCommand.Advance(article, status);
        }
        var reason = change.Reason!.Value;
        return change.Verb switch
        {
            DealVerb.Withdraw => new DealCommand.Withdraw(change.Claim!.Value, reason),
            DealVerb.Restore => new DealCommand.Restore(change.Claim!.Value, reason),
            DealVerb.Prefer => new DealCommand.Prefer(change.Claim!.Value, reason),
            DealVerb.Unprefer => new DealCommand.EndPreference(change.Claim!.Value, reason),
            DealVerb.Retract => new DealCommand.Retract(reason),
            DealVerb.Reinstate => new DealCommand.Reinstate(reason),
            DealVerb.Tag => new DealCommand.TagWith(change.Tag!, reason),
            DealVerb.Untag => new DealCommand.Untag(change.Tag!, reason),
            _ => throw new InvalidOperationException($"{change.Verb} is about two deals."),
        };
    }

    /// <summary>The claim that a change gives, its quote found in its article.</summary>
    private async Task<(Claim Claim, ArticleId Source)> Evidence(DealChangeRequest change, CancellationToken cancel)
    {
        var article = change.ArticleFile ?? await Recorded(change, cancel);
        var claim = ClaimReader.Read(change.By!, article, $"deal {change.Deal}");
        var parties = Announcement.References([claim]).ToList();
        await Load([.. parties.Select(StoredEvents.StreamOf)], cancel);
        foreach (var party in parties)
            CheckRegistered(change.Where, party);
        return (claim, article.Id);
    }

    private async Task<ArticleFile> Recorded(DealChangeRequest change, CancellationToken cancel)
    {
        var id = change.Article ?? _deals.Root(change.Deal).Find(change.Claim!.Value)?.Source
            ?? throw new RefusedException(change.Where, new Refusal("claim-unknown", $"Deal {change.Deal} has no claim {change.Claim}.", IsOfInput: true));
        var stream = StoredEvents.StreamOf(id);
        await Load([stream], cancel);
        if (_articles.GetValueOrDefault(stream)?.TextSha256 is not { } sha256 || await texts.Find(sha256, cancel) is not { } text)
            throw new RefusedException(change.Where, new Refusal("article-unknown", $"Article {id} is not recorded.", IsOfInput: true));
        return ArticleFile.Of(text, _articles[stream].FileName ?? id.Value, ArticleText.TableLengthMax);
    }

    private void CheckRegistered(string where, PartyId party)
    {
        if (!Known(party).IsKnown)
            throw new RefusedException(where, new Refusal("party-unknown", $"Party {party} is claimed but not registered.", IsOfInput: true));
    }

    private void Take(string where, ArticleFile article)
    {
        _texts.Add(article);
        Decide(where, article.Id, new ArticleCommand.Record(article.Sha256, article.Text.ToString().Length, article.FileName));
    }

    private void Decide(string where, ArticleId id, ArticleCommand command)
    {
        var stream = StoredEvents.StreamOf(id);
        var article = _articles.GetValueOrDefault(stream, Article.Unknown(id));
        foreach (var happened in Facts(where, ArticleDecisions.Decide(article, command)))
            _articles[stream] = article = article.Evolve(happened, Recording(stream, article.Version, happened));
    }

    private void Decide(string where, PartyId id, PartyCommand command)
    {
        var stream = StoredEvents.StreamOf(id);
        var party = Known(id);
        foreach (var happened in Facts(where, PartyDecisions.Decide(party, command)))
            _parties[stream] = party = party.Evolve(happened, Recording(stream, party.Version, happened));
    }

    private void Decide(string where, DealId id, DealCommand command)
    {
        var root = _deals.Root(id);
        foreach (var happened in Facts(where, DealDecisions.Decide(root, command, id)))
            Happened(root.Id, happened);
    }

    /// <summary>Takes an event of a deal, and of a deal that was merged into it the same one.</summary>
    private void Happened(DealId id, DealEvent happened)
    {
        _deals.Take(id, happened, Recording(StoredEvents.StreamOf(id), _deals[id].Version, happened));
        if (happened is DealEvent.DealEchoed { First: null } echoed)
            Happened(echoed.Deal, echoed.Happened);
    }

    private Party Known(PartyId id) => _parties.GetValueOrDefault(StoredEvents.StreamOf(id), Party.Unknown(id));

    private static Decision<DealFact> Of(DealId deal, Decision<DealEvent> decision) => decision switch
    {
        Decision<DealEvent>.Record(var events) => new Decision<DealFact>.Record([.. events.Select(happened => new DealFact(deal, happened))]),
        Decision<DealEvent>.Refuse(var refusal) => new Decision<DealFact>.Refuse(refusal),
        _ => Decision<DealFact>.Nothing,
    };

    private static ImmutableArray<TEvent> Facts<TEvent>(string where, Decision<TEvent> decision) => decision switch
    {
        Decision<TEvent>.Refuse(var refusal) => throw new RefusedException(where, refusal),
        Decision<TEvent>.Record(var events) => events,
        _ => [],
    };

    /// <summary>Position and time are the log's to give. What is not recorded yet comes after everything that is.</summary>
    private Cause Recording(string stream, long version, object happened)
    {
        if (!_decided.TryGetValue(stream, out var decided))
            _decided.Add(stream, decided = (version, []));
        decided.Events.Add(happened);
        return new Cause(long.MaxValue, version + 1, DateTimeOffset.UnixEpoch, "");
    }
}
