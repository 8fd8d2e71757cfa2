using System.CommandLine;
using Ledger.App.Access;
using Ledger.App.CommandLine;
using Ledger.App.Deals;
using Ledger.App.Intake.RecordArticle;
using Ledger.App.Views;
using Spectre.Console;

namespace Ledger.App.Intake.Announce;

/// <summary><c>ledger announce ARTICLE [ANNOUNCEMENT]</c>.</summary>
internal static class AnnounceCommand
{
    public static Command Make()
    {
        var article = new Argument<string>("ARTICLE") { Description = "The article, a text in UTF-8." };
        var announcement = new Argument<string?>("ANNOUNCEMENT") { Description = "What it announces, as YAML; left out where it is only to be recorded.", Arity = ArgumentArity.ZeroOrOne };
        return new Command("announce", "Record an article, and what it says of new deals and of known ones. What is recorded already is left alone.") { article, announcement }
            .Writing(async (ledger, cancel) =>
            {
                var file = await ArticleFile.Read(ledger.Parsed.GetRequiredValue(article), cancel);
                var read = Read(file, ledger.Parsed.GetValue(announcement) is { } path
                    ? (path, StrictYaml.Parse<AnnouncementFile>(path, TextFile.Decode(await TextFile.Read(path, "an announcement", cancel), path))) : null);
                await ledger.Open(migrate: false, cancel);
                var outcome = await ledger.Get<DealLedger>().Record([read], ledger.Author, cancel);
                await ledger.Sign(cancel);
                await ledger.CatchUp(cancel);
                ledger.Print(AnnounceSummary.Of(read, outcome), Write);
            });
    }

    public static Announcement Read(ArticleFile article, (string Where, AnnouncementFile File)? announced) =>
        announced is var (where, file) ? AnnouncementReader.Read(where, file, article) : Announcement.Of(article);

    private static void Write(AnnounceSummary summary, IAnsiConsole console) => console.WriteLine(
        summary.RecordedEvents == 0 ? $"Nothing new: article {summary.Article} is recorded already, and all that it announces."
            : $"Recorded {Shown.Count(summary.RecordedEvents, "event")} of article {summary.Article}{(summary.Deals.Count > 0 ? $" and of {string.Join(", ", summary.Deals)}" : "")}.");
}

/// <param name="Article">Its id.</param>
/// <param name="Deals">The ids of the deals that it announces.</param>
internal sealed record AnnounceSummary(string Article, IReadOnlyList<string> Deals, int RecordedEvents, long Position)
{
    public static AnnounceSummary Of(Announcement announcement, RecordOutcome outcome) =>
        new(announcement.Article.Id.Value, [.. announcement.Deals.Select(deal => deal.Id.Value)], outcome.Events, outcome.Position);
}
