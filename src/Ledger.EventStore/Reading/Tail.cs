using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Ledger.EventStore.Reading;

/// <summary>
/// Knows how far the log has come, and wakes those who wait for more. It hears of appends of this process at once,
/// of others' by NOTIFY, and looks for itself every now and then: the hints may fail, the looking does not.
/// Hints are sent from here too, after commits and never within one.
/// </summary>
internal sealed class Tail(NpgsqlDataSource database, EventLogOptions options) : IAsyncDisposable
{
    private const string Topic = "ledger_log";

    /// <summary>Hints follow each other at this distance at least, however fast the log grows.</summary>
    private static readonly TimeSpan HintPause = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Channel<bool> _hintDue = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task? _listening;
    private Task? _hinting;
    private long _known;

    /// <summary>The highest position that is known to be committed.</summary>
    public long Known => Volatile.Read(ref _known);

    /// <summary>This process has committed up to a position.</summary>
    public void Recorded(long position)
    {
        Advance(position);
        lock (_lock)
            _hinting ??= Task.Run(SendHints);
        _hintDue.Writer.TryWrite(true);
    }

    /// <summary>Completes when the log is known to have events after a position.</summary>
    public async Task WaitForMore(long after, CancellationToken cancel)
    {
        while (true)
        {
            Task moved;
            lock (_lock)
            {
                if (_known > after)
                    return;
                _listening ??= Task.Run(Listen, CancellationToken.None);
                moved = _moved.Task;
            }
            await moved.WaitAsync(cancel);
        }
    }

    private void Advance(long position)
    {
        lock (_lock)
        {
            if (position <= _known)
                return;
            _known = position;
            _moved.TrySetResult();
            _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private async Task Listen()
    {
        for (int attempt = 0; !_stop.IsCancellationRequested; attempt++)
        {
            try
            {
                await using NpgsqlConnection connection = await database.OpenConnectionAsync(_stop.Token);
                await Execute(connection, $"listen {Topic}");
                try
                {
                    while (true)
                    {
                        Advance(await LogReader.Head(connection, _stop.Token));
                        attempt = 0;
                        // A hint ends the wait, and says nothing: anybody may send one.
                        await connection.WaitAsync(options.PollInterval, _stop.Token);
                    }
                }
                catch (OperationCanceledException)
                {
                    // The connection goes back to its pool, which does not tidy up after us.
                    await Execute(connection, $"unlisten {Topic}");
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                options.Logger.LogWarning(problem, "The tail of the log is out of reach, attempt {Attempt}", attempt + 1);
                await Task.Delay(Failures.Pause(attempt));
            }
        }
    }

    private async Task SendHints()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _hintDue.Reader.ReadAsync(_stop.Token);
                await using NpgsqlConnection connection = await database.OpenConnectionAsync(_stop.Token);
                // A hint need not be durable: it waits for no disk.
                await Execute(connection, $"select set_config('synchronous_commit', 'off', true), pg_notify('{Topic}', '')");
                await Task.Delay(HintPause, _stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                // A hint that is lost costs its listeners one poll interval.
                options.Logger.LogDebug(problem, "A hint could not be sent");
                await Task.Delay(options.PollInterval);
            }
        }
    }

    private static async Task Execute(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_listening ?? Task.CompletedTask, _hinting ?? Task.CompletedTask);
        _stop.Dispose();
    }
}
