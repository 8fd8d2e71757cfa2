using System.CommandLine;
using Ledger.App.Access;
using Ledger.App.CommandLine;
using Ledger.App.Deals.Change;
using Ledger.App.Intake;
using Ledger.App.Shell;
using Ledger.App.Views;
using Ledger.App.Views.Moments;
using Ledger.App.Views.Parties;
using Ledger.App.Watchlists.Language;
using Ledger.Domain.Values;
using Ledger.Domain.Watchlists;
using Ledger.EventStore;

namespace Ledger.App.Watchlists;

/// <summary><c>ledger watch</c>: lists of whom rules choose.</summary>
internal static class WatchCommands
{
    private const string ListHelp = "The id or the name of a watchlist.";
    private const string RuleHelp = "In the language of rules: ledger watch language tells it.";

    public static Command Make() => new("watch", "Keep lists of the companies or investors that rules choose.")
    {
        Define(), List(), Show(), ChangeRule(), Rename(), Deciding("pin", "Have a party on a list, whatever its rule says.", (party, reason) => new WatchlistCommand.Pin(party, reason)),
        Deciding("exclude", "Have a party not on a list, whatever its rule says.", (party, reason) => new WatchlistCommand.Exclude(party, reason)),
        Deciding("release", "Leave a party to the rule of a list again.", (party, reason) => new WatchlistCommand.Release(party, reason)),
        History(), Explain(), Try(), Delete(), Language(),
    };

    private static Command Define()
    {
        var name = new Argument<string>("NAME") { Description = "What the list is to be called; its id is made from it." };
        var rule = new Argument<string>("RULE") { Description = RuleHelp };
        return new Command("define", "Keep a list of whom a rule chooses.") { name, rule }.Writing(async (ledger, cancel) =>
        {
            await Open(ledger, cancel);
            var called = ledger.Parsed.GetRequiredValue(name);
            await Change(ledger, WatchlistLedger.IdOf(called), new WatchlistCommand.Define(Text.Line("NAME", called.Trim()), await Read(ledger, ledger.Parsed.GetRequiredValue(rule), cancel)), cancel);
        });
    }

    private static Command ChangeRule()
    {
        var (list, rule, reason) = (ListArgument(), new Argument<string>("RULE") { Description = RuleHelp }, ReasonOption());
        return new Command("rule", "Have another rule choose who is on a list.") { list, rule, reason }.Writing(async (ledger, cancel) =>
        {
            await Open(ledger, cancel);
            var found = await ledger.Get<WatchlistQueries>().Find(ledger.Parsed.GetRequiredValue(list), cancel);
            await Change(ledger, found.Id, new WatchlistCommand.ChangeRule(await Read(ledger, ledger.Parsed.GetRequiredValue(rule), cancel), new Reason(ledger.Parsed.GetRequiredValue(reason))), cancel);
        });
    }

    private static Command Rename()
    {
        var (list, name, reason) = (ListArgument(), new Argument<string>("NAME") { Description = "What it is to be called from now on." }, ReasonOption());
        return new Command("rename", "Show a list under another name; its id stays.") { list, name, reason }.Writing(async (ledger, cancel) =>
        {
            await Open(ledger, cancel);
            var found = await ledger.Get<WatchlistQueries>().Find(ledger.Parsed.GetRequiredValue(list), cancel);
            await Change(ledger, found.Id, new WatchlistCommand.Rename(Text.Line("NAME", ledger.Parsed.GetRequiredValue(name).Trim()), new Reason(ledger.Parsed.GetRequiredValue(reason))), cancel);
        });
    }

    private static Command Deciding(string name, string description, Func<PartyId, Reason, WatchlistCommand.OfParty> decide)
    {
        var (list, party, reason) = (ListArgument(), new Argument<string>("PARTY") { Description = "An id, a name or an alias." }, ReasonOption());
        return new Command(name, description) { list, party, reason }.Writing(async (ledger, cancel) =>
        {
            await Open(ledger, cancel);
            var found = await ledger.Get<WatchlistQueries>().Find(ledger.Parsed.GetRequiredValue(list), cancel);
            var why = new Reason(ledger.Parsed.GetRequiredValue(reason));
            await Change(ledger, found.Id, await ledger.Get<WatchlistQueries>().OfParty(ledger.Parsed.GetRequiredValue(party), who => decide(who, why), cancel), cancel);
        });
    }

    private static Command Delete()
    {
        var (list, reason) = (ListArgument(), ReasonOption());
        return new Command("delete", "Keep a list no more; its history stays.") { list, reason }.Writing(async (ledger, cancel) =>
        {
            await Open(ledger, cancel);
            var found = await ledger.Get<WatchlistQueries>().Find(ledger.Parsed.GetRequiredValue(list), cancel);
            await Change(ledger, found.Id, new WatchlistCommand.Delete(new Reason(ledger.Parsed.GetRequiredValue(reason))), cancel);
        });
    }

    private static Command List() => new Command("list", "List the watchlists with their rules.").Watching(async (ledger, cancel) =>
        ledger.Print(await ledger.Get<WatchlistQueries>().List(int.MaxValue - 1, null, cancel), WatchTables.Write));

    private static Command Show()
    {
        var (list, limit) = (ListArgument(), CommonOptions.Limit(200));
        var next = new Option<string?>("--next") { Description = "Where the page before ended.", HelpName = "NEXT" };
        return new Command("show", "Show who is on a list, since when, and because of which events.") { list, limit, next }.Watching(async (ledger, cancel) =>
        {
            var lists = ledger.Get<WatchlistQueries>();
            var found = await lists.Get(ledger.Parsed.GetRequiredValue(list), Limit(ledger, limit), ledger.Parsed.GetValue(next), cancel);
            var told = await lists.Told(found.Members.SelectMany(member => member.Because), cancel);
            ledger.Print(found, (one, console) => WatchTables.Write(one, told, console));
        });
    }

    private static Command History()
    {
        var (list, limit) = (ListArgument(), CommonOptions.Limit(50));
        var party = new Option<string?>("--party") { Description = "Only what is about one: an id, a name or an alias.", HelpName = "PARTY" };
        var next = new Option<string?>("--next") { Description = "Where the page before ended.", HelpName = "NEXT" };
        return new Command("history", "Show what became of a list, the last first.") { list, party, limit, next }.Watching(async (ledger, cancel) =>
            ledger.Print(await ledger.Get<WatchlistQueries>().History(ledger.Parsed.GetRequiredValue(list), ledger.Parsed.GetValue(party), Limit(ledger, limit), ledger.Parsed.GetValue(next), cancel), WatchTables.Write));
    }

    private static Command Explain()
    {
        var rule = new Argument<string>("RULE") { Description = RuleHelp };
        return new Command("explain", "Tell a rule in plain words, or what is wrong with it.") { rule }.Asking(async (ledger, cancel) =>
        {
            var read = await Read(ledger, ledger.Parsed.GetRequiredValue(rule), cancel);
            ledger.Print(new ReadRule(read.ToString(), await ledger.Get<WatchlistQueries>().Explain(read, cancel), null), WatchTables.Write);
        });
    }

    private static Command Try()
    {
        var rule = new Argument<string>("RULE") { Description = RuleHelp };
        var day = new Option<string?>("--on") { Description = "The day that the rule is asked of; if left out, today, UTC, or that of --effective or --as-of.", HelpName = "DATE" };
        return new Command("try", "Show whom a rule chooses, and keep no list.") { rule, day }.Asking(async (ledger, cancel) =>
        {
            await Read(ledger, ledger.Parsed.GetRequiredValue(rule), cancel);
            ledger.Print(await ledger.Get<WatchlistQueries>().Try(ledger.Parsed.GetRequiredValue(rule), WatchDay.Parse("--on", ledger.Parsed.GetValue(day)), cancel), WatchTables.Write);
        });
    }

    private static Command Language() => new Command("language", "Tell the language of rules.").Doing((ledger, _) =>
    {
        ledger.Print(RuleReference.Chapters, WatchTables.Write);
        return Task.CompletedTask;
    });

    /// <summary>A command that asks, of any moment, with the lists at the end of the log: also where no server follows it.</summary>
    private static Command Watching(this Command command, Func<Invocation, CancellationToken, Task> run)
    {
        MomentOptions.AddTo(command);
        return command.Doing(async (ledger, cancel) =>
        {
            await Open(ledger, cancel);
            await MomentOptions.Read(ledger.Parsed).Choose(ledger.Get<Snapshot>(), ledger.Get<EventLog>(), ledger.Get<ViewRuntime>(), cancel);
            await run(ledger, cancel);
        });
    }

    private static async Task Open(Invocation ledger, CancellationToken cancel)
    {
        await ledger.Open(migrate: false, cancel);
        await ledger.CatchUp(cancel);
        await ledger.Get<WatchlistFollower>().CatchUp(WatchDay.Today, cancel);
        // What the lists have recorded themselves is part of what is read.
        await ledger.CatchUp(cancel);
        await ledger.Sign(cancel);
    }

    private static async Task Change(Invocation ledger, WatchlistId id, WatchlistCommand command, CancellationToken cancel)
    {
        var outcome = await ledger.Get<WatchlistLedger>().Change(id, command, ledger.Author, cancel);
        await ledger.CatchUp(cancel);
        await ledger.Get<WatchlistFollower>().CatchUp(WatchDay.Today, cancel);
        await ledger.Sign(cancel);
        await ledger.CatchUp(cancel);
        ledger.Print(new ChangeSummary(outcome.Events, outcome.Position), ChangeCommands.Write);
    }

    /// <exception cref="InputException">It is no rule; the message shows where not.</exception>
    private static async Task<Domain.Rules.Rule> Read(Invocation ledger, string text, CancellationToken cancel)
    {
        var (rule, problem) = await RuleReader.Read(text, ledger.Get<PartyNames>(), cancel);
        return rule ?? throw new InputException("RULE", $"\n{problem!.Shown()}\n{problem}");
    }

    private static int Limit(Invocation ledger, Option<int> limit) => Math.Min(ledger.Parsed.GetValue(limit), int.MaxValue - 1);

    private static Argument<string> ListArgument() => new("LIST") { Description = ListHelp };

    private static Option<string> ReasonOption() => new("--reason") { Description = "Why: it stands in the record.", HelpName = "TEXT", Required = true };
}
