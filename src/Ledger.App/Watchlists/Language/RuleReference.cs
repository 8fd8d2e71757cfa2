namespace Ledger.App.Watchlists.Language;

/// <summary>What the language of rules has, as its page and <c>ledger watch language</c> tell it.</summary>
internal static class RuleReference
{
    public const string Introduction = "A rule chooses companies, investors or deals: what it is over, then where, then conditions. A watchlist takes rules over companies or investors.";

    /// <summary>A rule that shows much of the language.</summary>
    public const string Example = "companies where sector = robotics and raised within 12 months and any investor (kind = corporate-venture)";

    public static IReadOnlyList<RuleChapter> Chapters { get; } =
    [
        new("Putting conditions together",
        [
            new("sector = robotics and not contested", "Both. And binds closer than or; brackets decide otherwise."),
            new("series = a or series = b", "One of them at least."),
            new("not (series = a or series = b)", "Not so. What is not known is not so, either."),
            new("series in (seed, a, b)", "One of several values."),
            new("place = \"New York\"", "White space does not matter, nor do capitals. Quotes are needed around signs, around and and or, and where another word than the first is one that conditions begin or go on with: not, any, no, at, in, is, within, where, contested, pledged, affiliated, raised, invested."),
        ]),
        new("Companies",
        [
            new("sector = robotics", "A sector of the company itself, or of one of its deals. place likewise."),
            new("raised within 12 months", "A deal whose sum counts as money raised can have been announced in that time: days, weeks, months or years before today, UTC."),
            new("status = pledged", "One of its deals is pledged. Each of the conditions on deals below can be asked of a company, and then one of its deals has to fit; but kind is asked of investors, and of deals in brackets: any deal (kind = round)."),
            new("investor = tencent", "The party is in one of its deals, or backs it; lead = tencent where it leads one. Parties are named by id, name or alias."),
            new("id = enflame-technology", "The company itself."),
            new("affiliated", "It is something to another party: affiliated as subsidiaryOf with tencent. As and with may be left out; fundOf, subsidiaryOf, stateBacked, corporateVentureOf."),
        ]),
        new("Investors",
        [
            new("kind = corporate-venture", "What sort of investor it is said to be. What sort of deal, round, aggregate or listing, is asked in brackets: any deal (kind = round)."),
            new("invested within 6 months", "A deal that it is in, and whose sum counts as money raised, can have been announced in that time."),
            new("company = enflame-technology", "It is in a deal of the company, or backs it."),
            new("sector = semiconductors", "A sector of its own, or of a deal that it is in. Conditions on deals, id, place and affiliated are asked as of companies."),
        ]),
        new("Deals",
        [
            new("series = b", "Also kind (round, aggregate, fund, listing), instrument, status, sector, place, company, investor, lead and id, with the values that deals show."),
            new("amount >= 10m USD", "The amount can be so much: amounts are intervals, and an undisclosed one never fits. Figures take k, m and bn. An amount in another currency is asked in dollars as its source gives them, or else by reference rates. valuation likewise, as announced."),
            new("announced >= 2024-Q1", "The deal can have been announced then or later: 2024-03-01, 2024-03, 2024-Q1 or 2024, with =, !=, <, <=, > and >=. A deal without a date never fits."),
            new("announced within 90 days", "It can have been announced in that time before today."),
            new("pledged and not closed for 90 days", "It is pledged, and has been since that long ago: as the pledge is dated, or else the deal, or else since it was recorded."),
            new("contested", "Sources contradict each other, and no editor has decided; contested = amount where they do so of one field."),
        ]),
        new("Counting",
        [
            new("any deal (series = b and amount >= 10m USD)", "One deal that fits both; without brackets each may be of another deal."),
            new("no investor (affiliated as stateBacked)", "Not a single one. Of investors in brackets it is asked what they are themselves: id, kind, sector, place, affiliated; and role: lead, participant, backer."),
            new("at least 3 deals (announced >= 2020)", "So many, each once."),
        ]),
        new("More of it",
        [
            new("investors where at least 2 deals (role = lead) and any company (place = Shanghai)", "Of companies in brackets it is asked what they are themselves, too."),
            new("deals where sector = drones and amount > 100m USD and not status = closed", "Deals: for whoever wants to be told of them. ledger alerts try --rule shows what that would have been; a watchlist takes no such rule, nor does ledger watch try."),
        ]),
    ];

    /// <summary>The bounds that there are.</summary>
    public static string Bounds { get; } = $"A rule has at most {Domain.Rules.Rule.LengthMax} characters and {Domain.Rules.Rule.ConditionsMax} conditions, in brackets at most {Domain.Rules.Rule.DepthMax} deep.";
}

internal sealed record RuleChapter(string Title, IReadOnlyList<RuleEntry> Entries);

/// <param name="Write">An example: a condition, or a whole rule.</param>
internal sealed record RuleEntry(string Write, string Means);
