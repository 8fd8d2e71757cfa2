using Ledger.App.Views;
using Ledger.App.Views.Parties;
using Ledger.App.Watchlists;
using Ledger.App.Watchlists.Language;
using Ledger.Domain.Alerts;
using Ledger.Domain.Values;

namespace Ledger.App.Alerts.Subscriptions;

/// <summary>What a subscription follows, as it is asked for: one of the first five, and which kinds of change.</summary>
internal class FollowFields
{
    /// <summary>An id, a name or an alias.</summary>
    public string? Investor { get; set; }

    /// <summary>An id, a name or an alias.</summary>
    public string? Company { get; set; }

    public string? Sector { get; set; }

    /// <summary>An id or a name.</summary>
    public string? Watchlist { get; set; }

    /// <summary>In the language of rules.</summary>
    public string? Rule { get; set; }

    /// <summary>In place of one of these: its name.</summary>
    public string? What { get; set; }

    /// <summary>With that: its value.</summary>
    public string? Which { get; set; }

    /// <summary>Separated by commas; all where nothing is said, or <c>all</c> is.</summary>
    public string? Kinds { get; set; }

    internal FollowFields Spelled() => What switch
    {
        null or "" => this,
        "investor" => new FollowFields { Investor = Which },
        "company" => new FollowFields { Company = Which },
        "sector" => new FollowFields { Sector = Which },
        "watchlist" => new FollowFields { Watchlist = Which },
        "rule" => new FollowFields { Rule = Which },
        _ => throw new InvalidValueException("what", $"'{What}' is not one of investor, company, sector, watchlist, rule"),
    };
}

/// <summary>What subscriptions follow, as it is written and told.</summary>
internal sealed class Targets(PartyNames names, WatchlistQueries lists)
{
    /// <summary>In place of the names of all kinds.</summary>
    public const string AllKinds = "all";

    private const string Expected = "one of investor, company, sector, watchlist or rule is expected";

    /// <summary>Whether the fields say what to follow.</summary>
    public static bool IsIn(FollowFields fields) => (fields.What ?? fields.Investor ?? fields.Company ?? fields.Sector ?? fields.Watchlist ?? fields.Rule) is not null;

    /// <exception cref="InvalidValueException">Nothing is named, or several things are, or the rule is none.</exception>
    /// <exception cref="NotFoundException">What is named is not in the record.</exception>
    public async Task<AlertTarget> Read(FollowFields fields, CancellationToken cancel)
    {
        fields = fields.Spelled();
        string?[] given = [fields.Investor, fields.Company, fields.Sector, fields.Watchlist, fields.Rule];
        if (given.Count(one => one is not null) != 1)
            throw new InvalidValueException("follow", given.All(one => one is null) ? $"nothing is named; {Expected}" : $"several things are named; {Expected}");
        return fields switch
        {
            { Investor: { } name } => new AlertTarget.Investor((await names.Find(name, cancel)).Id),
            { Company: { } name } => new AlertTarget.Company((await names.Find(name, cancel)).Id),
            { Sector: { } sector } => new AlertTarget.Sector(sector.Trim().ToLowerInvariant().Replace(' ', '-')),
            { Watchlist: { } list } => await lists.Find(list, cancel) is { IsKept: true } found ? new AlertTarget.Watchlist(found.Id) : throw new NotFoundException($"Watchlist '{list}' was deleted."),
            _ => new AlertTarget.Chosen(await lists.Rule(fields.Rule!, cancel)),
        };
    }

    /// <summary>The kinds that are named; all where nothing is said.</summary>
    /// <exception cref="InvalidValueException">There is no such kind.</exception>
    public static AlertKinds Kinds(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return AlertKinds.All;
        var names = KindNames(text);
        var kinds = AlertKinds.Of(names.Where(name => name != AllKinds).Select(name => Written.Parse<AlertKind>("kinds", name)));
        return names.Contains(AllKinds) ? AlertKinds.All : !kinds.IsEmpty ? kinds
            : throw new InvalidValueException("kinds", $"'{Text.Shorten(text)}' names none; {AllKinds}, or some of {string.Join(", ", Enum.GetValues<AlertKind>().Select(Written.Name))}, are expected");
    }

    /// <exception cref="InvalidValueException">What is followed has no change of a kind that is asked for by its name.</exception>
    public static void Check(AlertTarget target, AlertKinds kinds)
    {
        if (!kinds.IsAll && kinds.Overlaps(AlertKinds.Of(AlertKind.Membership)) && target is AlertTarget.Sector or AlertTarget.Chosen)
            throw new InvalidValueException("kinds", "'membership' is told of a watchlist, a company or an investor; a sector or a rule is on no list");
    }

    public static string[] KindNames(string? text) => (text ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>As it is stored: of what sort, and which.</summary>
    public static (string Target, string Follows) Write(AlertTarget target) => target switch
    {
        AlertTarget.Investor one => ("investor", one.Party.Value),
        AlertTarget.Company one => ("company", one.Party.Value),
        AlertTarget.Sector one => ("sector", one.Slug),
        AlertTarget.Watchlist one => ("watchlist", one.List.Value),
        AlertTarget.Chosen one => ("rule", one.Rule.ToString()),
        _ => throw new InvalidOperationException($"A subscription does not follow {target.GetType().Name}."),
    };

    public static AlertTarget Stored(string target, string follows) => target switch
    {
        "investor" => new AlertTarget.Investor(new PartyId(follows)),
        "company" => new AlertTarget.Company(new PartyId(follows)),
        "sector" => new AlertTarget.Sector(follows),
        "watchlist" => new AlertTarget.Watchlist(new WatchlistId(follows)),
        _ => new AlertTarget.Chosen(RuleReader.Read(follows)),
    };

    /// <summary>In words.</summary>
    public async Task<string> Tell(AlertTarget target, CancellationToken cancel) => target switch
    {
        AlertTarget.Investor one => $"deals in which {await Name(one.Party, cancel)} invests",
        AlertTarget.Company one => $"deals of {await Name(one.Party, cancel)}",
        AlertTarget.Sector one => $"deals in {one.Slug}",
        AlertTarget.Watchlist one => $"watchlist {one.List}, {((await lists.Find(one.List.Value, cancel)).IsKept ? "and deals of whoever is on it" : "which was deleted")}",
        AlertTarget.Chosen one => await lists.Explain(one.Rule, cancel),
        _ => throw new InvalidOperationException($"A subscription does not follow {target.GetType().Name}."),
    };

    /// <summary>"corrections, merges"; "all changes".</summary>
    public static string Tell(AlertKinds kinds) => kinds.IsAll ? "all changes" : string.Join(", ", kinds.Each().Select(Tell));

    public static string Tell(AlertKind kind) => kind switch
    {
        AlertKind.NewDeal => "new deal",
        AlertKind.Status => "change of status",
        AlertKind.Membership => "list membership",
        AlertKind.Other => "other change",
        _ => Shown.Words(kind),
    };

    private async Task<string> Name(PartyId party, CancellationToken cancel) => (await names.Of([party.Value], cancel))[party.Value].Name;
}
