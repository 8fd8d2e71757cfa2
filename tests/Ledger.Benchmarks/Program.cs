using System.Text.Json;
using Ledger.Benchmarks;
using Ledger.Benchmarks.Log;

// dotnet run -c Release --project tests/Ledger.Benchmarks -- GROUP [--json] [--only TEXT]
bool json = args.Contains("--json");
string? only = args.SkipWhile(a => a != "--only").Skip(1).FirstOrDefault();
string group = args.FirstOrDefault(a => !a.StartsWith('-')) ?? "";

IReadOnlyList<Comparison> comparisons;
switch (group)
{
    case "log":
        comparisons = LogFigures.All;
        break;
    default:
        await Console.Error.WriteLineAsync($"'{group}' is no group of figures. Groups: log");
        return 2;
}

// On a disk that keeps what it is told to: the tests' own place may be memory.
Environment.SetEnvironmentVariable("LEDGER_TEST_DATA", Path.Combine("/var/tmp", "ledger-benchmarks-" + Environment.UserName));
List<Figure> figures = [];
foreach (Comparison comparison in comparisons.Where(c => only is null || c.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
    figures.AddRange(await comparison.Run(line => (json ? Console.Error : Console.Out).WriteLine(line)));
await Scans.Clear();

if (json)
    Console.WriteLine(JsonSerializer.Serialize(figures, BenchmarksJson.Default.ListFigure));
else
    Console.WriteLine(string.Join('\n', figures));
return figures.All(f => f.Met) ? 0 : 1;
