using System.CommandLine;
using Ledger.App.CommandLine;
using Ledger.App.Shell;
using Ledger.App.Views;
using Spectre.Console;

namespace Ledger.App.Deals.Same;

/// <summary><c>ledger duplicates</c>, and <c>/api/duplicates</c>.</summary>
internal static class DuplicatesCommand
{
    public static Command Make()
    {
        var company = new Option<string?>("--company") { Description = "Only deals of this company: an id, a name or an alias.", HelpName = "X" };
        var next = new Option<string?>("--next") { Description = "Go on where an earlier list ended.", HelpName = "NEXT" };
        var limit = CommonOptions.Limit(20);
        return new Command("duplicates", "List pairs of deals that may be one, the likeliest first, each with its reasons.") { company, limit, next }.Asking(async (ledger, cancel) =>
            ledger.Print(await ledger.Get<Duplicates>().List(ledger.Parsed.GetValue(company), ledger.Parsed.GetValue(limit), ledger.Parsed.GetValue(next), cancel), Write));
    }

    public static void MapDuplicates(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/duplicates", ListDuplicates).WithTags("Deals").WithExample(("limit", "20")).WithProblems("not-found");

    /// <summary>Pairs of deals that may be one, the likeliest first</summary>
    /// <remarks>Each with what speaks for it and against it. Nothing is merged by itself.</remarks>
    /// <param name="duplicates">The record's.</param>
    /// <param name="company">Only deals of this company: an id, a name or an alias.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Page<LikelyPair>> ListDuplicates(Duplicates duplicates, string? company, string? next, string? limit, CancellationToken cancel) =>
        duplicates.List(company, PageLimit.Parse(limit), next, cancel);

    /// <summary>What speaks for it and against it, a line each.</summary>
    public static string Lines(IEnumerable<ReasonRecord> reasons) =>
        string.Join('\n', reasons.Select(reason => $"{(reason.Points > 0 ? "+" : reason.Points < 0 ? "−" : "·")} {reason.Says}"));

    private static void Write(Page<LikelyPair> pairs, IAnsiConsole console)
    {
        if (pairs.Items.Count == 0)
            console.WriteLine("No two deals are likely to be one.");
        foreach (var pair in pairs.Items)
        {
            console.WriteHeading($"{pair.Deal.Id} may be {pair.Into.Id} ({Shown.Title(pair.Into)}), {pair.Score} of 100");
            console.WriteLine(Lines(pair.Reasons));
            console.WriteLine($"If they are one: ledger merge {pair.Deal.Id} {pair.Into.Id} --reason TEXT");
            console.WriteLine($"If they are two: ledger distinguish {pair.Deal.Id} {pair.Into.Id} --reason TEXT");
        }
        console.WriteNext(pairs.Next, "--next");
    }
}
