using System.Text.Json.Serialization;
using Ledger.App.Alerts.Matching;
using Ledger.App.Views;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Parties;
using Ledger.App.Watchlists;
using Ledger.Domain.Alerts;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Ledger.Domain.Watchlists;

namespace Ledger.App.Alerts;

/// <summary>What an alert tells: the same for everybody, on every channel.</summary>
/// <param name="Position">Of the event in the log.</param>
/// <param name="Subject">What changed: <c>deal/enflame-technology-series-b</c>, <c>watchlist/robots</c>.</param>
/// <param name="Kinds">What sort of change it is.</param>
/// <param name="Title">The deal or the list, as people call it.</param>
/// <param name="Says">What happened, in words.</param>
/// <param name="Author">Who recorded it.</param>
/// <param name="Reason">Why an editor decided it; null of what an article says.</param>
/// <param name="Changes">By field, from what to what, each with the quote that carries it, and where that stands.</param>
/// <param name="Sources">The articles that the event's claims come from.</param>
/// <param name="Links">Addresses of pages.</param>
public sealed record AlertContent(
    long Position, DateTimeOffset RecordedAt, string Subject, IReadOnlyList<AlertKind> Kinds, string Title, string Says, string Author, string? Reason,
    IReadOnlyList<FieldChangeRecord> Changes, IReadOnlyList<string> Sources, AlertLinks Links)
{
    private const int NamedMax = 5;

    /// <summary>Whose deal it is; null of a list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PartyName? Company { get; init; }

    /// <summary>Who joined the list; null of a deal.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PartyName>? Joined { get; init; }

    /// <summary>Who left the list; null of a deal.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PartyName>? Left { get; init; }

    /// <summary>The address on the server of the page of what changed.</summary>
    [JsonIgnore]
    public string Page => Subject.Split('/', 2) switch
    {
        ["deal", var deal] => $"/deals/{deal}",
        ["party", var party] => $"/parties/{party}",
        [_, var list] => $"/watchlists/{list}",
        _ => "/",
    };

    public static string SubjectOf(DealId deal) => $"deal/{deal}";

    public static string SubjectOf(WatchlistId list) => $"watchlist/{list}";

    public static string SubjectOf(PartyId party) => $"party/{party}";

    /// <summary>What is told of some changes.</summary>
    /// <param name="found">The changes.</param>
    /// <param name="snapshot">The record at the last of them, or soon after it: what it names is called as it was then.</param>
    /// <param name="links">What addresses of pages begin with.</param>
    /// <param name="cancel">Gives up.</param>
    internal static async Task<List<AlertContent>> Of(IReadOnlyList<FoundChange> found, Snapshot snapshot, string links, CancellationToken cancel)
    {
        var names = await new PartyNames(snapshot).Themselves(found.SelectMany(Parties).Select(party => party.Value), cancel);
        return [.. found.Select(change => Of(change, names, links))];
    }

    /// <summary>The parties that are named, as they were known when it happened.</summary>
    private static IEnumerable<PartyId> Parties(FoundChange change) => change switch
    {
        { Deal: { } deal } => [Shown(deal).Company!.Value],
        { Party: { } merge } => [merge.Party, merge.Other],
        _ => change.Joined.Concat(change.Left),
    };

    private static AlertContent Of(FoundChange change, IReadOnlyDictionary<string, PartyName> names, string links) => change switch
    {
        { Deal: { } deal } => OfDeal(change, deal, names, links),
        { Party: { } merge } => OfParty(change, merge, names, links),
        _ => OfList(change, change.List!, names, links),
    };

    private static AlertContent OfDeal(FoundChange found, DealAlert alert, IReadOnlyDictionary<string, PartyName> names, string links)
    {
        var (change, shown) = (alert.Change, Shown(alert));
        var company = names[shown.Company!.Value.Value];
        var round = shown.Claim(Field.Round)?.Claim.AsWritten ?? Views.Shown.Words(shown.Kind!.Value);
        return new AlertContent(
            found.Cause.Position, found.Cause.RecordedAt, found.Subject, [.. found.Kinds.Each()], $"{company.Name}: {round}", Told.Of(alert.Happened, change.Before), found.Cause.Author,
            Told.Why(alert.Happened)?.Text, [.. alert.Fields.Select(FieldChangeRecord.Of)], [.. change.Added().Select(claim => claim.Source.Value).Distinct()],
            AlertLinks.Of(links, $"/deals/{shown.Id}", found.Cause.Position))
        {
            Company = company,
        };
    }

    private static AlertContent OfList(FoundChange found, Watchlist list, IReadOnlyDictionary<string, PartyName> names, string links)
    {
        var (joined, left) = (found.Joined.Select(party => names[party.Value]).ToList(), found.Left.Select(party => names[party.Value]).ToList());
        var says = string.Join("; ", new[] { list.IsKept ? null : "the list was deleted", Told("joined", joined), Told("left", left) }.OfType<string>());
        return new AlertContent(
            found.Cause.Position, found.Cause.RecordedAt, found.Subject, [.. found.Kinds.Each()], list.Name!, says, found.Cause.Author, Why(found.Listed!), [], [],
            AlertLinks.Of(links, $"/watchlists/{list.Id}", found.Cause.Position))
        {
            Joined = joined,
            Left = left,
        };

        static string? Told(string did, List<PartyName> parties) => parties.Count == 0 ? null
            : $"{string.Join(", ", parties.Take(NamedMax).Select(party => party.Name))}{(parties.Count > NamedMax ? $" and {parties.Count - NamedMax} more" : "")} {did}";
    }

    /// <summary>Why an editor decided it, or which events had the rule choose otherwise; null where the day had.</summary>
    private static string? Why(WatchlistEvent happened) => happened switch
    {
        WatchlistEvent.WatchlistMembersJoined e => Causes(e.Members),
        WatchlistEvent.WatchlistMembersLeft e => Causes(e.Members),
        _ => WatchlistQueries.ReasonOf(happened),
    };

    private static string? Causes(IEnumerable<MemberChange> members) => members.SelectMany(member => member.Because).Distinct().Order().ToList() is { Count: > 0 } positions
        ? $"position{(positions.Count == 1 ? "" : "s")} {string.Join(", ", positions.Take(NamedMax))}{(positions.Count > NamedMax ? $" and {positions.Count - NamedMax} more" : "")} of the log" : null;

    private static AlertContent OfParty(FoundChange found, PartyMerge merge, IReadOnlyDictionary<string, PartyName> names, string links)
    {
        var (party, other) = (names[merge.Party.Value], names[merge.Other.Value]);
        return new AlertContent(
            found.Cause.Position, found.Cause.RecordedAt, found.Subject, [.. found.Kinds.Each()], party.Name, merge.IsUndone ? $"no longer the same as {other.Name}" : $"found to be the same as {other.Name}",
            found.Cause.Author, merge.Reason.Text, [], [], AlertLinks.Of(links, $"/parties/{merge.Party}", found.Cause.Position));
    }

    /// <summary>The deal as readers find it, or found it before the change.</summary>
    private static Deal Shown(DealAlert alert) => DealAlert.IsShown(alert.Change.After) ? alert.Change.After : alert.Change.Before;
}

/// <summary>Where people read on.</summary>
/// <param name="Subject">The deal's page, or the list's.</param>
/// <param name="Event">The event's page.</param>
public sealed record AlertLinks(string Subject, string Event)
{
    internal static AlertLinks Of(string links, string subject, long position) => new($"{links}{subject}", $"{links}/log/{position}");
}
