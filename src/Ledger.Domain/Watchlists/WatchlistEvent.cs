using System.Collections.Immutable;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;

namespace Ledger.Domain.Watchlists;

/// <summary>A fact about one watchlist. The set is closed: its cases live in this file.</summary>
public abstract record WatchlistEvent
{
    private WatchlistEvent() { }

    /// <summary>Somebody keeps a list of whom a rule chooses. Always its first event, never repeated.</summary>
    /// <param name="Name">The name to show it under.</param>
    /// <param name="Over">What the rule chooses from: companies or investors.</param>
    /// <param name="Rule">In the language of rules.</param>
    public sealed record WatchlistDefined(string Name, Subject Over, string Rule) : WatchlistEvent
    {
        public string Name { get; } = Text.Line("watchlist.name", Name);

        public Subject Over { get; } = Watchlist.CheckOver(Over);

        public string Rule { get; } = Text.Line("watchlist.rule", Rule, Rules.Rule.LengthMax);
    }

    /// <summary>Another rule chooses from now on.</summary>
    public sealed record WatchlistRuleChanged(Subject Over, string Rule, Reason Reason) : WatchlistEvent
    {
        public Subject Over { get; } = Watchlist.CheckOver(Over);

        public string Rule { get; } = Text.Line("watchlist.rule", Rule, Rules.Rule.LengthMax);
    }

    /// <summary>It is shown under another name. Its id stays what it is.</summary>
    public sealed record WatchlistRenamed(string Name, Reason Reason) : WatchlistEvent
    {
        public string Name { get; } = Text.Line("watchlist.name", Name);
    }

    /// <summary>The party is on the list, whatever the rule says.</summary>
    public sealed record WatchlistMemberPinned(PartyId Party, Reason Reason) : WatchlistEvent;

    /// <summary>The party is not on the list, whatever the rule says.</summary>
    public sealed record WatchlistMemberExcluded(PartyId Party, Reason Reason) : WatchlistEvent;

    /// <summary>The party is neither pinned nor excluded any more: the rule decides.</summary>
    public sealed record WatchlistMemberReleased(PartyId Party, Reason Reason) : WatchlistEvent;

    /// <summary>The rule has come to choose these.</summary>
    /// <param name="Members">In the order of their ids, at most <see cref="Watchlist.MembersMax"/>; of more there are several events.</param>
    /// <param name="Day">The day, UTC, that it was asked of.</param>
    public sealed record WatchlistMembersJoined(ImmutableArray<MemberChange> Members, DateOnly Day) : WatchlistEvent;

    /// <summary>The rule chooses these no more.</summary>
    /// <param name="Members">In the order of their ids, at most <see cref="Watchlist.MembersMax"/>; of more there are several events.</param>
    /// <param name="Day">The day, UTC, that it was asked of.</param>
    public sealed record WatchlistMembersLeft(ImmutableArray<MemberChange> Members, DateOnly Day) : WatchlistEvent;

    /// <summary>Nobody keeps the list any more. Always its last event.</summary>
    public sealed record WatchlistDeleted(Reason Reason) : WatchlistEvent;
}

/// <summary>A party that the rule has come to choose, or chooses no more.</summary>
/// <param name="Because">The positions in the log of the events that made it so, the last ones if there are many; empty where the day did.</param>
public sealed record MemberChange(PartyId Party, ImmutableArray<long> Because)
{
    public const int BecauseMax = 10;

    public ImmutableArray<long> Because { get; } = Because.Length <= BecauseMax ? Because : Because[^BecauseMax..];

    public bool Equals(MemberChange? other) => other is not null && Party == other.Party && Because.SequenceEqual(other.Because);

    public override int GetHashCode() => Party.GetHashCode();
}
