using System.CommandLine;
using Ledger.App.Access;
using Ledger.App.CommandLine;
using Ledger.App.Deals;
using Ledger.App.Intake.Announce;
using Spectre.Console;

namespace Ledger.App.Intake.Import;

/// <summary><c>ledger import</c>.</summary>
internal static class ImportCommand
{
    private const string Csv = "csv";
    private const string Jsonl = "jsonl";
    private const string Crunchbase = "crunchbase-2013";

    public static Command Make()
    {
        var file = new Argument<string>("FILE") { Description = "A table of deals, a row a deal; or what 'ledger export events' wrote." };
        var format = new Option<string>("--format") { Description = "How the file is written.", Required = true };
        format.AcceptOnlyFromAmong(Csv, Crunchbase, Jsonl);
        var map = new Option<string?>("--map") { Description = "What the columns of a csv mean.", HelpName = "MAPPING.YAML" };
        return new Command("import", "Record the rows of a table, each as a deal with its row for a quote; what is recorded already is left alone. Or fill an empty ledger with the events of another (jsonl).") { file, format, map }
            .Writing(async (ledger, cancel) =>
            {
                var path = ledger.Parsed.GetRequiredValue(file);
                if (ledger.Parsed.GetRequiredValue(format) == Jsonl)
                {
                    if (ledger.Parsed.GetValue(WriteAs.Option) is not null)
                        throw new InputException("--as", $"is of no use to {Jsonl}, whose events say whom they are by");
                    await ExportedLog.Import(ledger, path, cancel);
                    return;
                }
                var (where, mapping) = await Mapping(ledger.Parsed.GetRequiredValue(format), ledger.Parsed.GetValue(map), cancel);
                var table = await Table.Open(path, mapping.Encoding, cancel);
                var reader = new RowReader(where, mapping, table);
                var source = AnnouncementReader.Describe(where, mapping.Source);
                await ledger.Open(migrate: false, cancel);
                var total = table.Rows().Count();
                var report = await ImportProgress.Show(total, "rows", progress =>
                    new Importer(ledger.Get<DealLedger>()).Run(reader, table, source, ledger.Author, done => progress(done.Rows), cancel));
                await ledger.Sign(cancel);
                await ledger.CatchUp(cancel);
                ledger.Print(report, Write);
            });
    }

    private static async Task<(string Where, ImportMapping Mapping)> Mapping(string format, string? map, CancellationToken cancel)
    {
        if (format == Crunchbase)
        {
            var name = $"{Crunchbase}.yaml";
            var assembly = typeof(ImportCommand).Assembly;
            using var reader = new StreamReader(assembly.GetManifestResourceStream($"{typeof(ImportCommand).Namespace}.{name}")!);
            return (name, StrictYaml.Parse<ImportMapping>(name, await reader.ReadToEndAsync(cancel)));
        }
        if (map is null)
            throw new InputException("--map", "is missing; it names the file that says what the columns of a csv mean");
        return (map, StrictYaml.Parse<ImportMapping>(map, TextFile.Decode(await TextFile.Read(map, "a mapping", cancel), map)));
    }

    private static void Write(ImportReport report, IAnsiConsole console)
    {
        console.WriteLine($"{report.Rows} rows: {report.Deals} deals, {report.Events} events recorded, {report.Skipped.Count} rows skipped. Source {report.Source}.");
        foreach (var row in report.Skipped)
            console.WriteLine($"line {row.Line}: {row.Why}");
    }
}
