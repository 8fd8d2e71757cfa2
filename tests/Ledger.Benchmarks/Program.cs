using System.Globalization;
using System.Text.Json;
using Ledger.Benchmarks;
using Ledger.Benchmarks.Alerts;
using Ledger.Benchmarks.Jobs;
using Ledger.Benchmarks.Log;
using Ledger.Benchmarks.Views;
using Ledger.Benchmarks.Watchlists;

// dotnet run -c Release --project tests/Ledger.Benchmarks -- GROUP [--json] [--only TEXT,TEXT] [--events N] [--turns N] [--deals N] [--pending N] [--seconds N] [--large]
if (args is [Replays.Command, var what, var warmUp, var record])
    return await Replays.Run(what, warmUp, record);

bool json = args.Contains("--json");
string? only = Option("--only");
string group = args.FirstOrDefault(a => !a.StartsWith('-')) ?? "";

IReadOnlyList<IMeasurement> measurements;
switch (group)
{
    case "log":
        measurements = LogFigures.All;
        break;
    case "views":
        measurements = ViewFigures.All(Number("--events", ViewFigures.Events), Number("--turns", ViewFigures.Turns), large: args.Contains("--large"));
        break;
    case "jobs":
        measurements = JobStarts.All(Number("--seconds", 60));
        break;
    case "watchlists":
        measurements = WatchlistFigures.All(Number("--events", ViewFigures.Events), Number("--turns", ViewFigures.Turns));
        break;
    case "alerts":
        measurements = AlertFigures.All(Number("--deals", AlertFigures.Deals), Number("--pending", AlertFigures.Pending), Number("--turns", AlertFigures.Turns), Number("--seconds", 20));
        break;
    case "rollups":
        measurements = RollupFigures.All(Number("--events", ViewFigures.Events), Number("--turns", ViewFigures.Turns));
        break;
    default:
        await Console.Error.WriteLineAsync($"'{group}' is no group of figures. Groups: log, views, jobs, watchlists, rollups, alerts");
        return 2;
}

// On a disk that keeps what it is told to: the tests' own place may be memory.
Environment.SetEnvironmentVariable("LEDGER_TEST_DATA", Path.Combine("/var/tmp", "ledger-benchmarks-" + Environment.UserName));
List<Figure> figures = [];
foreach (IMeasurement measurement in measurements.Where(c => only is null || only.Split(',').Any(text => c.Name.Contains(text, StringComparison.OrdinalIgnoreCase))))
    figures.AddRange(await measurement.Run(line => (json ? Console.Error : Console.Out).WriteLine(line)));
await Scans.Clear();
await RecordDatabase.Clear();

if (json)
    Console.WriteLine(JsonSerializer.Serialize(figures, BenchmarksJson.Default.ListFigure));
else
    Console.WriteLine(string.Join('\n', figures));
return figures.All(f => f.Met) ? 0 : 1;

int Number(string name, int otherwise) => Option(name) is { } number ? int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture) : otherwise;

string? Option(string name) => args.SkipWhile(a => a != name).Skip(1).FirstOrDefault();
