using System.Collections.Concurrent;
using Ledger.App.Views;
using Ledger.EventStore;

namespace Ledger.App.Operations.Replay;

/// <summary>Replays that were asked for on a page: each runs beside the server's other work, and leaves word of how it ended.</summary>
internal sealed class Replays(ViewRuntime views, ILogger<Replays> logger, IHostApplicationLifetime server)
{
    private readonly ConcurrentDictionary<string, string> _words = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _running = new(StringComparer.Ordinal);

    /// <summary>Whether this server replays a view because a page asked for it.</summary>
    public bool IsRunning(string view) => _running.ContainsKey(view);

    /// <summary>How the last replay of a view ended here; null where none did.</summary>
    public string? LastWords(string view) => _words.GetValueOrDefault(view);

    /// <summary>Begins; the view's own row says how far it is.</summary>
    /// <exception cref="NotFoundException">There is no such view.</exception>
    public void Begin(string view)
    {
        Check(view);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(server.ApplicationStopping);
        if (!_running.TryAdd(view, stop))
        {
            stop.Dispose();
            return;
        }
        _words.TryRemove(view, out _);
        _ = Task.Run(async () =>
        {
            try
            {
                _words[view] = Words((await views.Replay([view], cancel: stop.Token)).Single());
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                _words[view] = "The replay was cancelled; the next one goes on from there.";
            }
            catch (Exception e)
            {
                logger.LogWarning(e, "The replay of view {View} ended early", view);
                _words[view] = e.Message;
            }
            finally
            {
                _running.TryRemove(view, out _);
            }
        });
    }

    /// <summary>Ends a replay that this server runs: readers go on seeing what they see, and the next one goes on from there.</summary>
    /// <exception cref="NotFoundException">There is no such view.</exception>
    public async Task Cancel(string view)
    {
        Check(view);
        if (_running.TryGetValue(view, out var stop))
            await stop.CancelAsync();
    }

    private static string Words(ReplayOutcome outcome) => outcome.Differences switch
    {
        null => $"Version {outcome.Version} is live.",
        { Count: 0 } => $"Version {outcome.Version} is live, the same row for row as the version before.",
        var found => $"Version {outcome.Version} is live. It differs from the version before in {Shown.Count(found.Sum(difference => difference.Rows), "row")}.",
    };

    /// <exception cref="NotFoundException">There is no such view.</exception>
    public async Task Rollback(string view, CancellationToken cancel)
    {
        Check(view);
        try
        {
            await views.Rollback(view, cancel);
            _words[view] = "Readers see the version again that was live before.";
        }
        catch (ReplayRefusedException e)
        {
            _words[view] = e.Message;
        }
    }

    private void Check(string view)
    {
        if (!views.Names.Contains(view))
            throw new NotFoundException($"There is no view '{view}'.");
    }
}
