using Ledger.EventStore.Tests.Support;
using Npgsql;

namespace Ledger.EventStore.Tests.Processes;

/// <summary>
/// A process with several writers that append to the same few streams as everybody else, until it is told to stop by a
/// line on its standard input, or is killed. Started again it first asks for what it had tried and not been told.
/// </summary>
internal static class WritingProcess
{
    public const int Writers = 4;
    public const int SharedStreams = 20;

    public static async Task<int> Run(string connection, string journalPath, int seed)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        await using var log = new EventLog(database, Samples.Types());
        using var stop = new CancellationTokenSource();
        Dictionary<string, Attempt> before = Journal.Read(journalPath);
        using var journal = new Journal(journalPath);
        foreach ((string key, Attempt attempt) in before.Where(b => b.Value.Told.Count == 0 && !b.Value.Refused))
            await AskAgain(log, journal, key, attempt);

        Task writing = Task.WhenAll(Enumerable.Range(0, Writers).Select(writer =>
            Task.Run(() => Write(log, journal, new Random(seed * 100 + writer), $"{seed}.{before.Count}.{writer}", stop.Token))));
        await Console.In.ReadLineAsync();
        await stop.CancelAsync();
        await writing;
        return 0;
    }

    private static async Task Write(EventLog log, Journal journal, Random random, string name, CancellationToken stop)
    {
        for (int number = 0; !stop.IsCancellationRequested; number++)
        {
            // All processes come upon the same key at about the same time, with the same content.
            bool races = random.Next(10) == 0;
            string key = races ? $"race.{Environment.TickCount64 / 400}" : $"{name}.{number}";
            string stream = races || random.Next(2) == 0 ? $"own-{key}" : $"shared-{random.Next(SharedStreams)}";
            int events = races ? 3 : random.Next(20) == 0 ? random.Next(64, 200) : random.Next(1, 6);
            journal.Trying(key, stream, events);
            if (!races && random.Next(20) == 0)
                await Fail(log, journal, key, stream, random);
            else
                await UntilTold(log, journal, key, stream, events, cancelling: random.Next(20) == 0);
        }
    }

    /// <summary>Appends what must be refused: at a version the stream cannot have, or data that cannot be stored.</summary>
    private static async Task Fail(EventLog log, Journal journal, string key, string stream, Random random)
    {
        Append append = random.Next(2) == 0
            ? Append(key, stream, 1_000_000, 1)
            : Append(key, stream, await VersionOf(log, stream), 1, why: "a\0b");
        try
        {
            await log.Append(append);
            throw new InvalidOperationException("What must be refused was recorded.");
        }
        catch (Exception refusal) when (refusal is VersionConflictException or ArgumentException)
        {
            journal.Refused(key);
        }
    }

    private static async Task UntilTold(EventLog log, Journal journal, string key, string stream, int events, bool cancelling)
    {
        while (true)
        {
            using var cancel = new CancellationTokenSource();
            try
            {
                Append append = Append(key, stream, await VersionOf(log, stream), events);
                if (cancelling)
                    cancel.CancelAfter(TimeSpan.FromMilliseconds(1));
                journal.Told(key, await log.Append(append, cancel.Token));
                return;
            }
            catch (VersionConflictException)
            {
                // Somebody else was first.
            }
            catch (OperationCanceledException)
            {
                cancelling = false;
            }
        }
    }

    private static async Task AskAgain(EventLog log, Journal journal, string key, Attempt attempt)
    {
        if (await log.Find("writer", key) is { } answer)
            journal.Told(key, answer);
        else
            await UntilTold(log, journal, key, attempt.Stream, attempt.Events, cancelling: false);
    }

    private static Append Append(string key, string stream, long version, int events, string? why = null) => new("writer",
        [new(stream, version, [.. Enumerable.Range(0, events).Select(i => Samples.Moved(i, why ?? key))])])
    { Key = key };

    private static async Task<long> VersionOf(EventLog log, string stream) =>
        await log.ReadStream(stream, backwards: true).Select(e => e.Version).FirstOrDefaultAsync();
}
