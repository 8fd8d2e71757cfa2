using System.CommandLine;
using Ledger.App.Access;
using Ledger.App.CommandLine;
using Ledger.App.Deals.Change;
using Ledger.App.Shell;
using Ledger.App.Views;
using Ledger.Domain.Sources;
using Ledger.Domain.Values;
using Spectre.Console;

namespace Ledger.App.Deals.RankSource;

/// <summary><c>ledger sources</c> and <c>ledger sources rank</c>, and the same over HTTP.</summary>
internal static class SourcesCommand
{
    public static Command Make()
    {
        var command = new Command("sources", "List the sources of articles with their ranks.") { Rank() };
        return command.Asking(async (ledger, cancel) =>
            ledger.Print(await ledger.Get<SourceRanks>().List(ledger.Get<Snapshot>(), int.MaxValue - 1, null, cancel), Write));
    }

    public static void MapSources(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/sources", ListSources).WithTags("Articles").WithExample(("limit", "20"));
        routes.MapGroup("/api/sources").MapPost("", RankSource).WithTags("Articles").Accepts<RankFields>("application/json").WithProblems("changed-meanwhile", "too-long")
            .WithBody("""{"name": "The Daily", "rank": 3, "reason": "Their reporters were there."}""");
        routes.MapGroup("/sources").MapPost("/rank", async (HttpContext context, SourceRanks sources, CancellationToken cancel) =>
        {
            var summary = await Make(context, sources, await Fields.OfForm<RankFields>(context.Request, cancel), cancel);
            return context.SeeOther("/sources", summary.Position);
        }).ExcludeFromDescription();
    }

    /// <summary>The sources of articles, with their ranks</summary>
    /// <remarks>An article's source is its publisher, or else the host of its address.</remarks>
    /// <param name="sources">The record's.</param>
    /// <param name="snapshot">Of the moment.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Page<RankedSource>> ListSources(SourceRanks sources, Snapshot snapshot, string? next, string? limit, CancellationToken cancel) =>
        sources.List(snapshot, PageLimit.Parse(limit), next, cancel);

    /// <summary>Says how far a source is believed where sources disagree</summary>
    /// <remarks>0 as for all others, more to believe it before them. Every deal that cites the source is told.</remarks>
    /// <param name="context">Of the request.</param>
    /// <param name="sources">The record's.</param>
    /// <param name="cancel">The sender has gone.</param>
    internal static async Task<ChangeSummary> RankSource(HttpContext context, SourceRanks sources, CancellationToken cancel) =>
        await Make(context, sources, await Fields.OfJson<RankFields>(context.Request, cancel), cancel);

    private static async Task<ChangeSummary> Make(HttpContext context, SourceRanks sources, RankFields fields, CancellationToken cancel)
    {
        var rank = fields.Rank ?? throw new InvalidValueException("rank", "is missing");
        if (rank is < int.MinValue or > int.MaxValue)
            throw new InvalidValueException("rank", $"{rank} is out of range; a number from {-Source.RankMax} to {Source.RankMax} is expected");
        var outcome = await sources.Rank(fields.Name ?? "", (int)rank, new Reason(fields.Reason!), ChangeReader.Version(fields.IfVersion), Preconditions.WriterOf(context, fields), cancel);
        return new ChangeSummary(outcome.Events, outcome.Position);
    }

    private static Command Rank()
    {
        var name = new Argument<string>("NAME") { Description = "The publisher, or the host where articles have no publisher." };
        var rank = new Argument<int>("N") { Description = "0 as for all others, more to believe it before them, less to believe them first." };
        var reason = new Option<string>("--reason") { Description = "Why: it stands in the record.", HelpName = "TEXT", Required = true };
        var ifVersion = new Option<long?>("--if-version") { Description = "How often the source had been ranked, as ledger sources shows it: if it was ranked since, you are told, and nothing is recorded.", HelpName = "N" };
        return new Command("rank", "Say how far a source is believed where sources disagree; 0 undoes it.") { name, rank, reason, ifVersion }.Writing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            var outcome = await ledger.Get<SourceRanks>().Rank(ledger.Parsed.GetRequiredValue(name), ledger.Parsed.GetRequiredValue(rank),
                new Reason(ledger.Parsed.GetRequiredValue(reason)), ChangeReader.Version(ledger.Parsed.GetValue(ifVersion)), ledger.Author, cancel);
            await ledger.Sign(cancel);
            await ledger.CatchUp(cancel);
            ledger.Print(new ChangeSummary(outcome.Events, outcome.Position), ChangeCommands.Write);
        });
    }

    private static void Write(Page<RankedSource> sources, IAnsiConsole console)
    {
        var table = Tables.Of("Source", "Articles", "Rank", "Version", "By", "Reason");
        foreach (var source in sources.Items)
            table.Row(source.Name, $"{source.Articles}", $"{source.Rank}", $"{source.Version}", source.Author, source.Reason);
        console.Write(table);
    }

    internal sealed class RankFields
    {
        public string? Name { get; set; }

        public long? Rank { get; set; }

        public string? Reason { get; set; }

        /// <summary>The version of the source that its editor has seen: should it have been ranked since, nothing is recorded.</summary>
        public long? IfVersion { get; set; }
    }
}
