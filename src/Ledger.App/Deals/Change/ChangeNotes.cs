using Ledger.App.Shell;

namespace Ledger.App.Deals.Change;

/// <summary>What the document of the API says of each change of a deal.</summary>
internal static class ChangeNotes
{
    private const string Amount = "70772ea61e722707";
    private static readonly string[] OfTies = ["deal-tied", "deal-merged", "deal-retracted", "companies-differ", "same-deal"];

    /// <summary>Everything that may stand in the way of any of them.</summary>
    public static string[] Problems => [.. Enum.GetValues<DealVerb>().SelectMany(verb => Of(verb).Problems).Append("merge-of-a-changed-deal").Distinct()];

    public static ChangeNote Of(DealVerb verb)
    {
        var note = Note(verb);
        return note with { Problems = ["deal-unknown", "changed-meanwhile", .. note.Problems] };
    }

    private static ChangeNote Note(DealVerb verb) => verb switch
    {
        DealVerb.Correct => new("Puts a right claim in the place of a wrong one", "by is a claim of the same field, as in an announcement; article is the one that carries it, left out where the same article was misread. Undone by restore.",
            $$"""{"claim": "{{Amount}}", "by": {"amount": {"qualifier": "approximately", "currency": "CNY", "low": 700000000, "high": 700000000}, "words": "RMB 700 million", "quote": "has raised RMB 700 million"}, "reason": "The figure is rounded."}""",
            "claim-unknown", "article-unknown", "party-unknown", "claim-corrected", "claim-withdrawn", "correction-of-another-field", "correction-of-itself", "correction-corrected", "claim-needed"),
        DealVerb.Withdraw => new("Takes back a claim", "It counts for nothing, and stays. Undone by restore.", OfClaim("The article was withdrawn."), "claim-unknown", "claim-corrected", "claim-needed"),
        DealVerb.Restore => new("Has a claim stand again", "Undoes its withdrawal or its correction.", OfClaim("It was right after all."), "claim-unknown", "claim-needed"),
        DealVerb.Prefer => new("Decides for one of several claims that disagree", "Until it is undone by unprefer, its field goes by it and is not contested.", OfClaim("It is the company's own figure."), "claim-unknown", "claim-not-standing", "status-not-preferred"),
        DealVerb.Unprefer => new("Decides for a claim no more", "Undoes a preference.", OfClaim("The release was withdrawn."), "claim-unknown"),
        DealVerb.Advance => new("Says that a deal has come further, or to a halt", "by is a claim of its status, with its effective time, and article the one that carries it. Undone by withdrawing the claim.",
            """{"article": "b17244a40225f137", "by": {"status": "closed", "words": "has closed", "quote": "Enflame Technology has closed its RMB 700 million Series B"}}""",
            "article-unknown", "no-status", "claim-not-standing", "status-not-advanced", "status-too-late"),
        DealVerb.Join => new("Says that a deal is a part of another one", "other is the whole, which then counts through its parts; as is tranche or extension. Undone by leave.",
            """{"other": "stepfun-series-b", "as": "tranche", "reason": "The release says so."}""", ["aggregate-has-no-parts", .. OfTies]),
        DealVerb.Leave => new("Says that a deal is no part of another one", "Undoes join.", OfTwo("It was a round of its own."), OfTies),
        DealVerb.Cover => new("Says that an aggregate sums up a deal", "other is the aggregate. The least that the covered deals come to may not exceed the most that it does. Undone by uncover.",
            """{"other": "zhipu-ai-2-5-billion-yuan-aggregate", "reason": "It is of the same year."}""", ["not-an-aggregate", "does-not-fit", .. OfTies]),
        DealVerb.Uncover => new("Says that an aggregate does not sum up a deal", "Undoes cover.", OfTwo("It is of another year."), OfTies),
        DealVerb.Merge => new("Says that two deals are one", "What is claimed of the first stands with other. Undone by unmerge, which leaves each as it would be without.", OfTwo("Both articles are of one round."), ["deal-distinct", "too-long", .. OfTies]),
        DealVerb.Unmerge => new("Says that two deals are two after all", "Undoes merge.", OfTwo("They were two rounds."), OfTies),
        DealVerb.Distinguish => new("Says that two deals are two, however alike", "They are offered as one no more, and are not merged until it is undone by undistinguish.", OfTwo("One is of 2020, one of 2021."), "deal-merged", "same-deal"),
        DealVerb.Undistinguish => new("Says that two deals may be one after all", "Undoes distinguish.", OfTwo("The dates were wrong."), "deal-merged", "same-deal"),
        DealVerb.Retract => new("Takes a deal out of every list and total", "Its history stays. Undone by reinstate.", """{"reason": "The article was about another company."}""", "deal-merged", "deal-tied"),
        DealVerb.Reinstate => new("Takes a retracted deal back in", "Undoes retract.", """{"reason": "It was about this company after all."}""", "deal-merged"),
        DealVerb.Tag => new("Files a deal under a sector or a place", "One of the two. Undone by untag.", """{"sector": "robotics", "reason": "They build robots."}"""),
        DealVerb.Untag => new("Files a deal under a sector or a place no more", "Undoes tag; what an article says stays.", """{"place": "Shenzhen", "reason": "They have moved."}"""),
        _ => throw new InvalidOperationException($"Nothing is told of {verb}."),
    };

    private static string OfClaim(string reason) => $$"""{"claim": "{{Amount}}", "reason": "{{reason}}"}""";

    private static string OfTwo(string reason) => $$"""{"other": "stepfun-series-b", "reason": "{{reason}}"}""";
}
