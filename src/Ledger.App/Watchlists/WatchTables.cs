using System.Globalization;
using Ledger.App.CommandLine;
using Ledger.App.Views;
using Ledger.App.Watchlists.Language;
using Spectre.Console;

namespace Ledger.App.Watchlists;

/// <summary>Watchlists on a terminal.</summary>
internal static class WatchTables
{
    public static void Write(Page<WatchlistEntryRecord> lists, IAnsiConsole console)
    {
        var table = Tables.Of("List", "Name", "Members", "Rule");
        foreach (var list in lists.Items)
            table.Row(list.Id, list.Name, $"{list.Members}", list.Rule);
        console.Write(table);
    }

    public static void Write(WatchlistRecord list, IReadOnlyDictionary<long, string> told, IAnsiConsole console)
    {
        console.WriteFacts(
            ("List", $"{list.List.Name} ({list.List.Id})"), ("Rule", list.List.Rule), ("Chooses", list.List.Explained), ("Members", $"{list.List.Members}"),
            ("Defined", $"{Shown.Time(list.List.DefinedAt)} UTC, by {list.List.DefinedBy}"), ("Deleted", Ruling(list.Deleted)));
        var table = Tables.Of("Member", "Since", "Because of");
        foreach (var member in list.Members)
            table.Row(member.Party.Name, member.Since is { } since ? Shown.Time(since) : null, Because(member, told));
        console.Write(table);
        foreach (var excluded in list.Exclusions)
            console.WriteLine($"{excluded.Party.Name} is excluded {Ruling(excluded.Excluded)}");
        console.WriteNext(list.Next, "--next");
    }

    public static void Write(Page<WatchlistHistoryEntry> history, IAnsiConsole console)
    {
        foreach (var entry in history.Items)
        {
            console.WriteHeading($"Version {entry.Version}: {Told(entry)}, position {entry.Position}, {Shown.Time(entry.RecordedAt)} UTC, by {entry.Author}");
            if (entry.Rule is { } rule)
                console.WriteLine(rule);
            if (entry.Reason is { } reason)
                console.WriteLine($"Because: {reason}");
            foreach (var party in entry.Parties)
                console.WriteLine($"{party.Party.Name}{(party.Because.Count > 0 ? $" (position {string.Join(", ", party.Because)})" : "")}");
        }
        console.WriteNext(history.Next, "--next");
    }

    public static void Write(ReadRule rule, IAnsiConsole console) => console.WriteFacts(("Rule", rule.Rule), ("Chooses", rule.Explained));

    public static void Write(TriedRule tried, IAnsiConsole console)
    {
        console.WriteFacts(("Rule", tried.Rule), ("Chooses", tried.Explained), ("On", Shown.Date(tried.Day)), ("Chosen", tried.Count.ToString(CultureInfo.InvariantCulture)));
        foreach (var party in tried.Chosen)
            console.WriteLine($"{party.Name} ({party.Id})");
        if (tried.Count > tried.Chosen.Count)
            console.WriteLine($"and {tried.Count - tried.Chosen.Count} more");
    }

    public static void Write(IReadOnlyList<RuleChapter> chapters, IAnsiConsole console)
    {
        console.WriteLine(RuleReference.Introduction);
        console.WriteLine(RuleReference.Example);
        foreach (var chapter in chapters)
        {
            console.WriteHeading(chapter.Title);
            var table = Tables.Of("Write", "What it asks");
            foreach (var entry in chapter.Entries)
                table.Row(entry.Write, entry.Means);
            console.Write(table);
        }
        console.WriteLine(RuleReference.Bounds);
    }

    /// <summary>An event of a list as people say it.</summary>
    public static string Told(WatchlistHistoryEntry entry) => entry.Event switch
    {
        "watchlist_defined" => "defined",
        "watchlist_rule_changed" => "another rule",
        "watchlist_renamed" => $"called {entry.Name}",
        "watchlist_member_pinned" => "pinned",
        "watchlist_member_excluded" => "excluded",
        "watchlist_member_released" => "left to the rule again",
        "watchlist_members_joined" => $"{Shown.Count(entry.Parties.Count, "party", "parties")} joined{Today(entry)}",
        "watchlist_members_left" => $"{Shown.Count(entry.Parties.Count, "party", "parties")} left{Today(entry)}",
        _ => "deleted",
    };

    /// <summary>What no event has done, the day has.</summary>
    private static string Today(WatchlistHistoryEntry entry) => entry.Day is { } day && entry.Parties.All(party => party.Because.Count == 0) ? $" as {Shown.Date(day)} began" : "";

    private static string Because(MemberRecord member, IReadOnlyDictionary<long, string> told) => string.Join("; ", new[]
    {
        member.Because.Count > 0 ? string.Join("; ", member.Because.Select(position => $"{told.GetValueOrDefault(position)} (position {position})")) : member.IsChosen ? "the day" : null,
        member.Pinned is { } pinned ? $"pinned {Ruling(pinned)}" : null,
    }.OfType<string>());

    private static string? Ruling(WatchlistRuling? ruling) => ruling is null ? null : $"by {ruling.Author} at {Shown.Time(ruling.RecordedAt)} UTC, because: {ruling.Reason}";
}
