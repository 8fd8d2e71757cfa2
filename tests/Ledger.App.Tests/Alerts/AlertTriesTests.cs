using Ledger.App.Alerts.Matching;
using Ledger.App.Tests.Support;
using Ledger.App.Tests.Watchlists;
using Ledger.App.Views;
using Ledger.App.Watchlists.Language;
using Ledger.Domain.Alerts;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Tests.Alerts;

/// <summary>What trying a subscription on the history costs: no more is kept than is shown, and nothing goes on for whoever has gone.</summary>
public sealed class AlertTriesTests : IAsyncLifetime
{
    private const string Asking = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'select distinct d.id from deal%'";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private LedgerOnTestDatabase _ledger = null!;
    private ServedHere _server = null!;

    public async ValueTask InitializeAsync()
    {
        _ledger = await LedgerOnTestDatabase.Create(Cancel);
        var history = new WatchHistory(_ledger.Get<EventLog>());
        await history.Begin(Cancel);
        for (var number = 0; number < 150; number++)
            await history.Happen((number * 7919 * 16) + (number % 5 == 0 ? 4 : 6), Cancel);
        await _ledger.CatchUp(Cancel);
        _server = await ServedHere.Start(_ledger, null, Cancel);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("deals")]
    [InlineData("companies where any deal (kind = round)")]
    [InlineData("investors where at least 1 deals (kind = round)")]
    public async Task All_alerts_are_counted_and_only_the_last_ones_are_kept(string rule)
    {
        var target = new AlertTarget.Chosen(RuleReader.Read(rule));
        var found = await _ledger.Get<AlertHistory>().Find(target, AlertKinds.All, 0, Cancel);
        var tried = await _ledger.Get<AlertHistory>().Try(target, "all", AlertKinds.All, DateTimeOffset.UnixEpoch, Cancel);

        Assert.True(found.Count > tried.Alerts.Count, $"{found.Count} alerts");
        Assert.Equal(50, tried.Alerts.Count);
        Assert.Equal(found.Count, tried.Count);
        Assert.Equal(found.Sum(change => change.Kinds.Each().Count()), tried.Kinds.Values.Sum());
        Assert.Equal(Enumerable.Reverse(found).Take(50).Select(change => change.Cause.Position), tried.Alerts.Select(alert => alert.Position));
    }

    [Fact]
    public async Task A_try_ends_when_whoever_asked_for_it_has_gone()
    {
        await using var owner = new NpgsqlConnection(_ledger.OwnerConnectionString);
        await owner.OpenAsync(Cancel);
        await using var held = await owner.BeginTransactionAsync(Cancel);
        var schema = (await owner.Query("select schema_name from ledger.view_versions where view = 'deal' and state = 'live'", row => row.GetString(0), Cancel)).Single();
        await owner.Execute($"lock table {schema}.deal in access exclusive mode", Cancel);

        using var client = _server.Browser();
        using var gone = new CancellationTokenSource();
        var answer = client.GetAsync(new Uri("/api/alerts-tried?what=sector&which=robotics&years=100", UriKind.Relative), gone.Token);
        await Until(1, owner);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        await Until(0, owner);
    }

    private static async Task Until(long asking, NpgsqlConnection connection)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        bound.CancelAfter(TimeSpan.FromSeconds(30));
        // What is seen of others' work stays the same in a transaction until it is cleared.
        while ((await connection.Query(Asking, row => row.GetInt64(0), bound.Token)).Single() != asking)
        {
            await connection.Execute("select pg_stat_clear_snapshot()", bound.Token);
            await Task.Delay(20, bound.Token);
        }
    }
}
