using System.CommandLine;
using Ledger.App.CommandLine;
using Ledger.Domain.Values;
using Ledger.App.Views;
using Ledger.EventStore;
using Spectre.Console;

namespace Ledger.App.Operations.Replay;

/// <summary><c>ledger replay VIEW…</c>: the whole history into new tables, while readers notice nothing.</summary>
internal static class ReplayCommand
{
    public static Command Make()
    {
        var names = new Argument<string[]>("VIEW")
        {
            Description = $"Which: {string.Join(", ", RecordViews.All.Select(view => view.Name))}; all where none is named.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        return new Command("replay", "Build views anew from the whole log, hold them against the live ones, and switch.") { names }.Doing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            var views = ledger.Get<ViewRuntime>();
            string[] chosen = [.. ledger.Parsed.GetValue(names)!.Distinct()];
            if (chosen.Except(views.Names).FirstOrDefault() is { } unknown)
                throw new InvalidValueException("VIEW", $"'{unknown}' is none; there are {string.Join(", ", views.Names.Order(StringComparer.Ordinal))}");
            ledger.Print(await Replay(views, chosen.Length == 0 ? views.Names : chosen, cancel), Write);
            foreach (var name in await views.StaleNames(cancel))
                Console.Error.WriteLine(name.Message);
        });
    }

    private static async Task<IReadOnlyList<ReplayOutcome>> Replay(ViewRuntime views, IReadOnlyCollection<string> chosen, CancellationToken cancel)
    {
        try
        {
            return await ReplayBar.Show(async progress =>
            {
                // What is new or has changed is replayed in any case, and once is enough.
                var changed = await views.Prepare(progress, cancel);
                string[] others = [.. chosen.Except(changed.Select(outcome => outcome.View))];
                return others.Length == 0 ? changed : [.. changed, .. await views.Replay(others, progress, cancel)];
            });
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            throw new StoppedException("Stopped before it was done: readers see what they saw before, and the same command goes on from there.");
        }
    }

    private static void Write(IReadOnlyList<ReplayOutcome> outcomes, IAnsiConsole console)
    {
        foreach (var line in outcomes.SelectMany(Told))
            console.WriteLine(line);
    }

    /// <summary>What a replay came to, in lines for people.</summary>
    internal static IEnumerable<string> Told(ReplayOutcome outcome)
    {
        yield return $"{outcome.View}: version {outcome.Version} is live, built from {outcome.Events} events in {outcome.Elapsed.TotalSeconds:0.0} s. {Verdict(outcome)}";
        foreach (var difference in outcome.Differences ?? [])
        {
            yield return $"  {difference.Table}: {Shown.Count(difference.Rows, "row")} only in {(difference.InReplay ? "the new version" : "the version before")}, such as";
            foreach (var sample in difference.Samples)
                yield return $"    {sample}";
        }
    }

    private static string Verdict(ReplayOutcome outcome) => outcome.Differences switch
    {
        null => "There was none with the same tables to compare it with.",
        { Count: 0 } => "It is the same, row for row, as the version before.",
        _ => "It differs from the version before:",
    };
}
