using System.IO.Compression;
using System.Text;
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
        await foreach (var (where, content) in Files(run, from, cancellation))
        {
            var rates = RatesFile.Parse(where, content);
            days += rates.Count;
            await run.Confirm(cancellation);
            events += (await run.Get<RatesLedger>().Publish(rates, null, DateOnly.FromDateTime(DateTime.UtcNow), "job rates", done => run.Progress(done, rates.Count, "days"), cancellation)).Events;
            run.Log($"{where}: {Shown.Count(rates.Count, "day")}, the last {Shown.Date(rates[^1].Rates.Day)}.");
        }
        run.Changed(events);
        if (run.Services.GetService<LogTree>() is { } tree && events > 0)
            await tree.Sign(cancellation);
        return $"{Shown.Count(days, "day")} read, {(events == 0 ? "all recorded already" : $"{Shown.Count(events, "event")} recorded")}.";
    }

    private static async IAsyncEnumerable<(string Where, byte[] Content)> Files(JobRun run, string from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        if (!Path.IsPathFullyQualified(from))
        {
            var answer = await run.Get<OutgoingHttp>().Get(new Uri(from), null, null, (int)RatesFile.BytesMax, Time, cancel);
            yield return (from, Unpacked(from, answer.Body!));
            yield break;
        }
        if (!Directory.Exists(from))
            throw new InputException(from, "is no folder");
        foreach (var file in Directory.EnumerateFiles(from, "*.csv").Order(StringComparer.Ordinal))
            yield return (file, await RatesFile.Bytes(file, cancel));
    }

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
