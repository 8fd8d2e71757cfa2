using System.Diagnostics;
using Ledger.EventStore.Tests.Support;
using Npgsql;

namespace Ledger.EventStore.Tests.Processes;

public sealed class StandstillTests(LogFixture fixture) : IClassFixture<LogFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_writer_that_is_stopped_at_any_moment_delays_nobody()
    {
        string journal = Path.GetTempFileName();
        using Process other = Process.Start(new ProcessStartInfo("dotnet",
            [typeof(StandstillTests).Assembly.Location, "write", fixture.ConnectionString, journal, "7"])
        { RedirectStandardInput = true })!;
        try
        {
            var random = new Random(1);
            while (await fixture.Log.Head(Cancel) == 0)
                await Task.Delay(50, Cancel);
            for (int stop = 0; stop < Soak.Of(300); stop++)
            {
                await Signal(other, "STOP");
                long started = Stopwatch.GetTimestamp();
                await fixture.Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel);
                Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(2));
                await Signal(other, "CONT");
                await Task.Delay(random.Next(5, 40), Cancel);
            }
            await other.StandardInput.WriteLineAsync();
            await other.WaitForExitAsync(Cancel);
            Assert.Equal(0, other.ExitCode);
        }
        finally
        {
            if (!other.HasExited)
                other.Kill();
            File.Delete(journal);
        }
    }

    [Fact]
    public async Task An_idle_transaction_held_open_delays_neither_readers_nor_writers()
    {
        await using NpgsqlConnection idler = await fixture.Owner.OpenConnectionAsync(Cancel);
        await using NpgsqlTransaction idle = await idler.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, Cancel);
        await using (var snapshot = new NpgsqlCommand("select pg_current_xact_id(), count(*) from ledger.mt_events", idler))
            await snapshot.ExecuteNonQueryAsync(Cancel);

        // What it keeps from being removed must not be waded through by the next append.
        for (int i = 0; i < 2_000; i++)
            await fixture.Log.Append(Samples.To($"idle-{i}", 0, Samples.Moved()), Cancel);
        long head = await fixture.Log.Head(Cancel);
        await using IAsyncEnumerator<LogBatch> following = fixture.Log.Follow(head - 1, cancel: Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await following.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5), Cancel));
        await using NpgsqlConnection reader = await fixture.Owner.OpenConnectionAsync(Cancel);
        await using var explain = new NpgsqlCommand(
            "explain (analyze, buffers, costs off, format json) select position from ledger.log_head order by position desc limit 1", reader);
        int pages = int.MaxValue;
        // The first times also read what the session knows of the table, and may find an index page just split.
        for (int time = 0; time < 5; time++)
        {
            using var json = System.Text.Json.JsonDocument.Parse((string)(await explain.ExecuteScalarAsync(Cancel))!);
            pages = Math.Min(pages, json.RootElement[0].GetProperty("Plan").GetProperty("Shared Hit Blocks").GetInt32());
        }
        // Wading through what is kept would touch a page for each of the 2,000; others append meanwhile.
        Assert.InRange(pages, 1, 100);
    }

    [Fact]
    public async Task A_row_of_a_stream_that_somebody_keeps_locked_fails_its_appends_and_no_others()
    {
        string locked = Samples.Name();
        await fixture.Log.Append(Samples.To(locked, 0, Samples.Moved()), Cancel);
        await using NpgsqlConnection holder = await fixture.Owner.OpenConnectionAsync(Cancel);
        await using NpgsqlTransaction holding = await holder.BeginTransactionAsync(Cancel);
        await using (var hold = new NpgsqlCommand($"select from ledger.mt_streams where id = '{locked}' for update", holder))
            await hold.ExecuteNonQueryAsync(Cancel);
        Task<Appended> refused = fixture.Log.Append(Samples.To(locked, 1, Samples.Moved()), Cancel);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => fixture.Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel)))
            .WaitAsync(TimeSpan.FromSeconds(5), Cancel);
        Assert.Equal(PostgresErrorCodes.LockNotAvailable, (await Assert.ThrowsAsync<PostgresException>(() => refused)).SqlState);
        await holding.RollbackAsync(Cancel);
        Assert.Equal(2, (await fixture.Log.Append(Samples.To(locked, 1, Samples.Moved()), Cancel)).Versions[locked]);
    }

    [Fact]
    public async Task Small_appends_do_not_queue_behind_large_ones()
    {
        await using NpgsqlConnection other = await fixture.Owner.OpenConnectionAsync(Cancel);
        await using NpgsqlTransaction large = await other.BeginTransactionAsync(Cancel);
        // What another process's large batch holds while it waits for the head.
        await using (var hold = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('ledger.append', 0))", other))
            await hold.ExecuteNonQueryAsync(Cancel);
        await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => fixture.Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel)))
            .WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        Task<Appended> waiting = fixture.Log.Append(Samples.To(Samples.Name(), 0, [.. Enumerable.Range(0, 100).Select(i => Samples.Moved(i))]), Cancel);
        await Task.Delay(200, Cancel);
        Assert.False(waiting.IsCompleted);
        await large.RollbackAsync(Cancel);
        Assert.Equal(100, (await waiting).Versions.Values.Single());
    }

    [Fact]
    public async Task A_signer_that_is_stopped_at_any_moment_leaves_the_log_unsigned_for_seconds_only()
    {
        string folder = Directory.CreateTempSubdirectory("log-key").FullName;
        using var key = LogKey.OpenOrCreate(folder, "example.com/standstill");
        using var tree = new LogTree(fixture.Database, key);
        await fixture.Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel);
        await tree.Sign(Cancel);
        using (OtherProcess other = OtherProcess.Signing(fixture.ConnectionString, folder))
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            Task running = tree.Run(stop.Token);
            var random = new Random(1);
            for (int time = 0; time < Soak.Of(100); time++)
            {
                // Enough to sign that a step takes a moment.
                Appended answer = await fixture.Log.Append(Samples.To(Samples.Name(), 0, [.. Enumerable.Range(0, 500).Select(i => Samples.Moved(i))]), Cancel);
                await Task.Delay(random.Next(0, 350), Cancel);
                await other.Signal("STOP", Cancel);
                answer = await fixture.Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel);
                long started = Stopwatch.GetTimestamp();
                while ((long)(await fixture.Sql("select coalesce(max(size), 0) from ledger.tree_checkpoints"))! < answer.LastPosition)
                {
                    Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(30));
                    await Task.Delay(20, Cancel);
                }
                await other.Signal("CONT", Cancel);
            }
            await stop.CancelAsync();
            await running;
        }
        LogVerdict verdict = await tree.Verify(cancel: Cancel);
        Assert.Empty(verdict.Faults);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task Signal(Process process, string signal)
    {
        using Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"]);
        await kill.WaitForExitAsync(Cancel);
    }
}
