using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Ledger.App.Tests.Deals;
using Ledger.App.Tests.Support;
using Ledger.App.Views;
using Ledger.EventStore;

namespace Ledger.App.Tests.Views;

/// <summary>Whatever is recorded: the program's own views are the same however they come about, and readers notice nothing of it.</summary>
public sealed class FoldedHistoryTests
{
    private const int Happenings = 120;
    private const int FewEvents = 3;
    private const int ManyEvents = 10_000;

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public void Followed_in_small_steps_replayed_in_steps_of_any_size_and_stopped_and_resumed_every_view_has_the_same_rows() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(2).WithQuietOnSuccess(true),
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ArrayOf(Happenings).ToArbitrary(), numbers => Task.Run(() => Hold(numbers), Cancel).GetAwaiter().GetResult()));

    private static async Task Hold(int[] numbers)
    {
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        var history = new RollupHistory(ledger);
        await history.Begin();
        await ledger.CatchUp(Cancel);
        var seen = new Dictionary<long, IReadOnlyList<string>>();
        for (var n = 0; n < numbers.Length; n++)
        {
            await history.Happen(numbers[n]);
            // Each time by a process that has seen nothing yet.
            if (n % 15 == 14)
            {
                await Views(ledger, FewEvents).CatchUp(Cancel);
                seen[await ledger.Get<EventLog>().Head(Cancel)] = await RowsAsOf(ledger, null);
            }
        }
        await Views(ledger, FewEvents).CatchUp(Cancel);
        var live = await ledger.Contents(Cancel, "views");
        Assert.Equal(await RowsAsOf(ledger, null), await RowsAsOf(ledger, await ledger.Get<EventLog>().Head(Cancel)));

        foreach (var events in (int[])[FewEvents, ManyEvents])
        {
            var views = Views(ledger, events);
            Assert.All(await views.Replay(views.Names, cancel: Cancel), outcome => Assert.Empty(outcome.Differences!));
            Assert.Equal(live, await ledger.Contents(Cancel, "views"));
        }
        await ReplayInPieces(ledger, numbers[0] % 3 + 2);
        Assert.Equal(live, await ledger.Contents(Cancel, "views"));
        foreach (var (position, rows) in seen)
            Assert.Equal(rows, await RowsAsOf(ledger, position));
    }

    /// <summary>A replay of all views is stopped after every few steps, and another process goes on with it.</summary>
    private static async Task ReplayInPieces(LedgerOnTestDatabase ledger, int steps)
    {
        var stopped = 0;
        for (var isReplayed = false; !isReplayed;)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            var left = steps;
            var views = Views(ledger, 40 + stopped);
            try
            {
                await views.Replay(views.Names, stopped < 8 ? new Steps(() => --left == 0, stop) : null, stop.Token);
                isReplayed = true;
            }
            catch (OperationCanceledException) when (!Cancel.IsCancellationRequested)
            {
                stopped++;
            }
        }
        Assert.InRange(stopped, 1, 8);
    }

    /// <summary>The rows of all tables that held at a position, or that hold.</summary>
    private static async Task<IReadOnlyList<string>> RowsAsOf(LedgerOnTestDatabase ledger, long? position)
    {
        var rows = new List<string>();
        foreach (var table in RecordViews.All.SelectMany(view => view.RowTables).Select(table => table.Shape.Name).Order(StringComparer.Ordinal))
        {
            await using var command = ledger.Database.CreateCommand(position is null
                ? $"select '{table} ' || to_jsonb(t)::text from views.{table} t order by 1"
                : $"select '{table} ' || (to_jsonb(t) - 'to_position')::text from views.{table}_history t where from_position <= {position} and (to_position is null or to_position > {position}) order by 1");
            await using var reader = await command.ExecuteReaderAsync(Cancel);
            while (await reader.ReadAsync(Cancel))
                rows.Add(reader.GetString(0));
        }
        Assert.NotEmpty(rows);
        return rows;
    }

    private static ViewRuntime Views(LedgerOnTestDatabase ledger, int events) =>
        new(ledger.Get<EventLog>(), ledger.Database, RecordViews.All, null, ViewRuntime.StoppedAfter, events, events);

    [Fact]
    public async Task Readers_over_HTTP_are_given_the_same_through_replays_their_switches_and_rollbacks()
    {
        await using var desk = await Desk.Open("HTTP");
        Assert.Equal(0, (await desk.Ledger.Run("seed", LedgerOnTestDatabase.Seeds)).ExitCode);
        await desk.Ledger.CatchUp(Cancel);
        var company = (string)JsonNode.Parse(await desk.Http.GetStringAsync("/api/companies", Cancel))!["items"]![0]!["id"]!;
        string[] addresses = [$"/api/companies/{company}", "/api/companies", "/api/investors", "/api/deals", "/api/rollups?by=quarter,currency", "/api/search?q=raised"];
        var first = new Dictionary<string, string>();
        foreach (var address in addresses)
            first[address] = await desk.Http.GetStringAsync(address, Cancel);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var readers = addresses.Select(address => Task.Run(() => Read(desk.Http, address, first[address], stop.Token), Cancel)).ToList();

        var views = desk.Ledger.Get<ViewRuntime>();
        for (var time = 0; time < 4; time++)
        {
            Assert.All(await views.Replay(views.Names, cancel: Cancel), outcome => Assert.Empty(outcome.Differences!));
            await views.Rollback(time % 2 == 0 ? "company" : "deal", Cancel);
        }
        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(readers), times => Assert.True(times > 10, $"{times} answers"));
    }

    /// <summary>Asks again and again, and returns how often.</summary>
    private static async Task<int> Read(HttpClient client, string address, string expected, CancellationToken stop)
    {
        var times = 0;
        for (; !stop.IsCancellationRequested; times++)
            Assert.Equal(expected, await client.GetStringAsync(address, Cancel));
        return times;
    }

    /// <summary>Stops after so much was told.</summary>
    private sealed class Steps(Func<bool> isEnough, CancellationTokenSource stop) : IProgress<ReplayProgress>
    {
        public void Report(ReplayProgress value)
        {
            if (isEnough())
                stop.Cancel();
        }
    }
}
