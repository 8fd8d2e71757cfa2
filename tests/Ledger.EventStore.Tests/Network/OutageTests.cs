using Ledger.EventStore.Tests.Support;
using Ledger.Testing;
using Npgsql;

namespace Ledger.EventStore.Tests.Network;

public sealed class OutageTests : IAsyncLifetime
{
    private PrivateCluster _cluster = null!;
    private NpgsqlDataSource _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cluster = await PrivateCluster.Create(Cancel);
        await using (var owner = NpgsqlDataSource.Create(_cluster.ConnectionString("ledger")))
        {
            foreach (string sql in EventLogSchema.Migrations.Select(m => m.Sql).Append("alter role ledger_app login"))
            {
                await using NpgsqlCommand command = owner.CreateCommand(sql);
                await command.ExecuteNonQueryAsync(Cancel);
            }
        }
        _database = NpgsqlDataSource.Create(_cluster.ConnectionString("ledger_app"));
    }

    [Fact]
    public async Task Writers_and_readers_outlive_a_database_that_is_restarted_and_killed()
    {
        await using var log = new EventLog(_database, Samples.Types());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        List<RecordedEvent> seen = [];
        Task reading = Task.Run(async () =>
        {
            try
            {
                await foreach (LogBatch batch in log.Follow(0, cancel: stop.Token))
                {
                    lock (seen)
                        seen.AddRange(batch);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // Seen enough.
            }
        }, Cancel);
        using var enough = new CancellationTokenSource();
        Task<List<Appended>>[] writers = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => Write(log, enough.Token), Cancel))];

        for (int outage = 0; outage < Soak.Of(30); outage++)
        {
            await Task.Delay(300, Cancel);
            await (outage % 3 == 0 ? _cluster.Stop() : _cluster.Kill());
            await Task.Delay(100, Cancel);
            await _cluster.Start(Cancel);
        }
        await Task.Delay(300, Cancel);
        await enough.CancelAsync();
        Appended[] answers = [.. (await Task.WhenAll(writers)).SelectMany(a => a).OrderBy(a => a.FirstPosition)];

        long head = await log.Head(Cancel);
        await WaitUntil(() => seen.Count >= head);
        await stop.CancelAsync();
        await reading;
        Assert.Equal(Enumerable.Range(1, (int)head).Select(p => (long)p), seen.Select(e => e.Position));
        Assert.Equal(answers.Select(a => a.FirstPosition), seen.Select(e => e.Position));
        await using NpgsqlCommand sequence = _database.CreateCommand("select last_value from ledger.mt_events_sequence");
        Assert.Equal(head, await sequence.ExecuteScalarAsync(Cancel));
    }

    [Fact]
    public async Task An_append_that_finds_no_database_for_long_is_refused_and_recorded_nowhere()
    {
        await using var log = new EventLog(_database, Samples.Types(), new EventLogOptions { RetryFor = TimeSpan.FromMilliseconds(300) });
        await _cluster.Stop();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel));
        await _cluster.Start(Cancel);
        Assert.Equal(1, (await log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel)).FirstPosition);
    }

    /// <summary>Every append gets an answer, and no version conflict: what was resent is known again.</summary>
    private static async Task<List<Appended>> Write(EventLog log, CancellationToken enough)
    {
        List<Appended> answers = [];
        string stream = Samples.Name();
        for (long version = 0; !enough.IsCancellationRequested; version++)
            answers.Add(await log.Append(Samples.To(stream, version, Samples.Moved()) with { Key = version % 2 == 0 ? $"{stream}.{version}" : null }, Cancel));
        return answers;
    }

    private static async Task WaitUntil(Func<bool> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(20));
        while (!condition())
            await Task.Delay(20, patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _cluster.DisposeAsync();
    }
}
