using System.Diagnostics;
using Ledger.EventStore.Tests.Support;
using Npgsql;

namespace Ledger.EventStore.Tests.Processes;

public sealed class ProcessTests(LogFixture fixture) : IClassFixture<LogFixture>, IDisposable
{
    private const int Processes = 4;
    private readonly string _folder = Directory.CreateTempSubdirectory("log-processes").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Four_processes_write_and_are_killed_and_nothing_is_missed_doubled_or_forgotten()
    {
        int kills = Soak.Of(60);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task<List<RecordedEvent>>[] readers = [Tail(stop.Token), Tail(stop.Token)];
        Process[] processes = [.. Enumerable.Range(0, Processes).Select(Start)];
        Task<int> rollingBack = RollBack(stop.Token);
        var random = new Random(1);
        for (int kill = 0; kill < kills; kill++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(700, 2000)), Cancel);
            int victim = random.Next(Processes);
            processes[victim].Kill();
            await processes[victim].WaitForExitAsync(Cancel);
            processes[victim].Dispose();
            processes[victim] = Start(victim);
        }
        await Task.Delay(1000, Cancel);
        foreach (Process process in processes)
        {
            await process.StandardInput.WriteLineAsync();
            await process.WaitForExitAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(60), Cancel);
            Assert.Equal(0, process.ExitCode);
            process.Dispose();
        }

        List<RecordedEvent> all = await fixture.Log.Read(new LogQuery(), Cancel).ToListAsync(Cancel);
        while (readers.Any(r => !r.IsCompleted) && _seen.Min() < all.Count)
            await Task.Delay(20, Cancel);
        await stop.CancelAsync();
        CheckOrder(all);
        CheckJournals(all);
        Assert.True(await rollingBack > kills, "Hardly a batch was rolled back.");
        foreach (Task<List<RecordedEvent>> reader in readers)
            Assert.Equal(all.Select(e => (e.Position, e.Id)), (await reader).Select(e => (e.Position, e.Id)));
        Assert.Equal(all.Count, Convert.ToInt32(await fixture.Sql("select last_value from ledger.mt_events_sequence")));
        TestContext.Current.SendDiagnosticMessage($"{all.Count} events, {kills} kills");
    }

    private static void CheckOrder(List<RecordedEvent> all)
    {
        Assert.True(all.Count > 500, $"Only {all.Count} events were written.");
        Assert.Equal(Enumerable.Range(1, all.Count).Select(p => (long)p), all.Select(e => e.Position));
        Assert.Equal(all.Count, all.Select(e => e.Id).Distinct().Count());
        Assert.All(all.Zip(all.Skip(1)), pair => Assert.True(pair.First.RecordedAt <= pair.Second.RecordedAt));
        foreach (IGrouping<string, RecordedEvent> stream in all.GroupBy(e => e.Stream))
            Assert.Equal(Enumerable.Range(1, stream.Count()).Select(v => (long)v), stream.Select(e => e.Version));
    }

    /// <summary>Every key is recorded once at most; what was acknowledged stands where it was said to; nothing refused was recorded.</summary>
    private void CheckJournals(List<RecordedEvent> all)
    {
        int races = 0;
        Dictionary<string, List<RecordedEvent>> byKey = all.GroupBy(e => ((CounterMoved)e.Data).Why!).ToDictionary(g => g.Key, g => g.ToList());
        foreach (string path in Directory.GetFiles(_folder))
        {
            foreach ((string key, Attempt attempt) in Journal.Read(path))
            {
                List<RecordedEvent> recorded = byKey.GetValueOrDefault(key, []);
                if (attempt.Told.Count == 0)
                {
                    Assert.True(attempt.Refused && recorded.Count == 0, $"{key} was neither told nor refused, or was recorded after it was refused.");
                    continue;
                }
                (int first, int last) = Assert.Single(attempt.Told.Distinct());
                Assert.Equal(Enumerable.Range(first, attempt.Events).Select(p => (long)p), recorded.Select(e => e.Position));
                Assert.Equal(last, recorded[^1].Position);
                Assert.Equal(Enumerable.Range(0, attempt.Events), recorded.Select(e => ((CounterMoved)e.Data).By));
                races += key.StartsWith("race.", StringComparison.Ordinal) ? 1 : 0;
            }
        }
        int keys = byKey.Keys.Count(k => k.StartsWith("race.", StringComparison.Ordinal));
        Assert.True(races > keys * 1.2, $"{races} processes raced for {keys} keys.");
    }

    /// <summary>Has the database roll back whatever batch is being recorded, again and again. Returns how often it did.</summary>
    private async Task<int> RollBack(CancellationToken stop)
    {
        int times = 0;
        await using NpgsqlCommand cancel = fixture.Owner.CreateCommand(
            "select pg_cancel_backend(pid) from pg_stat_activity where state = 'active' and query like 'call ledger.append%' limit 1");
        while (!stop.IsCancellationRequested)
        {
            times += await cancel.ExecuteScalarAsync(Cancel) is true ? 1 : 0;
            await Task.Delay(20, Cancel);
        }
        return times;
    }

    private readonly List<int> _seen = [];

    private Task<List<RecordedEvent>> Tail(CancellationToken stop)
    {
        int reader = _seen.Count;
        _seen.Add(0);
        return Task.Run(async () =>
        {
            await using var database = NpgsqlDataSource.Create(fixture.ConnectionString);
            await using var log = new EventLog(database, Samples.Types());
            List<RecordedEvent> seen = [];
            try
            {
                await foreach (LogBatch batch in log.Follow(0, cancel: stop))
                {
                    seen.AddRange(batch);
                    _seen[reader] = seen.Count;
                }
            }
            catch (OperationCanceledException)
            {
                // The test has seen enough.
            }
            return seen;
        });
    }

    private Process Start(int number) => Process.Start(new ProcessStartInfo("dotnet",
        [typeof(ProcessTests).Assembly.Location, "write", fixture.ConnectionString, Path.Combine(_folder, $"{number}"), $"{number}"])
    {
        RedirectStandardInput = true,
    })!;

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
