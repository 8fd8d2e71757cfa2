using System.Collections.Immutable;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;

namespace Ledger.Domain.Watchlists;

/// <summary>A watchlist as its events tell it.</summary>
/// <param name="Last">Null while it is not defined.</param>
/// <param name="Rule">In the language of rules.</param>
/// <param name="RuleSince">The event that made the rule choose.</param>
/// <param name="Entries">Whoever the rule chooses, or an editor has pinned or excluded, by the ids that the events name.</param>
public sealed record Watchlist(WatchlistId Id, Cause? Last, string? Name, Subject Over, string? Rule, Cause? RuleSince, ImmutableDictionary<PartyId, WatchlistEntry> Entries)
{
    /// <summary>How many members one event tells of: with longer ids and causes than there are it has no more bytes than the log takes.</summary>
    public const int MembersMax = 200;

    /// <summary>Why it is kept no more; null while it is.</summary>
    public Ruling? Deleted { get; init; }

    /// <summary>Who defined it, and when.</summary>
    public Cause? Defined { get; init; }

    public bool IsKept => Last is not null && Deleted is null;

    public long Version => Last?.Version ?? 0;

    public static Watchlist Unknown(WatchlistId id) => new(id, null, null, Subject.Companies, null, null, ImmutableDictionary<PartyId, WatchlistEntry>.Empty);

    /// <summary>
    /// Who is on the list. Parties that are one are one member: of what is recorded of several, an exclusion counts first, then a pin, then
    /// what has held longest.
    /// </summary>
    /// <param name="root">The party that one is known to be.</param>
    public IEnumerable<WatchlistEntry> Members(Func<PartyId, PartyId> root) => Followed(root).Where(entry => entry.IsMember);

    /// <summary>What is recorded of parties, members or not, each under the party that it is known to be.</summary>
    public IEnumerable<WatchlistEntry> Followed(Func<PartyId, PartyId> root) => Entries.Values.GroupBy(entry => root(entry.Party)).Select(same => new WatchlistEntry(
        same.Key,
        same.Select(entry => entry.Chosen).OfType<RuleChoice>().MinBy(choice => choice.Since.Position),
        same.Select(entry => entry.Pinned).OfType<Ruling>().MinBy(pin => pin.Cause.Position),
        same.Select(entry => entry.Excluded).OfType<Ruling>().MinBy(exclusion => exclusion.Cause.Position))
    {
        Since = same.Where(entry => entry.IsMember).Select(entry => entry.Since).MinBy(since => since!.Position),
    }).Select(entry => entry.IsMember ? entry : entry with { Since = null });

    public Watchlist Evolve(WatchlistEvent happened, Cause cause) => (happened switch
    {
        WatchlistEvent.WatchlistDefined e => this with { Name = e.Name, Over = e.Over, Rule = e.Rule, RuleSince = cause, Defined = cause },
        WatchlistEvent.WatchlistRuleChanged e => this with { Over = e.Over, Rule = e.Rule, RuleSince = cause },
        WatchlistEvent.WatchlistRenamed e => this with { Name = e.Name },
        WatchlistEvent.WatchlistMemberPinned e => Set(cause, [Of(e.Party) with { Pinned = new Ruling(e.Reason, cause), Excluded = null }]),
        WatchlistEvent.WatchlistMemberExcluded e => Set(cause, [Of(e.Party) with { Pinned = null, Excluded = new Ruling(e.Reason, cause) }]),
        WatchlistEvent.WatchlistMemberReleased e => Set(cause, [Of(e.Party) with { Pinned = null, Excluded = null }]),
        WatchlistEvent.WatchlistMembersJoined e => Set(cause, e.Members.Select(member => Of(member.Party) with { Chosen = new RuleChoice(cause, e.Day, member.Because) })),
        WatchlistEvent.WatchlistMembersLeft e => Set(cause, e.Members.Select(member => Of(member.Party) with { Chosen = null })),
        WatchlistEvent.WatchlistDeleted e => this with { Deleted = new Ruling(e.Reason, cause) },
        _ => throw new InvalidOperationException($"A watchlist knows no event {happened.GetType().Name}."),
    }) with
    { Last = cause };

    internal WatchlistEntry Of(PartyId party) => Entries.GetValueOrDefault(party) ?? new WatchlistEntry(party, null, null, null);

    /// <exception cref="InvalidValueException">A watchlist is not over that.</exception>
    public static Subject CheckOver(Subject over) => over is Subject.Companies or Subject.Investors ? over
        : throw new InvalidValueException("rule", "is over deals, and a watchlist is over companies or investors; ledger alerts try --rule tries a rule over deals");

    private Watchlist Set(Cause cause, IEnumerable<WatchlistEntry> entries)
    {
        var all = Entries.ToBuilder();
        foreach (var entry in entries)
        {
            if (entry.Chosen is null && entry.Pinned is null && entry.Excluded is null)
                all.Remove(entry.Party);
            else
                all[entry.Party] = entry with { Since = entry.IsMember ? Of(entry.Party).Since ?? cause : null };
        }
        return this with { Entries = all.ToImmutable() };
    }
}

/// <summary>What a watchlist has to do with a party.</summary>
/// <param name="Chosen">By the rule; null where it is not.</param>
/// <param name="Pinned">By an editor.</param>
/// <param name="Excluded">By an editor.</param>
public sealed record WatchlistEntry(PartyId Party, RuleChoice? Chosen, Ruling? Pinned, Ruling? Excluded)
{
    /// <summary>The event of the list that made it a member, which it has been since; null where it is none.</summary>
    public Cause? Since { get; init; }

    public bool IsMember => Excluded is null && (Chosen is not null || Pinned is not null);
}

/// <summary>That the rule chooses a party.</summary>
/// <param name="Since">The event of the list that recorded it.</param>
/// <param name="Day">The day, UTC, that the rule was asked of.</param>
/// <param name="Because">The positions of the events that made it so; empty where the day did.</param>
public sealed record RuleChoice(Cause Since, DateOnly Day, ImmutableArray<long> Because);
