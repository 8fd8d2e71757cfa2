using Ledger.App.Alerts.Deliveries;
using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Log;
using Ledger.App.Views;
using Ledger.App.Views.Parties;
using Ledger.App.Watchlists;
using Ledger.Domain.Deals;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Alerts.Matching;

/// <summary>
/// Looks through the log after its own position: for each change that concerns a subscription there is one alert, and one delivery to each of
/// its channels, recorded in one transaction with the position. It sends nothing itself. One works at a time, in whatever process, since
/// whoever does has the row of the position locked.
/// </summary>
internal sealed class AlertRunner(NpgsqlDataSource database, EventLog log, ViewRuntime views, WatchlistStates states, AlertSignal signal, LedgerAddress address) : IDisposable
{
    private const int BatchMax = 500;

    /// <summary>Who is stopped in the middle of a batch is disconnected by the database, for others to go on.</summary>
    private const string StoppedAfter = "30s";

    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly RecordSpan _span = new(views, log, states);
    private readonly AlertReader _reader = new(log);
    private (AlertMatchers Made, long Token)? _matchers;

    /// <summary>Looks through everything that the views hold.</summary>
    public async Task CatchUp(CancellationToken cancel)
    {
        while ((await Next(isPatient: true, cancel)).More)
            cancel.ThrowIfCancellationRequested();
    }

    /// <summary>Looks through the next part.</summary>
    /// <param name="isPatient">Whether to wait for somebody else who is at it.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<RunnerStep> Next(bool isPatient, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            return await Step(isPatient, cancel);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Up to where the log has been looked through.</summary>
    public async Task<long> Position(CancellationToken cancel) => (await database.Query("select position from alerts.runner", row => row.GetInt64(0), cancel)).FirstOrDefault();

    /// <summary>What addresses of pages begin with: as it is configured here, or else where somebody last looked through the log.</summary>
    public async Task<string> Links(CancellationToken cancel) =>
        address.Value is "" ? (await database.Query("select address from alerts.runner", row => row.GetString(0), cancel)).FirstOrDefault("") : address.Value;

    /// <summary>Has there be a row to lock.</summary>
    public static Task Begin(NpgsqlConnection connection, CancellationToken cancel) => connection.Execute("insert into alerts.runner default values on conflict do nothing", cancel);

    public void Dispose() => _one.Dispose();

    private async Task<RunnerStep> Step(bool isPatient, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.Execute($"set local idle_in_transaction_session_timeout = '{StoppedAfter}'", cancel);
        await Begin(connection, cancel);
        var locked = await connection.Query($"select position, address from alerts.runner for update {(isPatient ? "" : "skip locked")}", row => (row.GetInt64(0), row.GetString(1)), cancel);
        if (locked is not [var (position, known)])
            return new RunnerStep(0, More: false, IsMine: false);
        // Whoever is not told where the ledger is, as a command may not be, takes it from whoever was.
        var links = address.Value is "" ? known : address.Value;
        var until = await ViewsPosition(cancel);
        var matchers = await Matchers(connection, position, cancel);
        // What was before the first subscription concerns nobody.
        var from = Math.Max(position, matchers.Subscriptions.Count == 0 ? until : Math.Min(until, matchers.Subscriptions.Min(one => one.After)));
        var upTo = Math.Min(until, from + BatchMax);
        if (upTo <= position)
            return new RunnerStep(position, More: false, IsMine: true);
        var made = 0;
        if (upTo > from)
        {
            var found = await Find(from, upTo, matchers, cancel);
            made = await DeliveryWriter.Write(connection, await Contents(found, upTo, links, cancel), cancel);
        }
        await connection.Execute("update alerts.runner set position = $1, address = $2", cancel, upTo, links);
        await transaction.CommitAsync(cancel);
        if (made > 0)
            signal.Raise();
        return new RunnerStep(upTo, More: upTo < until, IsMine: true);
    }

    private async Task<AlertMatchers> Matchers(NpgsqlConnection connection, long position, CancellationToken cancel)
    {
        var token = (await connection.Query("select coalesce(max(id), 0) from alerts.subscription", row => row.GetInt64(0), cancel)).Single();
        if (_matchers is { } known && known.Token == token)
            return known.Made;
        var made = new AlertMatchers([.. (await SubscriptionTable.Active(connection, position, cancel)).Select(version => version.Matching)]);
        _matchers = (made, token);
        return made;
    }

    private async Task<List<FoundChange>> Find(long from, long upTo, AlertMatchers matchers, CancellationToken cancel)
    {
        if (_span.Position != from)
            await _span.Begin(from, cancel);
        var events = await log.Read(new LogQuery { After = from, UpTo = upTo }, cancel).ToListAsync(cancel);
        await _span.Advance(events, upTo, matchers.ListsOf(events), cancel);
        var found = AlertReader.Lists(events, _span, matchers).Concat(AlertReader.Parties(events, _span, matchers)).ToList();
        var deals = events.Where(e => e.Data is DealEvent).Select(e => e.Stream).Distinct().ToList();
        found.AddRange(await _reader.Deals(deals, from, _span, matchers, cancel));
        return [.. found.OrderBy(change => change.Cause.Position)];
    }

    private async Task<List<(FoundChange Change, AlertContent Content)>> Contents(List<FoundChange> found, long upTo, string links, CancellationToken cancel)
    {
        if (found.Count == 0)
            return [];
        await using var snapshot = new Snapshot(views, log) { AsOf = upTo };
        return [.. found.Zip(await AlertContent.Of(found, snapshot, links, cancel))];
    }

    private async Task<long> ViewsPosition(CancellationToken cancel)
    {
        await using var snapshot = new Snapshot(views, log);
        return await snapshot.HeldByAll(cancel);
    }
}

/// <summary>What looking through a part of the log came to.</summary>
/// <param name="Position">Up to where it has been looked through.</param>
/// <param name="More">There is more.</param>
/// <param name="IsMine">False where somebody else is at it.</param>
internal sealed record RunnerStep(long Position, bool More, bool IsMine);
