using System.CommandLine;
using Ledger.App.Access;
using Ledger.App.CommandLine;
using Ledger.App.Intake.RecordArticle;
using Ledger.App.Views;
using Ledger.App.Views.Parties;
using Ledger.Domain.Values;
using Spectre.Console;

namespace Ledger.App.Parties.Change;

/// <summary><c>ledger party</c>: names, merges and affiliations of companies and investors.</summary>
internal static class PartyCommands
{
    private static readonly Func<Argument<string>> Party = () => new Argument<string>("PARTY") { Description = "The party's id." };

    public static Command Make() => new("party", "Show or change who companies and investors are.")
    {
        Show(), Register(), Named("alias", "Say that a party goes by one more name.", PartyVerb.Alias, PartyVerb.Unalias),
        Named("rename", "Show a party under another name; the one that it has stays as an alias.", PartyVerb.Rename, null), Merge(), Affiliate(),
    };

    private static Command Show()
    {
        var name = new Argument<string>("NAME") { Description = "An id, a name or an alias, in any case." };
        return new Command("show", "Show a party: its names, what it is to others, and which parties were merged into it.") { name }.Asking(async (ledger, cancel) =>
            ledger.Print<PartyRecord>(await ledger.Get<PartyQueries>().Get(ledger.Parsed.GetRequiredValue(name), cancel), PartyTables.Write));
    }

    private static Command Register()
    {
        var (party, name) = (Party(), Name());
        var alias = new Option<string[]>("--alias") { Description = "A further name; may be given several times.", HelpName = "NAME", AllowMultipleArgumentsPerToken = false };
        return Changing(new Command("register", "Make a party known under a name.") { party, name, alias }, party, PartyVerb.Register, null, (parsed, _) => new PartyChangeFields
        {
            Name = parsed.GetRequiredValue(name),
            Aliases = [.. parsed.GetValue(alias) ?? []],
        });
    }

    private static Command Named(string command, string description, PartyVerb verb, PartyVerb? undone)
    {
        var (party, name) = (Party(), Name());
        return Changing(new Command(command, description) { party, name }, party, verb, undone, (parsed, _) => new PartyChangeFields { Name = parsed.GetRequiredValue(name) });
    }

    private static Command Merge()
    {
        var (party, into) = (Party(), new Argument<string>("INTO") { Description = "The id of the party that it is the same as, and is shown as from now on." });
        var preview = new Option<bool>("--preview") { Description = "Only show what it would change." };
        return Changing(new Command("merge", "Say that two parties are one.") { party, into, preview }, party, PartyVerb.Merge, PartyVerb.Unmerge,
            (parsed, _) => new PartyChangeFields { Other = parsed.GetRequiredValue(into) }, isPreview: parsed => parsed.GetValue(preview));
    }

    private static Command Affiliate()
    {
        var party = Party();
        var kind = new Option<string>("--is") { Description = "fundOf, subsidiaryOf, stateBacked or corporateVentureOf.", HelpName = "KIND", Required = true };
        var with = new Option<string?>("--with") { Description = "The id of the party that it is that to; may be left out of one that is state-backed.", HelpName = "PARTY" };
        var from = new Option<string?>("--from") { Description = "Since when: 2020-04-03, 2020-04, 2020.", HelpName = "DATE" };
        var article = new Option<string?>("--article") { Description = "The article that says so: its id, or a file, which is recorded too.", HelpName = "ARTICLE" };
        var words = new Option<string?>("--words") { Description = "The article's words for it.", HelpName = "TEXT" };
        var quote = new Option<string?>("--quote") { Description = "The passage in which they stand, to the letter.", HelpName = "TEXT" };
        return Changing(new Command("affiliate", "Say what a party is to another one, by a quote or a reason.") { party, kind, with, from, article, words, quote },
            party, PartyVerb.Affiliate, PartyVerb.Unaffiliate, (parsed, isUndo) => new PartyChangeFields
            {
                Is = parsed.GetRequiredValue(kind),
                With = parsed.GetValue(with),
                From = isUndo ? null : parsed.GetValue(from),
                Article = parsed.GetValue(article),
                Words = parsed.GetValue(words),
                Quote = parsed.GetValue(quote),
            });
    }

    private static Argument<string> Name() => new("NAME") { Description = "The name, in any script." };

    /// <summary>Adds what every change takes, and makes it.</summary>
    private static Command Changing(
        Command command, Argument<string> party, PartyVerb verb, PartyVerb? undone, Func<ParseResult, bool, PartyChangeFields> read, Func<ParseResult, bool>? isPreview = null)
    {
        var reason = new Option<string?>("--reason") { Description = "Why: it stands in the record.", HelpName = "TEXT" };
        var ifVersion = new Option<long?>("--if-version") { Description = "The version of the party that you have seen: if the same was changed since, you are told, and nothing is recorded.", HelpName = "N" };
        var undo = new Option<bool>("--undo") { Description = "Undo it." };
        if (verb != PartyVerb.Register)
            command.Options.Add(reason);
        command.Options.Add(ifVersion);
        if (undone is not null)
            command.Options.Add(undo);
        return command.Writing(async (ledger, cancel) =>
        {
            var id = ledger.Parsed.GetRequiredValue(party);
            var isUndo = undone is not null && ledger.Parsed.GetValue(undo);
            var fields = read(ledger.Parsed, isUndo);
            if (isPreview?.Invoke(ledger.Parsed) == true)
            {
                await ledger.Open(migrate: false, cancel);
                await ledger.CatchUp(cancel);
                var preview = await ledger.Get<MergePreviews>().Of(new PartyId(id), new PartyId(fields.Other!), cancel);
                ledger.Print(preview, PartyTables.Write);
                return;
            }
            fields.Reason = verb == PartyVerb.Register ? null : ledger.Parsed.GetValue(reason);
            fields.IfVersion = ledger.Parsed.GetValue(ifVersion);
            var file = fields.Article is { } given && File.Exists(given) ? await ArticleFile.Read(given, cancel) : null;
            fields.Article = file?.Id.Value ?? fields.Article;
            var change = PartyChange.Read(id, isUndo ? undone!.Value : verb, fields);
            change = change with { Evidence = change.Evidence is { } evidence ? evidence with { File = file } : null };
            await ledger.Open(migrate: false, cancel);
            await ledger.CatchUp(cancel);
            var summary = await PartyChangeSummary.Make(ledger.Get<PartyLedger>(), ledger.Get<PartyNames>(), change, ledger.Author, cancel);
            await ledger.Sign(cancel);
            await ledger.CatchUp(cancel);
            ledger.Print(summary, Write);
        });
    }

    private static void Write(PartyChangeSummary summary, IAnsiConsole console)
    {
        console.WriteLine(summary.RecordedEvents == 0 ? "Nothing to do: it is so already." : $"Recorded {Shown.Count(summary.RecordedEvents, "event")}, up to position {summary.Position}.");
        foreach (var warning in summary.Warnings)
            console.WriteLine(warning);
    }
}
