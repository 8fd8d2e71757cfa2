using System.Collections.Immutable;
using Ledger.App.Log;
using Ledger.App.Views;
using Ledger.App.Views.Parties;
using Ledger.App.Views.Rates;
using Ledger.App.Watchlists.Language;
using Ledger.Domain.Claims;
using Ledger.Domain.Parties;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;
using Ledger.Domain.Watchlists;
using Ledger.EventStore;

namespace Ledger.App.Watchlists;

/// <summary>What is asked of watchlists, by pages, API and command line alike.</summary>
internal sealed class WatchlistQueries(Snapshot snapshot, EventLog log, WatchlistStates states, WatchlistFollower follower, PartyNames names)
{
    private const int TriedMax = 50;

    /// <summary>Lists that are kept, in the order of their ids.</summary>
    public async Task<Page<WatchlistEntryRecord>> List(int limit, string? next, CancellationToken cancel)
    {
        var rest = (await states.Kept(snapshot.AsOf, cancel)).Where(list => next is null || string.CompareOrdinal(list.Id.Value, next) > 0).ToList();
        var items = new List<WatchlistEntryRecord>();
        foreach (var list in rest.Take(limit))
            items.Add(await Entry(list, cancel));
        return new Page<WatchlistEntryRecord>(items, rest.Count > limit ? items[^1].Id : null);
    }

    /// <summary>A list by its id or its name, with members in the order of their names.</summary>
    /// <exception cref="NotFoundException">There is no such list.</exception>
    public async Task<WatchlistRecord> Get(string idOrName, int limit, string? next, CancellationToken cancel)
    {
        // Before the list: what has been followed up to here is in it.
        var followedUpTo = await follower.Position(cancel);
        var list = await Find(idOrName, cancel);
        var merges = await snapshot.Merges(cancel);
        var followed = list.Followed(merges.Root).ToList();
        var called = await names.Of(followed.Select(entry => entry.Party.Value), cancel);
        var ordered = followed.OrderBy(entry => called[entry.Party.Value].Name, StringComparer.OrdinalIgnoreCase).ThenBy(entry => entry.Party.Value, StringComparer.Ordinal).ToList();
        var members = ordered.Where(entry => entry.IsMember).ToList();
        var start = next is null ? 0 : members.FindIndex(entry => entry.Party.Value == next) is >= 0 and var last ? last + 1 : throw Cursor.Wrong(next);
        var shown = members.Skip(start).Take(limit).ToList();
        return new WatchlistRecord(
            await Entry(list, cancel), snapshot.AsOf is not null || list.RuleSince!.Position <= followedUpTo, Ruling(list.Deleted),
            [.. shown.Select(Of)], members.Count > start + shown.Count ? shown[^1].Party.Value : null, [.. ordered.Where(entry => entry.Excluded is not null).Select(Of)]);

        MemberRecord Of(WatchlistEntry entry) => new(
            called[entry.Party.Value], entry.Since?.RecordedAt, entry.Since?.Position, entry.Chosen?.Because ?? [], entry.Chosen is not null, Ruling(entry.Pinned), Ruling(entry.Excluded));
    }

    /// <summary>What events did to a list, the last one first.</summary>
    /// <param name="idOrName">Of the list.</param>
    /// <param name="party">Only what is about this party: an id, a name or an alias; null for all.</param>
    /// <param name="limit">How many at the most.</param>
    /// <param name="next">Where the page before ended.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<Page<WatchlistHistoryEntry>> History(string idOrName, string? party, int limit, string? next, CancellationToken cancel)
    {
        var list = await Find(idOrName, cancel);
        var ids = party is null ? null : (await snapshot.Merges(cancel)).Ids((await names.Find(party, cancel)).Id.Value).Select(id => new PartyId(id)).ToHashSet();
        var events = new List<RecordedEvent>();
        await foreach (var e in log.ReadStream(StoredEvents.StreamOf(list.Id), toVersion: Math.Min(Cursor.Parse(next) - 1, list.Version), backwards: true, cancel: cancel))
        {
            if (ids is null || Parties(e.Data).Any(one => ids.Contains(one.Party)))
                events.Add(e);
            if (events.Count > limit)
                break;
        }
        var shown = events.Take(limit).ToList();
        // Each under its own name: of two that turned out to be one later, the one may have left while the other stayed.
        var called = await names.Themselves(shown.SelectMany(e => Parties(e.Data)).Select(one => one.Party.Value), cancel);
        return new Page<WatchlistHistoryEntry>(
            [
                .. shown.Select(e => new WatchlistHistoryEntry(e.Version, e.Position, e.RecordedAt, e.Author, e.Type, ReasonOf(e.Data), NameOf(e.Data), RuleOf(e.Data), DayOf(e.Data),
                    [.. Parties(e.Data).Where(one => ids is null || ids.Contains(one.Party)).Select(one => new PartyBecause(called[one.Party.Value], one.Because))])),
            ],
            events.Count > shown.Count ? Cursor.Of(shown[^1].Version) : null);
    }

    /// <summary>Events in words, by their positions: what happened, and to whom or what.</summary>
    public async Task<IReadOnlyDictionary<long, string>> Told(IEnumerable<long> positions, CancellationToken cancel)
    {
        var found = await snapshot.Query(
            now => $"""
            select e.seq_id, e.type, e.stream_id, d.company_id, d.round_as_written, d.kind from ledger.mt_events e
            left join deal d on d.id = substr(e.stream_id, length($2) + 1) and starts_with(e.stream_id, $2) and {now("d")}
            where e.seq_id = any($1)
            """,
            row => (Position: row.GetInt64(0), Event: Shown.Event(row.GetString(1)), Subject: StoredEvents.SubjectOf(row.GetString(2)), Company: row.TextOrNull(3), Round: row.TextOrNull(4), Kind: row.TextOrNull(5)),
            cancel, positions.Distinct().ToArray(), StoredEvents.Deals);
        var called = await names.Of(found.Select(e => e.Company ?? (e.Subject.Kind == "party" ? e.Subject.Id : null)).OfType<string>(), cancel);
        return found.ToDictionary(e => e.Position, e => e switch
        {
            { Company: { } company } => $"{e.Event}: {called[company].Name} {e.Round ?? Shown.Kind(Written.Parse<DealKind>("kind", e.Kind)).ToLowerInvariant()}",
            { Subject: ("party", var party) } => $"{e.Event}: {called[party].Name}",
            { Subject: ("watchlist", _) } => "The list's rule",
            _ => e.Event,
        });
    }

    /// <summary>Reads a rule and tells it in words; or tells what is wrong with it.</summary>
    public async Task<ReadRule> Read(string text, CancellationToken cancel)
    {
        var (rule, problem) = await RuleReader.Read(text, names, cancel);
        return rule is null ? new ReadRule(null, null, new RuleProblemRecord(problem!.Line, problem.Column, problem.Says, problem.Text)) : new ReadRule(rule.ToString(), await Explain(rule, cancel), null);
    }

    /// <summary>The same of a rule for a list, which is over companies or investors.</summary>
    public async Task<ReadRule> ReadForList(string text, CancellationToken cancel)
    {
        var read = await Read(text, cancel);
        try
        {
            if (read.Rule is not null)
                Watchlist.CheckOver((await Rule(text, cancel)).Over);
            return read;
        }
        catch (InvalidValueException e)
        {
            return new ReadRule(null, null, new RuleProblemRecord(1, 1, $"the rule {e.Problem}", text));
        }
    }

    /// <summary>A rule as people write it.</summary>
    /// <exception cref="InvalidValueException">It is none.</exception>
    public async Task<Rule> Rule(string text, CancellationToken cancel)
    {
        var (rule, problem) = await RuleReader.Read(text, names, cancel);
        return rule ?? throw problem!.Refused();
    }

    /// <summary>Whom a rule over companies or investors chooses, without a list.</summary>
    /// <exception cref="InvalidValueException">It is none.</exception>
    /// <param name="text">The rule.</param>
    /// <param name="on">The day that it is asked of; null for that of the moment that is asked for.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<TriedRule> Try(string text, DateOnly? on, CancellationToken cancel)
    {
        var rule = await Rule(text, cancel);
        Watchlist.CheckOver(rule.Over);
        var day = on ?? await Day(cancel);
        var matcher = new RuleMatcher(rule, day, (await snapshot.Merges(cancel)).Root);
        var chosen = (await new RuleFacts(snapshot, new RateQueries(snapshot)).Of([rule], day, null, cancel)).Where(matcher.Matches).Select(party => party.Party.Id.Value).ToList();
        var called = await names.Of(chosen, cancel);
        return new TriedRule(rule.ToString(), await Explain(rule, cancel), rule.Over, day, chosen.Count,
            [.. called.Values.OrderBy(party => party.Name, StringComparer.OrdinalIgnoreCase).ThenBy(party => party.Id, StringComparer.Ordinal).Take(TriedMax)]);
    }

    /// <summary>A decision about the party that goes by an id, a name or an alias, whichever of its ids earlier ones were recorded of.</summary>
    /// <param name="idOrName">The party.</param>
    /// <param name="decide">Makes the decision.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="NotFoundException">Nobody goes by the name, or several do.</exception>
    public async Task<WatchlistCommand> OfParty(string idOrName, Func<PartyId, WatchlistCommand.OfParty> decide, CancellationToken cancel)
    {
        var party = (await names.Find(idOrName, cancel)).Id;
        return decide(party) with { Others = [.. (await snapshot.Merges(cancel)).Ids(party.Value).Where(id => id != party.Value).Select(id => new PartyId(id))] };
    }

    public async Task<string> Explain(Rule rule, CancellationToken cancel)
    {
        var called = await names.Of(rule.Parties().Select(party => party.Value), cancel);
        return rule.Explain(party => called[party.Value].Name);
    }

    /// <summary>The list with an id, or else the one that is called so, or else the one that was defined under such a name.</summary>
    /// <exception cref="NotFoundException">There is none, or several are called so.</exception>
    public async Task<Watchlist> Find(string idOrName, CancellationToken cancel)
    {
        var byId = await ById(idOrName, cancel);
        if (byId?.Id.Value == idOrName)
            return byId;
        var key = NameKey.Of(idOrName);
        var called = (await states.Kept(snapshot.AsOf, cancel)).Where(list => NameKey.Of(list.Name!) == key).ToList();
        return called switch
        {
            [var only] => only,
            [] => byId ?? throw new NotFoundException($"No watchlist has the id or name '{Text.Shorten(idOrName)}'."),
            _ => throw new NotFoundException($"Several watchlists are called '{Text.Shorten(idOrName)}': {string.Join(", ", called.Select(list => list.Id))}; name one by its id."),
        };
    }

    /// <summary>The list whose id is made from such a name; null where there is none.</summary>
    private async Task<Watchlist?> ById(string idOrName, CancellationToken cancel)
    {
        try
        {
            return await states.Get(WatchlistLedger.IdOf(idOrName), snapshot.AsOf, cancel) is { Last: not null } list ? list : null;
        }
        catch (InvalidValueException)
        {
            // No id can be made from it.
            return null;
        }
    }

    /// <summary>The day, UTC, that rules are asked of: today, unless another moment is asked for.</summary>
    private async Task<DateOnly> Day(CancellationToken cancel)
    {
        if (snapshot.EffectiveUntil is { } effective)
            return effective;
        if (snapshot.AsOf is not { } position)
            return WatchDay.Today;
        var time = snapshot.AsOfTime ?? await log.Read(new LogQuery { After = position - 1, UpTo = position }, cancel).Select(e => (DateTimeOffset?)e.RecordedAt).FirstOrDefaultAsync(cancel);
        return time is { } then ? DateOnly.FromDateTime(then.UtcDateTime) : WatchDay.Today;
    }

    private async Task<WatchlistEntryRecord> Entry(Watchlist list, CancellationToken cancel)
    {
        var entries = list.Followed((await snapshot.Merges(cancel)).Root).ToList();
        return new WatchlistEntryRecord(
            list.Id.Value, list.Name!, list.Over, list.Rule!, await Explain(RuleReader.Read(list.Rule!), cancel), entries.Count(entry => entry.IsMember), entries.Count(entry => entry.Pinned is not null),
            entries.Count(entry => entry.Excluded is not null), list.Defined!.Author, list.Defined.RecordedAt, list.Version, list.Last!.Position);
    }

    private static WatchlistRuling? Ruling(Ruling? ruling) => ruling is null ? null : new WatchlistRuling(ruling.Reason.Text, ruling.Cause.Author, ruling.Cause.RecordedAt, ruling.Cause.Position);

    private static ImmutableArray<MemberChange> Parties(object happened) => happened switch
    {
        WatchlistEvent.WatchlistMembersJoined e => e.Members,
        WatchlistEvent.WatchlistMembersLeft e => e.Members,
        WatchlistEvent.WatchlistMemberPinned e => [new MemberChange(e.Party, [])],
        WatchlistEvent.WatchlistMemberExcluded e => [new MemberChange(e.Party, [])],
        WatchlistEvent.WatchlistMemberReleased e => [new MemberChange(e.Party, [])],
        _ => [],
    };

    /// <summary>Why somebody decided it; null of what follows from the rule.</summary>
    internal static string? ReasonOf(object happened) => happened switch
    {
        WatchlistEvent.WatchlistMemberPinned e => e.Reason.Text,
        WatchlistEvent.WatchlistMemberExcluded e => e.Reason.Text,
        WatchlistEvent.WatchlistMemberReleased e => e.Reason.Text,
        WatchlistEvent.WatchlistRuleChanged e => e.Reason.Text,
        WatchlistEvent.WatchlistRenamed e => e.Reason.Text,
        WatchlistEvent.WatchlistDeleted e => e.Reason.Text,
        _ => null,
    };

    private static string? NameOf(object happened) => happened switch
    {
        WatchlistEvent.WatchlistDefined e => e.Name,
        WatchlistEvent.WatchlistRenamed e => e.Name,
        _ => null,
    };

    private static string? RuleOf(object happened) => happened switch
    {
        WatchlistEvent.WatchlistDefined e => e.Rule,
        WatchlistEvent.WatchlistRuleChanged e => e.Rule,
        _ => null,
    };

    private static DateOnly? DayOf(object happened) => happened switch
    {
        WatchlistEvent.WatchlistMembersJoined e => e.Day,
        WatchlistEvent.WatchlistMembersLeft e => e.Day,
        _ => null,
    };
}
