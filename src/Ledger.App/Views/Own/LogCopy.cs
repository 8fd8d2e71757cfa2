using Ledger.App.Log;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Views.Own;

/// <summary>
/// An exact copy of a log that is served elsewhere, in a ledger of this machine: the same events at the same positions and times. It
/// goes on where it was left, and follows.
/// </summary>
/// <param name="remote">What is copied.</param>
/// <param name="log">The copy.</param>
/// <param name="owner">The copy's database, open as its owner; used by nobody else meanwhile.</param>
/// <param name="place">Where the copy is kept, for those who are told of it.</param>
internal sealed class LogCopy(RemoteLog remote, EventLog log, NpgsqlConnection owner, string place)
{
    private const int PageSize = 1000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Fetches what is missing.</summary>
    /// <exception cref="InvalidDataException">The log is not the one that was copied so far, or holds events that this program does not know.</exception>
    /// <exception cref="IOException">The ledger does not answer.</exception>
    public async Task Bring(Action<long> progress, CancellationToken cancel)
    {
        var head = await log.Head(cancel);
        await Check(head, cancel);
        while (await remote.Lines(head, PageSize, cancel) is { Length: > 0 } lines)
        {
            head = await LogImport.Continue(owner, lines, StoredEvents.Types, cancel);
            progress(head);
        }
    }

    /// <summary>Fetches what is recorded from now on, until it is cancelled; while the ledger does not answer it waits.</summary>
    /// <exception cref="InvalidDataException">As above.</exception>
    public async Task Follow(Action<string> complain, CancellationToken cancel)
    {
        var wasThere = true;
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await Bring(_ => { }, cancel);
                wasThere = true;
                await remote.WaitForMore(await log.Head(cancel), cancel);
            }
            catch (IOException e)
            {
                if (wasThere)
                    complain($"{e.Message} It is asked again every second.");
                wasThere = false;
                await Task.Delay(Pause, cancel);
            }
        }
    }

    /// <summary>The first event that was copied and the last stand in the other log too, where they were: event ids are never given twice.</summary>
    private async Task Check(long head, CancellationToken cancel)
    {
        foreach (var position in new[] { 1, head }.Distinct().Where(position => position >= 1 && position <= head))
        {
            var here = await log.Lines(position - 1, 1, cancel);
            if (!here.SequenceEqual(await remote.Lines(position - 1, 1, cancel)))
                throw new InvalidDataException($"The log at {remote.Address} is another one than the {head} events in {place}, which differ from it at position {position}: name another folder with --data.");
        }
    }
}
