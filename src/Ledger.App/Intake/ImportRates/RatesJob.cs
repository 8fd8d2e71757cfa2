using System.IO.Compression;
using System.Text;
using Ledger.App.Deals;
using Ledger.App.Jobs;
using Ledger.App.Operations.Outgoing;
using Ledger.App.Views;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Intake.ImportRates;

/// <summary>Records reference rates as they are published, from a folder that somebody else fills, or from an address. Off until either is configured.</summary>
internal sealed class RatesJob : LedgerJob
{
    private static readonly TimeSpan Time = TimeSpan.FromMinutes(2);

    private string? _from;

    public override string Name => "rates";

    public override string Does => "Records the European Central Bank's reference rates from a folder or an address.";

    /// <summary>The bank publishes at about four o'clock of its own time, on working days.</summary>
    public override string Cron => "0 30 16 ? * MON-FRI";

    public override string TimeZone => "Europe/Berlin";

    public override bool IsEnabled => _from is not null;

    public override void Configure(JobSettings settings)
    {
        _from = settings["From"];
        if (_from is null || Path.IsPathFullyQualified(_from))
            return;
        if (!Uri.TryCreate(_from, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new InvalidValueException(settings.Key("From"), $"'{Text.Shorten(_from)}' is neither a folder from the root on nor an address of http or https");
    }

    public override async Task<string> Run(JobRun run, CancellationToken cancellation)
    {
        if (_from is not { } from)
            throw new JobFailedException("No folder and no address of rates is configured: Ledger__Jobs__rates__From.");
        var (days, events) = (0, 0);
        var isFolder = Path.IsPathFullyQualified(from);
        var bad = new List<string>();
        foreach (var where in isFolder ? Files(from) : [from])
        {
            try
            {
                var rates = RatesFile.Parse(where, isFolder ? await RatesFile.Bytes(where, cancellation) : await Fetched(run, from, cancellation));
                await run.Confirm(cancellation);
                events += (await run.Get<RatesLedger>().Publish(rates, null, DateOnly.FromDateTime(DateTime.UtcNow), "job rates", done => run.Progress(done, rates.Count, "days"), cancellation)).Events;
                days += rates.Count;
                run.Log($"{where}: {Shown.Count(rates.Count, "day")}, the last {Shown.Date(rates[^1].Rates.Day)}.");
            }
            catch (Exception e) when (isFolder && e is InputException or RefusedException)
            {
                // The other files are as good as without it; and it stays as bad as it is until somebody mends it.
                bad.Add(e.Message);
                run.Log(e.Message);
            }
        }
        run.Changed(events);
        if (run.Services.GetService<LogTree>() is { } tree && events > 0)
            await tree.Sign(cancellation);
        var told = $"{Shown.Count(days, "day")} read, {(events == 0 ? "all recorded already" : $"{Shown.Count(events, "event")} recorded")}";
        return bad.Count == 0 ? $"{told}."
            : throw new JobFailedException($"{Shown.Count(bad.Count, "file")} could not be taken: {string.Join("; ", bad.Select(problem => problem.TrimEnd('.')))}. Of the others {told}.");
    }

    private static IEnumerable<string> Files(string folder) => Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.csv").Order(StringComparer.Ordinal)
        : throw new InputException(folder, "is no folder");

    private static async Task<byte[]> Fetched(JobRun run, string from, CancellationToken cancel) =>
        Unpacked(from, (await run.Get<OutgoingHttp>().Get(new Uri(from), null, null, (int)RatesFile.BytesMax, Time, cancel)).Body!);

    /// <summary>The bank publishes its table within an archive.</summary>
    private static byte[] Unpacked(string from, byte[] body)
    {
        if (!body.AsSpan().StartsWith("PK"u8))
            return body;
        using var archive = new ZipArchive(new MemoryStream(body), ZipArchiveMode.Read, leaveOpen: false, Encoding.UTF8);
        var table = archive.Entries.FirstOrDefault(entry => entry.Name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) ?? throw new InputException(from, "is an archive without a table");
        using var content = table.Open();
        using var unpacked = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = content.Read(buffer)) > 0;)
        {
            if (unpacked.Length + read > RatesFile.BytesMax)
                throw new InputException(from, $"has more than {RatesFile.BytesMax} bytes; a file of rates has at most that");
            unpacked.Write(buffer, 0, read);
        }
        return unpacked.ToArray();
    }
}
