using System.Collections.Immutable;
using Ledger.App.Deals;
using Ledger.App.Log;
using Ledger.App.Views;
using Ledger.App.Views.Rates;
using Ledger.Domain.Parties;
using Ledger.Domain.Rates;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;
using Ledger.Domain.Watchlists;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Watchlists;

/// <summary>
/// Has watchlists follow the log: some transactions, the parties that these touch, what the rules say of them at the end, and events of the lists
/// where that is something else than before. No two of these transactions touch the same party, so that whoever joins a list and leaves it again
/// is recorded to have been on it, however far behind the lists are; within one transaction nobody has ever seen what it says before its end. The
/// position is moved after the events are recorded; stopped in between, it finds them recorded when it asks again. One works at a time, in
/// whatever process, since whoever does has the row of the position locked.
/// </summary>
internal sealed class WatchlistFollower(NpgsqlDataSource database, EventLog log, ViewRuntime views, WatchlistStates states)
{
    public const string Author = "ledger";

    /// <summary>Who is stopped in the middle of a batch is disconnected by the database, for others to go on.</summary>
    private const string StoppedAfter = "30s";

    private const int BatchMax = 500;

    // Only whoever has the lock comes to it.
    private Stretch _ahead = Stretch.None;

    /// <summary>Follows everything that the views hold.</summary>
    /// <param name="day">UTC: rules over time are asked of this day, unless they were asked of a later one. Null for the day that they were last asked of.</param>
    /// <param name="cancel">Stops after a batch.</param>
    /// <returns>How many times a party joined a list or left one.</returns>
    public async Task<long> CatchUp(DateOnly? day, CancellationToken cancel)
    {
        for (long changes = 0; ;)
        {
            var step = await Next(day, isPatient: true, cancel);
            changes += step.Changes;
            if (!step.More)
                return changes;
        }
    }

    /// <summary>Follows as many transactions as can be followed together.</summary>
    /// <param name="day">As for <see cref="CatchUp"/>.</param>
    /// <param name="isPatient">Whether to wait for somebody else who is at it.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<FollowStep> Next(DateOnly? day, bool isPatient, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Lock(connection, isPatient, cancel) is not { } at)
            return new FollowStep(0, 0, More: false, IsMine: false);
        var until = await ViewsPosition(cancel);
        // A ledger may have been restored, or be older than the lists: whatever lists it holds are then asked from the start. Where there is none, nothing but a new one matters.
        var lists = await states.Kept(null, cancel);
        var isFirst = at.Position < 0 || lists.Count == 0;
        var upTo = isFirst || until <= at.Position ? until : await End(at.Position, until, cancel);
        if (at.Position >= 0 && upTo <= at.Position && !(day > at.Day))
            return new FollowStep(at.Position, 0, More: false, IsMine: true);
        var today = at.Day is { } last && !(day > last) ? last : day ?? DateOnly.FromDateTime(DateTime.UtcNow);
        var changes = await Follow(lists, isFirst, at.Position, upTo, isNewDay: at.Day is not null && today > at.Day, today, () => Stay(connection, cancel), cancel);
        await connection.Execute(
            "insert into ledger.watchlist_follower (position, day) values ($1, $2) on conflict (one) do update set position = excluded.position, day = excluded.day", cancel, upTo, today);
        await transaction.CommitAsync(cancel);
        return new FollowStep(upTo, changes, upTo < until, IsMine: true);
    }

    /// <summary>Asks all rules of everybody, and records where a list holds something else, which it never should.</summary>
    /// <returns>How many members were missing, or there without being chosen, by list.</returns>
    public async Task<IReadOnlyList<(WatchlistId List, long Members)>> Recompute(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Lock(connection, isPatient: true, cancel) is not { } at || at.Position < 0 || at.Day is not { } day)
            return [];
        await using var snapshot = new Snapshot(views, log) { AsOf = at.Position };
        var drifts = new List<(WatchlistId, long)>();
        var lists = (await states.Kept(null, cancel)).Where(list => list.RuleSince!.Position <= at.Position).ToList();
        var answers = await Ask(snapshot, lists, null, day, cancel);
        foreach (var list in lists)
        {
            await Stay(connection, cancel);
            var changes = await Record(list, day, answers, new Causes([]), cancel);
            if (changes > 0)
                drifts.Add((list.Id, changes));
        }
        return drifts;
    }

    /// <summary>Up to which position the lists hold what their rules say.</summary>
    public async Task<long> Position(CancellationToken cancel) =>
        (await database.Query("select position from ledger.watchlist_follower", row => row.GetInt64(0), cancel)).FirstOrDefault(-1);

    /// <summary>Where the lists are; -1 where they have never followed anything. Null where somebody else is at it.</summary>
    private static async Task<(long Position, DateOnly? Day)?> Lock(NpgsqlConnection connection, bool isPatient, CancellationToken cancel)
    {
        await connection.Execute($"set local idle_in_transaction_session_timeout = '{StoppedAfter}'", cancel);
        // Where there is no row yet there is nothing to lock but this.
        var mine = await connection.Query(isPatient ? "select true from pg_advisory_xact_lock(hashtext('ledger.watchlist_follower'))" : "select pg_try_advisory_xact_lock(hashtext('ledger.watchlist_follower'))",
            row => row.GetBoolean(0), cancel);
        if (!mine[0])
            return null;
        var rows = await connection.Query("select position, day from ledger.watchlist_follower", row => (row.GetInt64(0), (DateOnly?)row.GetFieldValue<DateOnly>(1)), cancel);
        return rows.Count > 0 ? rows[0] : (-1, null);
    }

    /// <summary>Tells the database that whoever holds the lock is at work.</summary>
    private static Task Stay(NpgsqlConnection connection, CancellationToken cancel) => connection.Execute("select 1", cancel);

    private async Task<long> ViewsPosition(CancellationToken cancel)
    {
        await using var snapshot = new Snapshot(views, log);
        return await snapshot.HeldByAll(cancel);
    }

    /// <summary>Up to where the log is followed at once.</summary>
    private async Task<long> End(long position, long until, CancellationToken cancel)
    {
        if (_ahead.EndAfter(position) is { } known)
            return known;
        var upTo = Math.Min(until, position + BatchMax);
        var events = await log.Read(new LogQuery { After = position, UpTo = upTo }, cancel).ToListAsync(cancel);
        var last = await log.PositionAt(events[^1].RecordedAt, cancel);
        if (last > upTo && last <= until)
        {
            // The batch ends within a transaction: the rest of it belongs to it.
            events.AddRange(await log.Read(new LogQuery { After = upTo, UpTo = last }, cancel).ToListAsync(cancel));
            upTo = last;
        }
        else if (last > upTo && events[0].RecordedAt != events[^1].RecordedAt)
        {
            // The views have not come to the end of it yet.
            var cut = events[^1].RecordedAt;
            events.RemoveAll(e => e.RecordedAt == cut);
            upTo = events[^1].Position;
        }
        if (events[0].RecordedAt == events[^1].RecordedAt)
            return upTo;
        await using var snapshot = new Snapshot(views, log) { AsOf = upTo };
        _ahead = Stretch.Of(position, events, await Touched.By(events, snapshot, ever: true, cancel));
        return _ahead.EndAfter(position)!.Value;
    }

    private async Task<long> Follow(List<Watchlist> lists, bool isFirst, long position, long upTo, bool isNewDay, DateOnly day, Func<Task> stay, CancellationToken cancel)
    {
        await using var snapshot = new Snapshot(views, log) { AsOf = upTo };
        var events = await log.Read(new LogQuery { After = Math.Max(position, 0), UpTo = upTo, Types = isFirst ? ["watchlist_defined"] : null }, cancel).ToListAsync(cancel);
        var defined = events.Where(e => e.Data is WatchlistEvent.WatchlistDefined).Select(e => StoredEvents.WatchlistOf(e.Stream)).ToList();
        if (defined.Count > 0)
        {
            await states.Add(defined, cancel);
            lists = await states.Kept(null, cancel);
        }
        if (lists.Count == 0)
            return 0;
        var touched = await Touched.By(events, snapshot, ever: false, cancel);
        // Those of a rule that is new, or of a new day, or where anybody may be meant, are asked of everybody.
        var wholly = new List<(Watchlist List, ImmutableArray<long> Why)>();
        var partly = new List<Watchlist>();
        foreach (var list in lists.Where(list => list.RuleSince!.Position <= upTo))
        {
            var needs = RuleNeeds.Of(RuleOf(list));
            ImmutableArray<long> why = [.. isFirst || list.RuleSince!.Position > position ? [list.RuleSince!.Position] : Array.Empty<long>(), .. needs.Dollars ? touched.Rates : [], .. touched.Merges];
            if (why.Length > 0 || isNewDay && needs.Time)
                wholly.Add((list, why));
            else
                partly.Add(list);
        }
        long changes = 0;
        if (wholly.Count > 0)
        {
            var answers = await Ask(snapshot, [.. wholly.Select(one => one.List)], null, day, cancel);
            foreach (var (list, why) in wholly)
            {
                await stay();
                changes += await Record(list, day, answers, touched.Causes.Also(why), cancel);
            }
        }
        if (partly.Count > 0 && touched.Parties.Count > 0)
        {
            var answers = await Ask(snapshot, partly, touched.Parties, day, cancel);
            foreach (var list in partly)
            {
                await stay();
                changes += await Record(list, day, answers, touched.Causes, cancel);
            }
        }
        return changes;
    }

    /// <summary>Whom the rules of lists choose.</summary>
    /// <param name="snapshot">Of the moment.</param>
    /// <param name="lists">The lists.</param>
    /// <param name="only">The parties that they are asked of; null for everybody.</param>
    /// <param name="day">UTC.</param>
    /// <param name="cancel">Gives up.</param>
    private static async Task<Answers> Ask(Snapshot snapshot, IReadOnlyCollection<Watchlist> lists, IReadOnlyCollection<string>? only, DateOnly day, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var chosen = new Dictionary<WatchlistId, (string Rule, HashSet<PartyId> Parties)>();
        foreach (var over in lists.GroupBy(list => list.Over))
        {
            var rules = over.Select(list => (List: list, Rule: RuleOf(list))).ToList();
            var parties = await new RuleFacts(snapshot, new RateQueries(snapshot)).Of([.. rules.Select(one => one.Rule)], day, only, cancel);
            foreach (var (list, rule) in rules)
            {
                var matcher = new RuleMatcher(rule, day, merges.Root);
                chosen[list.Id] = (list.Rule!, parties.Where(matcher.Matches).Select(party => party.Party.Id).ToHashSet());
            }
        }
        return new Answers(chosen, only?.Select(id => new PartyId(id)).ToList());
    }

    /// <summary>Records what a list does not hold yet of the answers.</summary>
    private async Task<long> Record(Watchlist known, DateOnly day, Answers answers, Causes causes, CancellationToken cancel)
    {
        var (rule, chosen) = answers.Chosen[known.Id];
        // Whom the rule chooses is recorded by whoever has the lock, and by nobody else.
        if (Changes(known).IsEmpty)
            return 0;
        long changes = 0;
        await DealLedger.OnConflict.ExecuteAsync(
            async stop =>
            {
                var list = await states.Get(known.Id, null, stop);
                // Another rule is asked for itself, once its event is followed.
                if (!list.IsKept || list.Rule != rule || Changes(list) is not { IsEmpty: false } events)
                    return;
                await log.Append(new Append(Author, [WatchlistLedger.Of(list, events)]), stop);
                changes = events.Sum(happened => happened switch
                {
                    WatchlistEvent.WatchlistMembersJoined e => e.Members.Length,
                    WatchlistEvent.WatchlistMembersLeft e => e.Members.Length,
                    _ => 0,
                });
            },
            cancel);
        return changes;

        ImmutableArray<WatchlistEvent> Changes(Watchlist list)
        {
            var asked = (IEnumerable<PartyId>?)answers.Asked ?? list.Entries.Values.Where(entry => entry.Chosen is not null).Select(entry => entry.Party).Union(chosen);
            return WatchlistDecisions.Follow(list, asked.Select(party => (party, chosen.Contains(party), causes.Of(party))), day);
        }
    }

    private static Rule RuleOf(Watchlist list) => Language.RuleReader.Read(list.Rule!);

    /// <param name="Chosen">By list: the rule that was asked, and whom it chooses.</param>
    /// <param name="Asked">Whom the rules were asked of; null for everybody.</param>
    private sealed record Answers(Dictionary<WatchlistId, (string Rule, HashSet<PartyId> Parties)> Chosen, List<PartyId>? Asked);
}

/// <summary>What following a batch came to.</summary>
/// <param name="Position">Up to which the lists have followed.</param>
/// <param name="Changes">How many times a party joined a list or left one.</param>
/// <param name="More">There is more to follow.</param>
/// <param name="IsMine">False where somebody else is at it.</param>
internal sealed record FollowStep(long Position, long Changes, bool More, bool IsMine);

/// <summary>Which events may have changed what rules say of a party.</summary>
internal sealed class Causes(Dictionary<string, SortedSet<long>> byParty)
{
    private ImmutableArray<long> _always = [];

    /// <summary>The same, and of every party these.</summary>
    public Causes Also(ImmutableArray<long> positions) => new(byParty) { _always = positions };

    /// <summary>Who is touched by each event.</summary>
    public ILookup<long, string> ByPosition() => byParty.SelectMany(party => party.Value, (party, position) => (Party: party.Key, Position: position)).ToLookup(one => one.Position, one => one.Party);

    public ImmutableArray<long> Of(PartyId party) =>
        byParty.TryGetValue(party.Value, out var positions) ? [.. positions.Union(_always).Order().TakeLast(MemberChange.BecauseMax)] : [.. _always.Order().TakeLast(MemberChange.BecauseMax)];
}
