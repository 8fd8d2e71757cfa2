using System.CommandLine;
using Ledger.App.Access;
using Ledger.App.CommandLine;
using Ledger.App.Deals.Change;
using Ledger.App.Shell;
using Ledger.App.Views;
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
            ledger.Print(new Page<RankedSource>(await ledger.Get<SourceRanks>().List(ledger.Get<Snapshot>(), cancel), null), Write));
    }

    public static void MapSources(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/sources", async (SourceRanks sources, Snapshot snapshot, CancellationToken cancel) => new Page<RankedSource>(await sources.List(snapshot, cancel), null));
        routes.MapGroup("/api/sources").MapPost("", async (HttpContext context, SourceRanks sources, CancellationToken cancel) =>
        {
            var fields = await ChangeEndpoints.Read<RankFields>(context.Request, cancel);
            var outcome = await sources.Rank(fields.Name ?? "", fields.Rank ?? throw new InvalidValueException("rank", "is missing"), new Reason(fields.Reason!), Author.Of(context), cancel);
            return new ChangeSummary(outcome.Events, outcome.Position);
        });
    }

    private static Command Rank()
    {
        var name = new Argument<string>("NAME") { Description = "The publisher, or the host where articles have no publisher." };
        var rank = new Argument<int>("N") { Description = "0 as for all others, more to believe it before them, less to believe them first." };
        var reason = new Option<string>("--reason") { Description = "Why: it stands in the record.", HelpName = "TEXT", Required = true };
        return new Command("rank", "Say how far a source is believed where sources disagree; 0 undoes it.") { name, rank, reason }.Writing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            var outcome = await ledger.Get<SourceRanks>().Rank(ledger.Parsed.GetRequiredValue(name), ledger.Parsed.GetRequiredValue(rank),
                new Reason(ledger.Parsed.GetRequiredValue(reason)), ledger.Author, cancel);
            await ledger.Sign(cancel);
            await ledger.CatchUp(cancel);
            ledger.Print(new ChangeSummary(outcome.Events, outcome.Position), ChangeCommands.Write);
        });
    }

    private static void Write(Page<RankedSource> sources, IAnsiConsole console)
    {
        var table = Tables.Of("Source", "Articles", "Rank", "Reason");
        foreach (var source in sources.Items)
            table.Row(source.Name, $"{source.Articles}", $"{source.Rank}", source.Reason);
        console.Write(table);
    }

    private sealed class RankFields
    {
        public string? Name { get; set; }

        public int? Rank { get; set; }

        public string? Reason { get; set; }
    }
}
