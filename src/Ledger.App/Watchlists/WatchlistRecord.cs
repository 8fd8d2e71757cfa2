using Ledger.App.Views.Parties;
using Ledger.Domain.Rules;

namespace Ledger.App.Watchlists;

/// <summary>A watchlist in a list of them.</summary>
/// <param name="Over">companies or investors.</param>
/// <param name="Rule">As it is recorded.</param>
/// <param name="Explained">The rule in plain words.</param>
/// <param name="DefinedBy">Who defined it.</param>
public sealed record WatchlistEntryRecord(
    string Id, string Name, Subject Over, string Rule, string Explained, long Members, long Pinned, long Excluded, string DefinedBy, DateTimeOffset DefinedAt, long Version, long Position);

/// <summary>A watchlist, with its members by name.</summary>
/// <param name="IsFollowed">Whether its members are those of its present rule; false for the moment that it takes to ask a new one.</param>
/// <param name="Deleted">Why it is kept no more; null while it is.</param>
/// <param name="Members">Those of the page that was asked for.</param>
/// <param name="Next">Where the page ended; null on the last.</param>
/// <param name="Exclusions">Whom editors have excluded.</param>
public sealed record WatchlistRecord(
    WatchlistEntryRecord List, bool IsFollowed, WatchlistRuling? Deleted, IReadOnlyList<MemberRecord> Members, string? Next, IReadOnlyList<MemberRecord> Exclusions);

/// <summary>A party that is on a list, or was excluded from it.</summary>
/// <param name="Since">Since when it is on the list; null of one that is not.</param>
/// <param name="SincePosition">The position of the list's event that recorded it.</param>
/// <param name="Because">The positions of the events by which the rule came to choose it; empty where the day did, and of one that is pinned only.</param>
/// <param name="IsChosen">Whether the rule chooses it.</param>
/// <param name="Pinned">Why an editor has put it on the list, whatever the rule says.</param>
/// <param name="Excluded">Why an editor has taken it off.</param>
public sealed record MemberRecord(
    PartyName Party, DateTimeOffset? Since, long? SincePosition, IReadOnlyList<long> Because, bool IsChosen, WatchlistRuling? Pinned, WatchlistRuling? Excluded);

/// <summary>What somebody decided about a list, and why.</summary>
public sealed record WatchlistRuling(string Reason, string Author, DateTimeOffset RecordedAt, long Position);

/// <summary>What one event did to a list.</summary>
/// <param name="Event">Its name in the log.</param>
/// <param name="Name">The name from then on; null where it stayed.</param>
/// <param name="Rule">The rule from then on; null where it stayed.</param>
/// <param name="Day">The day that the rule was asked of; null where nothing was asked.</param>
/// <param name="Parties">Whom it is about.</param>
public sealed record WatchlistHistoryEntry(
    long Version, long Position, DateTimeOffset RecordedAt, string Author, string Event, string? Reason, string? Name, string? Rule, DateOnly? Day, IReadOnlyList<PartyBecause> Parties);

/// <param name="Because">The positions of the events that made it so.</param>
public sealed record PartyBecause(PartyName Party, IReadOnlyList<long> Because);

/// <summary>Whom a rule chooses now.</summary>
/// <param name="Rule">As it would be recorded.</param>
/// <param name="Explained">In plain words.</param>
/// <param name="Count">How many.</param>
/// <param name="Chosen">The first ones, by name.</param>
public sealed record TriedRule(string Rule, string Explained, Subject Over, DateOnly Day, long Count, IReadOnlyList<PartyName> Chosen);

/// <summary>A rule, read and told.</summary>
/// <param name="Rule">In the one way in which it is recorded; null where it is none.</param>
/// <param name="Explained">In plain words.</param>
/// <param name="Problem">What is wrong with it, and where; null where nothing is.</param>
public sealed record ReadRule(string? Rule, string? Explained, RuleProblemRecord? Problem);

/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
/// <param name="Says">What is wrong there, and what would be right.</param>
/// <param name="Text">The line.</param>
public sealed record RuleProblemRecord(int Line, int Column, string Says, string Text);
