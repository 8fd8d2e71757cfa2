using System.CommandLine;
using System.Globalization;
using Ledger.App.CommandLine;
using Ledger.Domain.Values;
using Ledger.App.Views;
using Ledger.EventStore;
using Spectre.Console;

namespace Ledger.App.Operations.Replay;

/// <summary><c>ledger projections</c>: every version of every view, how far it holds, and the way back.</summary>
internal static class ProjectionsCommand
{
    public static Command Make() =>
        new Command("projections", "Show every version of every view and how far it is behind the log.") { Rollback() }.Doing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            ledger.Print(await ledger.Get<ViewRuntime>().Status(cancel), Write);
            foreach (var name in await ledger.Get<ViewRuntime>().StaleNames(cancel))
                Console.Error.WriteLine(name.Message);
        });

    private static Command Rollback()
    {
        var name = new Argument<string>("VIEW") { Description = "Which." };
        return new Command("rollback", "Let readers see the version again that was live before the last switch.") { name }.Doing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            var views = ledger.Get<ViewRuntime>();
            var view = ledger.Parsed.GetRequiredValue(name);
            if (!views.Names.Contains(view))
                throw new InvalidValueException("VIEW", $"'{view}' is none; there are {string.Join(", ", views.Names.Order(StringComparer.Ordinal))}");
            await views.Rollback(view, cancel);
            await views.CatchUp(cancel);
            var live = (await views.Status(cancel)).Single(version => version.View == view && version.State is ViewState.Live or ViewState.Frozen);
            ledger.Print(live, (version, console) => console.WriteLine(version.State == ViewState.Frozen
                ? $"{version.View}: version {version.Version} is live, and frozen at position {version.Position}: this program no longer has its definition."
                : $"{version.View}: version {version.Version} is live."));
        });
    }

    private static void Write(IReadOnlyList<ViewStatus> versions, IAnsiConsole console)
    {
        var table = Tables.Of("View", "Version", "State", "Position", "Behind", "Since", "Stands still because");
        foreach (var version in versions)
        {
            table.Row(version.View, version.Version.ToString(CultureInfo.InvariantCulture), State(version), $"{version.Position:#,0}",
                version.State == ViewState.Kept ? null : $"{version.Lag:#,0}", version.OldestWaiting is { } since ? $"{Shown.Time(since)} UTC" : null,
                version.Failure is { } failure ? $"position {failure.Position}: {failure.Message}" : null);
        }
        console.Write(table);
    }

    /// <summary>What becomes of a version, in a word or two.</summary>
    internal static string State(ViewStatus version) => version switch
    {
        { State: ViewState.Building, Failure: not null } => "building, stands still",
        { Replay: { Of: > 0 } done } => $"{(done.IsStopped ? "stopped" : "building")}, {100 * done.Done / done.Of} %",
        { Replay.IsStopped: true } => "stopped",
        { State: ViewState.Live, Failure: not null } => "live, stands still",
        _ => version.State.ToString().ToLowerInvariant(),
    };
}
