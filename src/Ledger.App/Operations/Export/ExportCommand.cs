using System.CommandLine;
using System.Text.Json;
using CsvHelper;
using Ledger.App.CommandLine;
using Ledger.App.Operations.Proof;
using Ledger.App.Views;
using Ledger.App.Views.Companies;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Events;
using Ledger.App.Views.Investors;
using Ledger.EventStore;

namespace Ledger.App.Operations.Export;

/// <summary><c>ledger export</c>: the ledger for other programs.</summary>
internal static class ExportCommand
{
    private const string Jsonl = "jsonl";
    private const string Csv = "csv";
    private const int PageSize = 1000;

    private static readonly JsonSerializerOptions Line = new(ApiJson.Options) { WriteIndented = false };

    public static Command Make() => new("export", "Write what is in the ledger for other programs.")
    {
        Events(),
        Of<DealRecord>("deals", "Write every deal as it is now.", CsvColumns.Deal, ledger => (next, cancel) =>
            ledger.Get<DealQueries>().List(new DealFilter(Limit: PageSize, Next: next), cancel)),
        Of<CompanyEntry>("companies", "Write every company with its totals.", CsvColumns.Company, ledger => (next, cancel) =>
            ledger.Get<CompanyQueries>().List(PageSize, next, cancel)),
        Of<InvestorEntry>("investors", "Write every investor with its counters.", CsvColumns.Investor, ledger => (next, cancel) =>
            ledger.Get<InvestorQueries>().List(PageSize, next, cancel)),
    };

    /// <summary>The log: in JSON the very bytes that its tree is made of, so that others can check it and an empty ledger can take it over.</summary>
    private static Command Events()
    {
        var (file, format) = (Out(), Format());
        return new Command("events", "Write the texts that events name, then every event as the log's tree hashes it, a line each.") { file, format }.Doing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            await using var output = Output(ledger.Parsed.GetValue(file));
            if (ledger.Parsed.GetValue(format) == Csv)
            {
                await WriteCsv(output, CsvColumns.Event,
                    Pages((next, stop) => ledger.Get<EventQueries>().List(Cursor.Parse(next, first: 0), PageSize, stop), cancel), cancel);
                return;
            }
            // Before the texts, so that these hold whatever the last of the events names.
            var root = await LogRoot.Of(ledger, cancel);
            await ledger.Tree.ExportTexts(output, cancel);
            await ledger.Tree.Export(output, after: 0, root.Events, cancel);
            Console.Error.WriteLine($"{root} exported; an import of the whole file says the same.");
        });
    }

    private static Command Of<T>(
        string name, string description, IReadOnlyList<(string Heading, Func<T, string?> Cell)> columns,
        Func<Invocation, Func<string?, CancellationToken, Task<Page<T>>>> page)
    {
        var (file, format) = (Out(), Format());
        return new Command(name, description) { file, format }.Asking(async (ledger, cancel) =>
        {
            await using var output = Output(ledger.Parsed.GetValue(file));
            var records = Pages(page(ledger), cancel);
            if (ledger.Parsed.GetValue(format) == Csv)
            {
                await WriteCsv(output, columns, records, cancel);
                return;
            }
            await foreach (var record in records)
            {
                await JsonSerializer.SerializeAsync(output, record, Line, cancel);
                output.WriteByte((byte)'\n');
            }
        });
    }

    private static async IAsyncEnumerable<T> Pages<T>(
        Func<string?, CancellationToken, Task<Page<T>>> read, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        string? next = null;
        do
        {
            var page = await read(next, cancel);
            foreach (var item in page.Items)
                yield return item;
            next = page.Next;
        }
        while (next is not null);
    }

    private static async Task WriteCsv<T>(
        Stream output, IReadOnlyList<(string Heading, Func<T, string?> Cell)> columns, IAsyncEnumerable<T> records, CancellationToken cancel)
    {
        await using var csv = CsvWriter.Create(output, new CsvWriterOptions(), leaveOpen: true);
        await csv.WriteRecordAsync([.. columns.Select(column => column.Heading)], cancel);
        await foreach (var record in records)
            await csv.WriteRecordAsync([.. columns.Select(column => column.Cell(record) ?? "")], cancel);
    }

    private static Option<string?> Out() => new("--out") { Description = "Write to this file instead of standard output.", HelpName = "FILE" };

    private static Option<string> Format()
    {
        var format = new Option<string>("--format") { Description = "Lines of JSON, or comma-separated values.", DefaultValueFactory = _ => Jsonl };
        format.AcceptOnlyFromAmong(Jsonl, Csv);
        return format;
    }

    private static BufferedStream Output(string? path) => new(path is null ? Console.OpenStandardOutput() : File.Create(path), 1 << 16);
}
