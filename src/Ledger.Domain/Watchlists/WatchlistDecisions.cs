using System.Collections.Immutable;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;

namespace Ledger.Domain.Watchlists;

/// <summary>Something that somebody wants recorded of a watchlist. The set is closed.</summary>
public abstract record WatchlistCommand
{
    private WatchlistCommand() { }

    public sealed record Define(string Name, Rule Rule) : WatchlistCommand;

    public sealed record ChangeRule(Rule Rule, Reason Reason) : WatchlistCommand;

    public sealed record Rename(string Name, Reason Reason) : WatchlistCommand;

    /// <summary>What somebody decides about a party.</summary>
    public abstract record OfParty(PartyId Party, Reason Reason) : WatchlistCommand
    {
        /// <summary>The other ids that the party is known by: what was decided of one of these is decided of it.</summary>
        public ImmutableArray<PartyId> Others { get; init; } = [];
    }

    public sealed record Pin(PartyId Party, Reason Reason) : OfParty(Party, Reason);

    public sealed record Exclude(PartyId Party, Reason Reason) : OfParty(Party, Reason);

    public sealed record Release(PartyId Party, Reason Reason) : OfParty(Party, Reason);

    public sealed record Delete(Reason Reason) : WatchlistCommand;
}

public static class WatchlistDecisions
{
    public static Decision<WatchlistEvent> Decide(Watchlist list, WatchlistCommand command) => command switch
    {
        WatchlistCommand.Define c => Define(list, c),
        _ when list.Last is null => Refuse("watchlist-unknown", $"There is no watchlist '{list.Id}'."),
        WatchlistCommand.Delete when list.Deleted is not null => Decision<WatchlistEvent>.Nothing,
        _ when list.Deleted is not null => Deleted(list),
        WatchlistCommand.ChangeRule c => c.Rule.ToString() == list.Rule ? Decision<WatchlistEvent>.Nothing
            : Record(new WatchlistEvent.WatchlistRuleChanged(c.Rule.Over, c.Rule.ToString(), c.Reason)),
        WatchlistCommand.Rename c => c.Name == list.Name ? Decision<WatchlistEvent>.Nothing : Record(new WatchlistEvent.WatchlistRenamed(c.Name, c.Reason)),
        WatchlistCommand.OfParty c => Decide(c, [.. c.Others.Prepend(c.Party).Select(list.Of).Where(entry => entry.Pinned is not null || entry.Excluded is not null)]),
        WatchlistCommand.Delete c => Record(new WatchlistEvent.WatchlistDeleted(c.Reason)),
        _ => throw new InvalidOperationException($"A watchlist knows no command {command.GetType().Name}."),
    };

    /// <summary>What has to be recorded for a list to hold whom its rule chooses; nothing where it does.</summary>
    /// <param name="list">That is kept.</param>
    /// <param name="asked">The parties that the rule was asked of, each once, with its answer and the events that may have changed it.</param>
    /// <param name="day">The day, UTC, that it was asked of.</param>
    public static ImmutableArray<WatchlistEvent> Follow(Watchlist list, IEnumerable<(PartyId Party, bool IsChosen, ImmutableArray<long> Because)> asked, DateOnly day)
    {
        var changes = asked.Where(one => one.IsChosen != (list.Of(one.Party).Chosen is not null))
            .OrderBy(one => one.Party.Value, StringComparer.Ordinal).ToLookup(one => one.IsChosen, one => new MemberChange(one.Party, one.Because));
        return
        [
            .. changes[false].Chunk(Watchlist.MembersMax).Select(members => new WatchlistEvent.WatchlistMembersLeft([.. members], day)),
            .. changes[true].Chunk(Watchlist.MembersMax).Select(members => new WatchlistEvent.WatchlistMembersJoined([.. members], day)),
        ];
    }

    /// <param name="decided">What was decided before, under whichever id.</param>
    private static Decision<WatchlistEvent> Decide(WatchlistCommand.OfParty command, ImmutableArray<WatchlistEntry> decided) => command switch
    {
        WatchlistCommand.Pin when decided.Any(entry => entry.Pinned is not null) && decided.All(entry => entry.Excluded is null) => Decision<WatchlistEvent>.Nothing,
        // An exclusion under another id would go on counting before the pin.
        WatchlistCommand.Pin c => new Decision<WatchlistEvent>.Record([.. Released(decided.Where(entry => entry.Excluded is not null && entry.Party != c.Party), c), new WatchlistEvent.WatchlistMemberPinned(c.Party, c.Reason)]),
        WatchlistCommand.Exclude when decided.Any(entry => entry.Excluded is not null) => Decision<WatchlistEvent>.Nothing,
        WatchlistCommand.Exclude c => Record(new WatchlistEvent.WatchlistMemberExcluded(c.Party, c.Reason)),
        _ => decided.IsEmpty ? Decision<WatchlistEvent>.Nothing : new Decision<WatchlistEvent>.Record([.. Released(decided, command)]),
    };

    private static IEnumerable<WatchlistEvent> Released(IEnumerable<WatchlistEntry> entries, WatchlistCommand.OfParty command) =>
        entries.Select(entry => new WatchlistEvent.WatchlistMemberReleased(entry.Party, command.Reason));

    private static Decision<WatchlistEvent> Define(Watchlist list, WatchlistCommand.Define c)
    {
        if (list.Last is null)
            return Record(new WatchlistEvent.WatchlistDefined(c.Name, c.Rule.Over, c.Rule.ToString()));
        if (list.Deleted is not null)
            return Refuse("watchlist-deleted", $"The id '{list.Id}' is that of a watchlist with a history; choose another name. {DeletedBy(list)}");
        return list.Name == c.Name && list.Rule == c.Rule.ToString() ? Decision<WatchlistEvent>.Nothing
            : Refuse("watchlist-exists", $"Watchlist '{list.Id}' is there already, with the rule: {list.Rule}");
    }

    private static Decision<WatchlistEvent> Deleted(Watchlist list) => Refuse("watchlist-deleted", DeletedBy(list));

    private static string DeletedBy(Watchlist list) => $"Watchlist '{list.Id}' was deleted by {list.Deleted!.Cause.Author}, because: {list.Deleted.Reason}";

    private static Decision<WatchlistEvent> Record(WatchlistEvent happened) => new Decision<WatchlistEvent>.Record([happened]);

    private static Decision<WatchlistEvent> Refuse(string type, string sentence) => new Decision<WatchlistEvent>.Refuse(new Refusal(type, sentence));
}
