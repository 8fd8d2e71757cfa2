using Ledger.App.Alerts;
using Ledger.App.Alerts.Deliveries;
using Ledger.App.Alerts.Matching;
using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Alerts.Webhooks;
using Ledger.App.Deals;
using Ledger.App.Tests.Support;
using Ledger.App.Tests.Watchlists;
using Ledger.App.Views;
using Ledger.App.Watchlists;
using Ledger.Domain.Alerts;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Tests.Alerts;

/// <summary>Alerts follow the log: each change once, from the moment on that somebody follows it, whoever is at it and however often.</summary>
public sealed class AlertRunnerTests : IAsyncLifetime
{
    // Numbers of these histories: one announces a deal in robotics, the other one retracts it, or reinstates it.
    private const int Announced = 6;
    private const int Turned = 4;
    private const string Address = "https://receiver.example/hook";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly AlertTarget Robotics = new AlertTarget.Sector("robotics");

    private LedgerOnTestDatabase _ledger = null!;
    private WatchHistory _history = null!;

    private SubscriptionTable Subscriptions => _ledger.Get<SubscriptionTable>();

    public async ValueTask InitializeAsync()
    {
        _ledger = await LedgerOnTestDatabase.Create(Cancel);
        _history = new WatchHistory(_ledger.Get<EventLog>());
        await _history.Begin(Cancel);
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task A_subscription_is_told_of_what_happens_while_it_is_active_whenever_the_log_is_looked_through()
    {
        await _history.Happen(Announced, Cancel);
        await Make("First");
        var before = await Turn();
        await Subscriptions.Pause("first", "Ada", Cancel);
        await Turn();
        await Subscriptions.Resume("first", "Ada", Cancel);
        var after = await Turn();
        await Subscriptions.Delete("first", "Ada", Cancel);
        await Turn();
        // All of it at once, and long after.
        await Follow();

        Assert.Equal([before, after], await Told("first"));
        Assert.Equal([SubscriptionDecision.Made, SubscriptionDecision.Paused, SubscriptionDecision.Resumed, SubscriptionDecision.Deleted], (await Subscriptions.History("first", Cancel)).Select(one => one.What));
    }

    [Fact]
    public async Task One_change_makes_one_alert_a_subscription_and_one_delivery_to_each_of_its_endpoints()
    {
        await Subscriptions.Make("Both", Robotics, AlertKinds.All, [Address, "https://receiver.example/other"], "Ada", Cancel);
        var endpoints = _ledger.Get<EndpointTable>();
        var first = await endpoints.List(1, null, Cancel);
        var second = await endpoints.List(1, first.Next, Cancel);
        Assert.Equal((await endpoints.List(Cancel)).Select(one => one.Id), first.Items.Concat(second.Items).Select(one => one.Id));
        Assert.Null(second.Next);
        await _history.Happen(Announced, Cancel);
        await Follow();

        var position = Assert.Single(await Told("both"));
        var deliveries = (await _ledger.Get<DeliveryQueries>().List(null, null, 10, null, Cancel)).Items;
        Assert.Equal(2, deliveries.Count);
        Assert.All(deliveries, one => Assert.Equal((DeliveryWriter.IdOf("both", position, one.Subject, one.Endpoint), DeliveryState.Pending), (one.Id, one.State)));
    }

    [Fact]
    public async Task Several_at_once_and_a_position_that_was_lost_make_nothing_twice()
    {
        await Make("All");
        for (var number = 6; number < 40; number++)
            await _history.Happen((number * 7919 * 16) + 6, Cancel);
        await _ledger.CatchUp(Cancel);
        using var other = Runner("");
        await Task.WhenAll(other.CatchUp(Cancel), _ledger.Get<AlertRunner>().CatchUp(Cancel));
        var contents = await _ledger.Contents(Cancel, "alerts");
        Assert.NotEmpty(await Told("all"));

        var position = await other.Position(Cancel);
        await Owner("update alerts.runner set position = 0");
        await _ledger.Get<AlertRunner>().CatchUp(Cancel);
        Assert.Equal(position, await other.Position(Cancel));
        Assert.Equal(contents, await _ledger.Contents(Cancel, "alerts"));
    }

    [Fact]
    public async Task A_replay_of_the_views_tells_nobody_of_anything()
    {
        await Make("All");
        await _history.Happen(Announced, Cancel);
        await Follow();
        var contents = await _ledger.Contents(Cancel, "alerts");

        await _ledger.Get<ViewRuntime>().Replay(["deal", "investor"], cancel: Cancel);
        await Follow();
        Assert.Equal(contents, await _ledger.Contents(Cancel, "alerts"));
    }

    [Fact]
    public async Task An_address_that_is_forgotten_is_nowhere_any_more_and_its_subscription_goes_on()
    {
        await Make("All");
        await _history.Happen(Announced, Cancel);
        await Follow();
        Assert.Contains(await _ledger.Contents(Cancel, "alerts", "ledger", "jobs", "public"), row => row.Contains("receiver.example", StringComparison.Ordinal));

        var endpoints = _ledger.Get<EndpointTable>();
        await endpoints.Forget(Assert.Single(await endpoints.List(Cancel)).Id, "Ada", Cancel);
        Assert.DoesNotContain(await _ledger.Contents(Cancel, "alerts", "ledger", "jobs", "public"), row => row.Contains("receiver.example", StringComparison.Ordinal));
        Assert.Empty((await _ledger.Get<DeliveryQueries>().List(null, null, 10, null, Cancel)).Items);
        await Turn();
        await Follow();
        Assert.Equal(2, (await Told("all")).Count);
    }

    [Fact]
    public async Task What_waits_for_a_subscription_that_is_deleted_is_sent_no_more_and_what_waits_for_others_is()
    {
        await Make("All");
        await Subscriptions.Make("Other", Robotics, AlertKinds.All, [Address, "https://receiver.example/other"], "Ada", Cancel);
        await _history.Happen(Announced, Cancel);
        await Follow();
        Assert.Equal(3, (await _ledger.Get<DeliveryQueries>().List(null, null, 10, null, Cancel)).Items.Count);

        await Subscriptions.Delete("all", "Ada", Cancel);
        var waiting = (await _ledger.Get<DeliveryQueries>().List(null, null, 10, null, Cancel)).Items;
        Assert.Equal(["other", "other"], waiting.Select(one => one.Subscription));
        Assert.Single(await Told("all"));
    }

    [Fact]
    public async Task Who_follows_a_party_or_a_list_hears_of_who_joins_of_who_leaves_and_of_merges_and_why()
    {
        await _ledger.Ask("watch", "define", "Kept", "companies where sector = kept");
        await Subscriptions.Make("Party", new AlertTarget.Company(new PartyId("p1")), AlertKinds.All, [], "Ada", Cancel);
        await Subscriptions.Make("List", new AlertTarget.Watchlist(new WatchlistId("kept")), AlertKinds.All, [], "Ada", Cancel);
        await _ledger.Ask("watch", "pin", "kept", "p1", "--reason", "Ours.");
        await _ledger.Ask("watch", "delete", "kept", "--reason", "Done.");
        await _ledger.Ask("party", "merge", "p1", "p2", "--reason", "The same.");
        await Follow();

        (string, string, string?)[] told = [("Kept", "Party p1 joined", "Ours."), ("Kept", "the list was deleted; Party p1 left", "Done.")];
        Assert.Equal(told, await Contents("list"));
        Assert.Equal([.. told, ("Party p1", "found to be the same as Party p2", "The same.")], await Contents("party"));
        var tried = await _ledger.Ask("alerts", "try", "--company", "p2");
        Assert.Equal(["Party p1"], tried["alerts"]!.AsArray().Select(alert => (string)alert!["title"]!));

        async Task<List<(string, string, string?)>> Contents(string subscription) => [.. Enumerable.Reverse((await _ledger.Get<SubscriptionQueries>().Alerts(subscription, 10, null, Cancel)).Items)
            .Select(alert => (alert.Title, alert.Says, alert.Reason))];
    }

    [Fact]
    public async Task Who_is_not_told_where_the_ledger_is_writes_the_addresses_of_who_was()
    {
        await Make("All");
        using (var server = Runner("https://ledger.example.com"))
        {
            await Turn();
            await _ledger.CatchUp(Cancel);
            await server.CatchUp(Cancel);
        }
        await _history.Happen(Announced, Cancel);
        await Follow();
        Assert.Equal("https://ledger.example.com/deals/d0", Assert.Single((await _ledger.Get<SubscriptionQueries>().Alerts("all", 10, null, Cancel)).Items).Links.Subject);
    }

    [Fact]
    public async Task What_waits_for_a_subscription_that_is_paused_waits_until_it_is_resumed()
    {
        await Make("All");
        await _history.Happen(Announced, Cancel);
        await Follow();
        await Subscriptions.Pause("all", "Ada", Cancel);
        Assert.Empty(await _ledger.Get<DeliveryQueue>().Take(false, 10, Guid.NewGuid(), Cancel));
        await Subscriptions.Resume("all", "Ada", Cancel);
        var lease = Guid.NewGuid();
        var endpoint = Assert.Single(await _ledger.Get<DeliveryQueue>().Take(false, 10, lease, Cancel));
        Assert.Single((await _ledger.Get<DeliveryQueue>().Due(endpoint.Id, lease, 10, Cancel)).Due);
    }

    [Fact]
    public async Task What_was_sent_for_a_subscription_that_is_deleted_is_not_sent_again()
    {
        await Make("All");
        await _history.Happen(Announced, Cancel);
        await Follow();
        await Owner("update alerts.delivery set state = 'sent', ended_at = now()");
        var deliveries = _ledger.Get<DeliveryQueries>();
        var sent = Assert.Single((await deliveries.List(null, null, 10, null, Cancel)).Items);
        await Subscriptions.Delete("all", "Ada", Cancel);

        Assert.Equal(0, await deliveries.Resend(DateTimeOffset.UtcNow.AddDays(-1), null, null, "Ada", Cancel));
        Assert.Equal("subscription-deleted", (await Assert.ThrowsAsync<RefusedException>(() => deliveries.Resend(sent.Id, "Ada", Cancel))).Refusal.Type);
        await Assert.ThrowsAsync<NotFoundException>(() => deliveries.Resend(DateTimeOffset.UtcNow, "nobody", null, "Ada", Cancel));
        Assert.Equal(DeliveryState.Sent, (await deliveries.Get(sent.Id, Cancel)).Delivery.State);
    }

    [Fact]
    public async Task Its_history_says_to_how_many_it_sends_and_what_cannot_be_is_refused()
    {
        await Make("All");
        await Subscriptions.Make("Other", Robotics, AlertKinds.All, [], "Ada", Cancel);
        await Subscriptions.Change("all", null, null, null, ["none"], null, "Ada", Cancel);
        Assert.Equal(["1 webhook", "nobody"], (await Subscriptions.History("all", Cancel)).Select(one => one.Sends));

        await Assert.ThrowsAsync<InvalidValueException>(() => Subscriptions.Change("all", null, null, null, null, null, "Ada", Cancel));
        await Assert.ThrowsAsync<InvalidValueException>(() => Subscriptions.Change("all", null, null, AlertKinds.Of(AlertKind.Membership), null, null, "Ada", Cancel));
        Assert.Equal("subscription-exists", (await Assert.ThrowsAsync<RefusedException>(() => Subscriptions.Change("all", "OTHER", null, null, null, null, "Ada", Cancel))).Refusal.Type);
        Assert.Equal(2, (await Subscriptions.History("all", Cancel)).Count);
    }

    [Fact]
    public async Task The_same_subscription_again_is_nothing_new_and_another_one_needs_another_name()
    {
        Assert.Single((await Make("All")).Secrets);
        Assert.Empty((await Make("All")).Secrets);
        Assert.Single(await Subscriptions.History("all", Cancel));
        var refused = await Assert.ThrowsAsync<RefusedException>(() => Subscriptions.Make("All", new AlertTarget.Sector("chips"), AlertKinds.All, [], "Ada", Cancel));
        Assert.Equal("subscription-exists", refused.Refusal.Type);
        await Subscriptions.Delete("all", "Ada", Cancel);
        Assert.Equal("subscription-deleted", (await Assert.ThrowsAsync<RefusedException>(() => Subscriptions.Resume("all", "Ada", Cancel))).Refusal.Type);
        await Assert.ThrowsAsync<NotFoundException>(() => Subscriptions.Pause("nobody", "Ada", Cancel));
        Assert.Equal("subscription-exists", (await Assert.ThrowsAsync<RefusedException>(() => Make("All"))).Refusal.Type);
    }

    [Fact]
    public async Task Nothing_is_sent_to_an_address_that_is_not_public_however_it_is_written()
    {
        foreach (var address in new[]
        {
            "http://127.0.0.1/hook", "http://169.254.169.254/latest/meta-data/", "http://10.0.0.7/hook", "http://2130706433/hook", "http://0x7f.1/hook", "http://0177.0.0.1/hook",
            "http://[::1]/hook", "http://[fe80::1]/hook", "http://[fd00::1]/hook", "http://[::ffff:10.0.0.7]/hook", "http://[64:ff9b::7f00:1]/hook", "http://ada:secret@receiver.example/hook", "ftp://receiver.example/hook",
        })
        {
            await Assert.ThrowsAsync<InvalidValueException>(() => Subscriptions.Make("Inside", Robotics, AlertKinds.All, [address], "Ada", Cancel));
            await Assert.ThrowsAsync<InvalidValueException>(() => Subscriptions.Change("none", null, null, null, [address], null, "Ada", Cancel));
        }
        Assert.Empty(await _ledger.Get<EndpointTable>().List(Cancel));
    }

    [Fact]
    public async Task Alerts_of_long_ago_are_cleared_away_by_the_servers_role_but_for_what_still_waits()
    {
        await Make("All");
        await _history.Happen(Announced, Cancel);
        var sent = await _ledger.Get<EventLog>().Head(Cancel);
        var (waits, recent) = (await Turn(), await Turn());
        await Follow();
        await Owner(
            $"""
            update alerts.change set recorded_at = recorded_at - interval '366 days' where position <= {waits};
            update alerts.delivery set state = 'sent', ended_at = made_at - interval '366 days' where position = {sent};
            insert into alerts.request (author, key, request, answer, at) values ('Ada', sha256('old'), '', '', now() - interval '31 days'), ('Ada', sha256('new'), '', '', now());
            """);

        var run = await ProgramHere.Run(_ledger, _ledger.AppConnectionString, ["jobs", "run", "clean-up"]);
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("1 alert.", run.Output, StringComparison.Ordinal);
        Assert.Equal([waits, recent], await Told("all"));
        Assert.Equal([waits, recent], await _ledger.Database.Query("select position from alerts.change order by 1", row => row.GetInt64(0), Cancel));
        Assert.Equal([waits, recent], await _ledger.Database.Query("select position from alerts.delivery order by 1", row => row.GetInt64(0), Cancel));
        Assert.Single(await _ledger.Database.Query("select author from alerts.request", row => row.GetString(0), Cancel));
    }

    private Task<MadeSubscription> Make(string name) => Subscriptions.Make(name, Robotics, AlertKinds.All, [Address], "Ada", Cancel);

    private AlertRunner Runner(string address) =>
        new(_ledger.Database, _ledger.Get<EventLog>(), _ledger.Get<ViewRuntime>(), _ledger.Get<WatchlistStates>(), new AlertSignal(), new LedgerAddress(address));

    private async Task<long> Turn()
    {
        await _history.Happen(Turned, Cancel);
        return await _ledger.Get<EventLog>().Head(Cancel);
    }

    private async Task Follow()
    {
        await _ledger.CatchUp(Cancel);
        await _ledger.Get<AlertRunner>().CatchUp(Cancel);
    }

    private Task<List<long>> Told(string subscription) => _ledger.Database.Query("select position from alerts.alert where subscription = $1 order by position", row => row.GetInt64(0), Cancel, subscription);

    private async Task Owner(string sql)
    {
        await using var connection = new NpgsqlConnection(_ledger.OwnerConnectionString);
        await connection.OpenAsync(Cancel);
        await connection.Execute(sql, Cancel);
    }
}
