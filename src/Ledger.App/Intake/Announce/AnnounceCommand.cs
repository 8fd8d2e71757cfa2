using System.CommandLine;
using Ledger.App.Access;
using Ledger.App.CommandLine;
using Ledger.App.Deals.Same;
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
        var same = new Option<string[]>("--same") { Description = "A deal of the announcement is a known one: NEW=KNOWN, by their ids. May be given several times.", HelpName = "NEW=KNOWN" };
        var preview = new Option<bool>("--preview") { Description = "Show which known deals the new ones may be, and record nothing." };
        return new Command("announce", "Record an article, and what it says of new deals and of known ones. What is recorded already is left alone.") { article, announcement, same, preview }
            .Writing(async (ledger, cancel) =>
            {
                var file = await ArticleFile.Read(ledger.Parsed.GetRequiredValue(article), cancel);
                var announced = ledger.Parsed.GetValue(announcement) is { } path
                    ? (path, File: StrictYaml.Parse<AnnouncementFile>(path, TextFile.Decode(await TextFile.Read(path, "an announcement", cancel), path))) : ((string, AnnouncementFile File)?)null;
                var read = Read(file, announced);
                var known = Same(ledger.Parsed.GetValue(same) ?? []);
                await ledger.Open(migrate: false, cancel);
                var announcing = ledger.Get<Announcing>();
                if (known.Count > 0)
                {
                    await announcing.Take(announced?.File ?? new AnnouncementFile(), known, cancel);
                    read = Read(file, announced);
                }
                var isPreview = ledger.Parsed.GetValue(preview);
                var summary = await announcing.Record(read, ledger.Author, isPreview, cancel);
                await ledger.Sign(cancel);
                await ledger.CatchUp(cancel);
                ledger.Print(summary, (told, console) => Write(told, isPreview, console));
            });
    }

    public static Announcement Read(ArticleFile article, (string Where, AnnouncementFile File)? announced) =>
        announced is var (where, file) ? AnnouncementReader.Read(where, file, article) : Announcement.Of(article);

    private static Dictionary<string, string> Same(IEnumerable<string> given)
    {
        var same = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var one in given)
        {
            if (one.Split('=') is not [{ Length: > 0 } announced, { Length: > 0 } known] || !same.TryAdd(announced, known))
                throw new InputException("--same", $"'{one}' is not NEW=KNOWN, each new deal once");
        }
        return same;
    }

    private static void Write(AnnounceSummary summary, bool preview, IAnsiConsole console)
    {
        console.WriteLine(preview ? $"Article {summary.Article} and {(summary.Deals.Count > 0 ? string.Join(", ", summary.Deals) : "no deal")} could be recorded. Nothing was."
            : summary.RecordedEvents == 0 ? $"Nothing new: article {summary.Article} is recorded already, and all that it announces."
            : $"Recorded {Shown.Count(summary.RecordedEvents, "event")} of article {summary.Article}{(summary.Deals.Count > 0 ? $" and of {string.Join(", ", summary.Deals)}" : "")}.");
        if (summary.Candidates is null)
            console.WriteLine("The views stand still, so it was not compared with known deals; ledger duplicates does so once they go on.");
        foreach (var candidate in summary.Candidates ?? [])
        {
            console.WriteHeading($"{candidate.Announced} may be {candidate.Deal.Id} ({Shown.Title(candidate.Deal)}), {candidate.Score} of 100");
            console.WriteLine(DuplicatesCommand.Lines(candidate.Reasons));
            console.WriteLine(preview ? $"If it is: --same {candidate.Announced}={candidate.Deal.Id}" : $"If it is: ledger merge {candidate.Announced} {candidate.Deal.Id} --reason TEXT");
        }
    }
}

/// <param name="Article">Its id.</param>
/// <param name="Deals">The ids of the deals that it announces.</param>
/// <param name="RecordedEvents">0 where all was known already, or it was a preview.</param>
/// <param name="Candidates">Known deals that its new ones may be; null where the views stand still and could not be asked.</param>
internal sealed record AnnounceSummary(string Article, IReadOnlyList<string> Deals, int RecordedEvents, long Position, IReadOnlyList<Candidate>? Candidates);
