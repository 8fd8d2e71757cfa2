using System.Collections.Immutable;
using Ledger.App.Deals;
using Ledger.App.Intake.Announce;
using Ledger.App.Intake.RecordArticle;
using Ledger.App.Log;
using Ledger.App.Parties.Change;
using Ledger.App.Views.Parties;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Parties;

/// <summary>The write path of parties: load the one or two that a change touches, decide, append at the versions loaded, and again on a conflict.</summary>
public sealed class PartyLedger(EventLog log, ArticleTexts texts, DealLedger deals)
{
    /// <summary>Makes a change. What is so already is left alone.</summary>
    /// <exception cref="RefusedException">A rule of the record refuses it; nothing was recorded.</exception>
    public Task<RecordOutcome> Change(PartyChange change, Writer writer, CancellationToken cancel) => writer.Once(log, async () =>
    {
        var outcome = RecordOutcome.Nothing;
        await DealLedger.OnConflict.ExecuteAsync(
            async stop =>
            {
                var loaded = await Load(change, stop);
                if (change.Evidence is { } evidence)
                {
                    outcome = await Describe(change, evidence, loaded, writer, stop);
                    return;
                }
                var decision = Decide(change, loaded);
                if (decision is Decision<PartyFact>.Record { Events.IsEmpty: true })
                    return;
                // What somebody else has done since may be why it is refused; who did it is told first.
                PartyMeanwhile.Check(change, loaded.History(change.Party));
                outcome = await Append(Facts(change, decision), loaded, writer, stop);
            },
            cancel);
        return outcome;
    }, cancel);

    private async Task<RecordOutcome> Append(IEnumerable<PartyFact> facts, LoadedParties loaded, Writer writer, CancellationToken cancel)
    {
        var append = writer.Append(
        [
            .. facts.GroupBy(fact => fact.Party).Select(party => new StreamAppend(StoredEvents.StreamOf(party.Key), loaded[party.Key].Version,
                [.. party.Select(fact => new NewEvent(Guid.CreateVersion7(), fact.Happened))])),
        ]);
        return RecordOutcome.Nothing.Add(await log.Record(append, cancel), append);
    }

    private async Task<LoadedParties> Load(PartyChange change, CancellationToken cancel)
    {
        var loaded = new LoadedParties();
        for (var level = new[] { change.Party, change.Other, change.Affiliation?.With }.OfType<PartyId>().Distinct().ToList(); level.Count > 0;)
        {
            foreach (var e in await log.ReadStreams([.. level.Select(StoredEvents.StreamOf)], cancel: cancel))
                loaded.Take(StoredEvents.PartyOf(e), (PartyEvent)e.Data, StoredEvents.CauseOf(e));
            // Which parties an affiliation is between shows where they were merged into others.
            level = change.Affiliation is null ? [] : [.. level.Select(id => loaded[id].MergedInto?.Party).OfType<PartyId>().Distinct().Where(id => !loaded[id].IsKnown)];
        }
        return loaded;
    }

    private static Decision<PartyFact> Decide(PartyChange change, LoadedParties loaded)
    {
        var party = loaded[change.Party];
        if (change.Other is { } id)
        {
            var other = loaded[id];
            return change.Verb == PartyVerb.Merge ? PartyDecisions.Merge(party, other, change.Reason!.Value) : PartyDecisions.Unmerge(party, other, change.Reason!.Value);
        }
        CheckRegistered(change, loaded);
        PartyCommand command = change.Verb switch
        {
            PartyVerb.Register => new PartyCommand.Register(change.Name!, change.Aliases),
            PartyVerb.Alias => new PartyCommand.AddAlias(change.Name!, change.Reason!.Value),
            PartyVerb.Unalias => new PartyCommand.RemoveAlias(change.Name!, change.Reason!.Value),
            PartyVerb.Rename => new PartyCommand.Rename(change.Name!, change.Reason!.Value),
            PartyVerb.Affiliate => new PartyCommand.Affiliate(change.Affiliation!, change.Reason!.Value),
            PartyVerb.Unaffiliate => new PartyCommand.EndAffiliation(change.Affiliation!.Value, change.Affiliation.With, change.Reason!.Value),
            _ => throw new InvalidOperationException($"{change.Verb} is about two parties."),
        };
        return PartyDecisions.Decide(party, command, loaded.Root) switch
        {
            Decision<PartyEvent>.Record(var events) => new Decision<PartyFact>.Record([.. events.Select(happened => new PartyFact(party.Id, happened))]),
            Decision<PartyEvent>.Refuse(var refusal) => new Decision<PartyFact>.Refuse(refusal),
            _ => Decision<PartyFact>.Nothing,
        };
    }

    /// <summary>Records what an article says of a party, and the article where it is new.</summary>
    private async Task<RecordOutcome> Describe(PartyChange change, PartyEvidence evidence, LoadedParties loaded, Writer writer, CancellationToken cancel)
    {
        var party = loaded[change.Party];
        // A quote makes none of it right that an editor's word does not.
        Facts(change, PartyDecisions.Decide(party, new PartyCommand.Affiliate(change.Affiliation!, new Reason("An article says so.")), loaded.Root));
        CheckRegistered(change, loaded);
        var article = evidence.File ?? await Recorded(change, evidence.Article, cancel);
        var claim = ClaimReader.Read(new ClaimFields
        {
            Affiliation = new AffiliationFields { Is = Views.Written.Name(change.Affiliation!.Value), With = change.Affiliation.With?.Value, From = change.Affiliation.From?.ToString() },
            Words = evidence.Words,
            Quote = evidence.Quote,
        }, article, $"party {party.Id}");
        var known = party.Claims.FirstOrDefault(known => known.Claim.Id == claim.Id);
        if (known is not { Stands: true })
            PartyMeanwhile.Check(change, loaded.History(change.Party));
        // An editor had ended what the quote says: it is said again, by whoever says so now.
        if (known is { Stands: false })
            return await Append(Facts(change, PartyDecisions.Decide(party, new PartyCommand.RestoreAffiliation(claim.Id))).Select(happened => new PartyFact(party.Id, happened)), loaded, writer, cancel);
        return await deals.Record([Announcement.Of(article) with { Parties = [new PartyAnnouncement(party.Id, new PartyCommand.Register(party.Name!, []), [claim], PartyChange.Word(change.Verb))] }], writer, cancel);
    }

    private async Task<ArticleFile> Recorded(PartyChange change, ArticleId id, CancellationToken cancel)
    {
        var article = (await log.Fold(RecordStreams.Articles, [StoredEvents.StreamOf(id)], cancel: cancel)).SingleOrDefault();
        if (article?.TextSha256 is not { } sha256 || await texts.Find(sha256, cancel) is not { } text)
            throw Refused(change, new Refusal("article-unknown", $"Article {id} is not recorded.", IsOfInput: true));
        return ArticleFile.Of(text, article.FileName ?? id.Value, ArticleText.TableLengthMax);
    }

    /// <summary>Whoever a party is affiliated with has to be registered too.</summary>
    private static void CheckRegistered(PartyChange change, LoadedParties loaded)
    {
        if (change.Verb == PartyVerb.Affiliate && change.Affiliation!.With is { } with && !loaded[with].IsKnown)
            throw Refused(change, new Refusal("party-unknown", $"Party {with} is not registered.", IsOfInput: true));
    }

    private static ImmutableArray<TEvent> Facts<TEvent>(PartyChange change, Decision<TEvent> decision) => decision switch
    {
        Decision<TEvent>.Refuse(var refusal) => throw Refused(change, refusal),
        Decision<TEvent>.Record(var events) => events,
        _ => [],
    };

    private static RefusedException Refused(PartyChange change, Refusal refusal) => new(PartyChange.Word(change.Verb), refusal);

    /// <summary>The parties that a change touches, with all that happened to them.</summary>
    private sealed class LoadedParties
    {
        private readonly Dictionary<PartyId, Party> _parties = [];
        private readonly Dictionary<PartyId, List<(PartyEvent, Cause)>> _history = [];

        public Party this[PartyId id] => _parties.GetValueOrDefault(id) ?? Party.Unknown(id);

        /// <summary>The party that one is known to be by now.</summary>
        public PartyId Root(PartyId id) => this[id].MergedInto is { } into ? Root(into.Party) : id;

        public List<(PartyEvent Happened, Cause Cause)> History(PartyId id) => _history.GetValueOrDefault(id, []);

        public void Take(PartyId id, PartyEvent happened, Cause cause)
        {
            _parties[id] = this[id].Evolve(happened, cause);
            if (!_history.TryGetValue(id, out var past))
                _history.Add(id, past = []);
            past.Add((happened, cause));
        }
    }
}
