using Ledger.EventStore.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Ledger.EventStore.Tests;

public sealed class ProjectionTests(LogFixture fixture) : IClassFixture<LogFixture>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_runners_fold_every_event_once_and_a_new_version_is_folded_anew()
    {
        Projection view = new Totals(1);
        await Migrate("totals", view);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        ProjectionRunner one = Runner("totals", view), two = Runner("totals", view);
        Task running = Task.WhenAll(one.Run(stop.Token), two.Run(stop.Token));
        Appended[] answers = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ =>
            fixture.Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel)));
        await one.WaitFor(answers.Max(a => a.LastPosition), Cancel);

        ProjectionStatus status = await one.Status(Cancel);
        Assert.Equal((0L, null), (status.Lag, status.Failure));
        Assert.Equal(await fixture.Log.Head(Cancel), await fixture.Sql("select events from public.totals"));
        await stop.CancelAsync();
        await running;

        Projection changed = new Totals(2);
        Assert.True(await Migrate("totals", changed));
        await Assert.ThrowsAsync<InvalidOperationException>(() => one.CatchUp(Cancel));
        Assert.Equal(await fixture.Log.Head(Cancel), await Runner("totals", changed).CatchUp(Cancel));
        Assert.Equal(await fixture.Log.Head(Cancel), await fixture.Sql("select events from public.totals"));
        Assert.False(await Migrate("totals", changed));
    }

    [Fact]
    public async Task An_event_that_cannot_be_folded_stops_the_group_and_says_why()
    {
        var view = new Picky { Refuses = 13 };
        await Migrate("picky", view);
        Appended answer = await fixture.Log.Append(
            Samples.To(Samples.Name(), 0, [.. Enumerable.Range(1, 20).Select(i => Samples.Moved(i))]), Cancel);
        ProjectionRunner runner = Runner("picky", view);

        var stopped = await Assert.ThrowsAsync<ProjectionStoppedException>(() => runner.CatchUp(Cancel));
        Assert.Equal(answer.FirstPosition + 12, stopped.Position);
        ProjectionStatus status = await runner.Status(Cancel);
        Assert.Equal((answer.FirstPosition + 11, answer.FirstPosition + 12, "picky", "13 is not for me."),
            (status.Position, status.Failure!.Position, status.Failure.Projection, status.Failure.Message));
        await Assert.ThrowsAsync<ProjectionStoppedException>(() => runner.WaitFor(answer.LastPosition, Cancel));

        view.Refuses = 0;
        Assert.True(await runner.CatchUp(Cancel) >= answer.LastPosition);
        Assert.Null((await runner.Status(Cancel)).Failure);
    }

    [Fact]
    public async Task A_process_stopped_in_the_middle_of_a_batch_loses_it_to_another()
    {
        using var thaw = new ManualResetEventSlim();
        var view = new Freezing { Freeze = () => thaw.Wait(Cancel) };
        await Migrate("freezing", view);
        Appended answer = await fixture.Log.Append(Samples.To(Samples.Name(), 0, Samples.Moved()), Cancel);
        var stopped = new ProjectionRunner(fixture.Log, fixture.Database, "freezing", [view], NullLogger.Instance, TimeSpan.FromMilliseconds(300));
        Task<long> frozen = Task.Run(() => stopped.CatchUp(Cancel), Cancel);
        while (!view.IsFrozen)
            await Task.Delay(5, Cancel);

        var other = new ProjectionRunner(fixture.Log, fixture.Database, "freezing", [new Freezing()], NullLogger.Instance);
        Assert.True(await other.CatchUp(Cancel).WaitAsync(TimeSpan.FromSeconds(5), Cancel) >= answer.LastPosition);
        thaw.Set();
        await Assert.ThrowsAnyAsync<Exception>(() => frozen);
        Assert.Equal(await fixture.Log.Head(Cancel), await fixture.Sql("select events from public.frozen"));
    }

    private ProjectionRunner Runner(string group, Projection projection) =>
        new(fixture.Log, fixture.Database, group, [projection], NullLogger.Instance);

    private async Task<bool> Migrate(string group, Projection projection)
    {
        await using NpgsqlConnection owner = await fixture.Owner.OpenConnectionAsync(Cancel);
        return await ProjectionSchema.Migrate(owner, group, [projection], Cancel);
    }

    private sealed class Totals(int version) : Projection
    {
        public override string Name => "totals";
        public override int Version => version;
        public override string Schema => """
            create table public.totals (events bigint not null);
            insert into public.totals values (0);
            grant select, update on public.totals to ledger_app;
            """;
        public override string Drop => "drop table if exists public.totals";

        public override async Task Apply(IReadOnlyList<RecordedEvent> batch, NpgsqlConnection connection, CancellationToken cancel)
        {
            await using var command = new NpgsqlCommand("update public.totals set events = events + $1", connection);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = batch.Count });
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    private sealed class Freezing : Projection
    {
        public Action? Freeze { get; init; }
        public bool IsFrozen { get; private set; }
        public override string Name => "frozen";
        public override int Version => 1;
        public override string Schema => "create table public.frozen (events bigint not null); insert into public.frozen values (0); grant select, update on public.frozen to ledger_app";
        public override string Drop => "drop table if exists public.frozen";

        public override async Task Apply(IReadOnlyList<RecordedEvent> batch, NpgsqlConnection connection, CancellationToken cancel)
        {
            IsFrozen = Freeze is not null;
            Freeze?.Invoke();
            await using var command = new NpgsqlCommand("update public.frozen set events = events + $1", connection);
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = batch.Count });
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    private sealed class Picky : Projection
    {
        public int Refuses { get; set; }
        public override string Name => "picky";
        public override int Version => 1;
        public override string Schema => "";
        public override string Drop => "";

        public override Task Apply(IReadOnlyList<RecordedEvent> batch, NpgsqlConnection connection, CancellationToken cancel) =>
            batch.Any(e => Refuses > 0 && e.Data is CounterMoved moved && moved.By == Refuses)
                ? throw new InvalidOperationException($"{Refuses} is not for me.")
                : Task.CompletedTask;
    }
}
