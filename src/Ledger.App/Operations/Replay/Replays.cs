using System.Collections.Concurrent;
using Ledger.App.Views;
using Ledger.EventStore;

namespace Ledger.App.Operations.Replay;

/// <summary>Replays that were asked for on a page: each runs beside the server's other work, and leaves word of how it ended.</summary>
internal sealed class Replays(ViewRuntime views, ILogger<Replays> logger, IHostApplicationLifetime server)
{
    private readonly ConcurrentDictionary<string, string> _words = new(StringComparer.Ordinal);

    /// <summary>How the last replay of a view ended here; null where none did.</summary>
    public string? LastWords(string view) => _words.GetValueOrDefault(view);

    /// <summary>Begins; the view's own row says how far it is.</summary>
    /// <exception cref="NotFoundException">There is no such view.</exception>
    public void Begin(string view)
    {
        Check(view);
        _words.TryRemove(view, out _);
        _ = Task.Run(async () =>
        {
            try
            {
                var outcome = (await views.Replay([view], cancel: server.ApplicationStopping)).Single();
                _words[view] = outcome.Differences switch
                {
                    null => $"Version {outcome.Version} is live.",
                    { Count: 0 } => $"Version {outcome.Version} is live, the same row for row as the version before.",
                    var found => $"Version {outcome.Version} is live. It differs from the version before in {Shown.Count(found.Sum(difference => difference.Rows), "row")}.",
                };
            }
            catch (Exception e)
            {
                logger.LogWarning(e, "The replay of view {View} ended early", view);
                _words[view] = e.Message;
            }
        });
    }

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
