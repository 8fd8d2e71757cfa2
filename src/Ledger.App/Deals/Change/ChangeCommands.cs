using System.CommandLine;
using Ledger.App.Access;
using Ledger.App.CommandLine;
using Ledger.App.Intake.Announce;
using Ledger.App.Intake.RecordArticle;
using Ledger.App.Shell;
using Ledger.Domain.Values;
using Spectre.Console;

namespace Ledger.App.Deals.Change;

/// <summary>The commands that change what the record says of a deal: <c>ledger correct</c>, <c>withdraw</c>, <c>prefer</c> and the others.</summary>
internal static class ChangeCommands
{
    private static readonly Func<Argument<string>> Deal = () => new Argument<string>("DEAL") { Description = "The deal's id." };
    private static readonly Func<Argument<string>> Claim = () => new Argument<string>("CLAIM") { Description = "The claim's id, as ledger deal shows it." };

    public static IEnumerable<Command> Make() =>
    [
        Correct(), OfClaim("withdraw", "Take back a claim: it counts for nothing, and stays.", DealVerb.Withdraw, DealVerb.Restore),
        OfClaim("prefer", "Decide for one of several claims that disagree.", DealVerb.Prefer, DealVerb.Unprefer), Advance(), Part(),
        OfTwo("cover", "AGGREGATE", "Say that an aggregate sums up a deal.", DealVerb.Cover, DealVerb.Uncover),
        OfTwo("merge", "INTO", "Say that two deals are one: what is claimed of the first stands with the second.", DealVerb.Merge, DealVerb.Unmerge),
        OfTwo("distinguish", "FROM", "Say that two deals that look alike are two: they are offered as one no more.", DealVerb.Distinguish, DealVerb.Undistinguish),
        Retract(), Tag(),
    ];

    private static Command Correct()
    {
        var (deal, claim, by, article) = (Deal(), Claim(), By("What is right, as a claim in an announcement: '{amount: {…}, words: …, quote: …}'."), Article());
        return Changing(new Command("correct", "Put a right claim in the place of a wrong one.") { deal, claim, by, article }, parsed => new ChangeFields
        {
            Deal = parsed.GetRequiredValue(deal),
            Claim = parsed.GetRequiredValue(claim),
        }, DealVerb.Correct, DealVerb.Restore, by, article);
    }

    private static Command Advance()
    {
        var (deal, by, article) = (Deal(), By("The new status, as a claim in an announcement: '{status: closed, effective: 2021-05-03, words: …, quote: …}'."), Article());
        by.Required = article.Required = true;
        return Changing(new Command("advance", "Say that a deal has come further, or to a halt.") { deal, by, article }, parsed => new ChangeFields { Deal = parsed.GetRequiredValue(deal) },
            DealVerb.Advance, null, by, article);
    }

    private static Command OfClaim(string name, string description, DealVerb verb, DealVerb undo)
    {
        var (deal, claim) = (Deal(), Claim());
        return Changing(new Command(name, description) { deal, claim },
            parsed => new ChangeFields { Deal = parsed.GetRequiredValue(deal), Claim = parsed.GetRequiredValue(claim) }, verb, undo);
    }

    private static Command OfTwo(string name, string second, string description, DealVerb verb, DealVerb undo)
    {
        var (deal, other) = (Deal(), new Argument<string>(second) { Description = "The other deal's id." });
        return Changing(new Command(name, description) { deal, other },
            parsed => new ChangeFields { Deal = parsed.GetRequiredValue(deal), Other = parsed.GetRequiredValue(other) }, verb, undo);
    }

    private static Command Part()
    {
        var (deal, whole) = (Deal(), new Argument<string>("WHOLE") { Description = "The id of the deal that it is a part of." });
        var kind = new Option<string>("--kind") { Description = "tranche or extension.", HelpName = "KIND", DefaultValueFactory = _ => "tranche" };
        return Changing(new Command("part", "Say that a deal is a part of another one, which then counts through its parts.") { deal, whole, kind },
            parsed => new ChangeFields { Deal = parsed.GetRequiredValue(deal), Other = parsed.GetRequiredValue(whole), As = parsed.GetValue(kind) }, DealVerb.Join, DealVerb.Leave);
    }

    private static Command Retract()
    {
        var deal = Deal();
        return Changing(new Command("retract", "Take a deal out of every list and total; its history stays.") { deal }, parsed => new ChangeFields { Deal = parsed.GetRequiredValue(deal) },
            DealVerb.Retract, DealVerb.Reinstate);
    }

    private static Command Tag()
    {
        var deal = Deal();
        var sector = new Option<string?>("--sector") { Description = "artificial-intelligence, semiconductors.", HelpName = "SECTOR" };
        var place = new Option<string?>("--place") { Description = "The place's name.", HelpName = "PLACE" };
        return Changing(new Command("tag", "File a deal under a sector or a place.") { deal, sector, place },
            parsed => new ChangeFields { Deal = parsed.GetRequiredValue(deal), Sector = parsed.GetValue(sector), Place = parsed.GetValue(place) }, DealVerb.Tag, DealVerb.Untag);
    }

    private static Option<string?> By(string description) => new("--by") { Description = description, HelpName = "CLAIM" };

    private static Option<string?> Article() => new("--article") { Description = "The article that carries it: its id, or a file, which is recorded too.", HelpName = "ARTICLE" };

    /// <summary>Adds what every change takes, and makes it.</summary>
    private static Command Changing(
        Command command, Func<ParseResult, ChangeFields> read, DealVerb verb, DealVerb? undone, Option<string?>? by = null, Option<string?>? article = null)
    {
        var reason = new Option<string?>("--reason") { Description = "Why: it stands in the record.", HelpName = "TEXT", Required = verb != DealVerb.Advance };
        var ifVersion = new Option<long?>("--if-version") { Description = "The version of the deal that you have seen: if the same field was changed since, you are told, and nothing is recorded.", HelpName = "N" };
        var undo = new Option<bool>("--undo") { Description = "Undo it." };
        command.Options.Add(ifVersion);
        if (verb != DealVerb.Advance)
            command.Options.Add(reason);
        if (undone is not null)
            command.Options.Add(undo);
        return command.Writing(async (ledger, cancel) =>
        {
            var fields = read(ledger.Parsed);
            var isUndo = undone is not null && ledger.Parsed.GetValue(undo);
            fields.Do = ChangeReader.Word(isUndo ? undone!.Value : verb);
            fields.Reason = verb == DealVerb.Advance ? null : ledger.Parsed.GetValue(reason);
            fields.IfVersion = ledger.Parsed.GetValue(ifVersion);
            fields.As = isUndo ? null : fields.As;
            fields.By = by is not null && ledger.Parsed.GetValue(by) is { } yaml ? StrictYaml.Parse<ClaimFields>("--by", yaml) : null;
            var given = article is null ? null : ledger.Parsed.GetValue(article);
            var file = given is not null && File.Exists(given) ? await ArticleFile.Read(given, cancel) : null;
            fields.Article = file?.Id.Value ?? given;
            var change = ChangeReader.Read(ledger.Parsed.CommandResult.Command.Name, fields) with { ArticleFile = file };
            await ledger.Open(migrate: false, cancel);
            ledger.Print(await Make([change], ledger, cancel), Write);
        });
    }

    /// <summary>Makes the changes, proves and shows them.</summary>
    private static async Task<ChangeSummary> Make(IReadOnlyList<DealChangeRequest> changes, Invocation ledger, CancellationToken cancel)
    {
        var outcome = await ledger.Get<DealLedger>().Change(changes, ledger.Author, cancel);
        await ledger.Sign(cancel);
        await ledger.CatchUp(cancel);
        return new ChangeSummary(outcome.Events, outcome.Position);
    }

    public static void Write(ChangeSummary summary, IAnsiConsole console) => console.WriteLine(
        summary.RecordedEvents == 0 ? "Nothing to do: it is so already." : $"Recorded {Views.Shown.Count(summary.RecordedEvents, "event")}, up to position {summary.Position}.");
}
