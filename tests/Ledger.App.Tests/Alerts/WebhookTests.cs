using Ledger.App.Access;
using Ledger.App.Alerts.Deliveries;
using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Alerts.Webhooks;
using Ledger.App.Operations.Outgoing;
using Ledger.App.Tests.Support;
using Ledger.App.Tests.Watchlists;
using Ledger.App.Views;
using Ledger.Domain.Alerts;
using Ledger.EventStore;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.App.Tests.Alerts;

/// <summary>What a server sends, as a receiver sees it that shares no code with it.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private Receiver _receiver = null!;
    private ServedHere _server = null!;
    private WatchHistory _history = null!;
    private int _deals;

    public async ValueTask InitializeAsync()
    {
        _receiver = await Receiver.Start(Cancel);
        var ledger = await LedgerOnTestDatabase.Create(Cancel);
        _history = new WatchHistory(ledger.Get<EventLog>());
        await _history.Begin(Cancel);
        await ledger.CatchUp(Cancel);
        _server = await ServedHere.Start(ledger, null, Cancel, (OutgoingHttp.Setting, "127.0.0.0/8"));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    private DeliveryQueries Deliveries => _server.App.Services.GetRequiredService<DeliveryQueries>();

    private EndpointTable Endpoints => _server.App.Services.GetRequiredService<EndpointTable>();

    [Fact]
    public async Task Each_change_arrives_once_signed_and_an_old_secret_signs_beside_a_new_one()
    {
        var made = await Follow("/good");
        await Announce();
        await Announce();
        var seen = await _receiver.Seen("/good", 2, Cancel);
        Assert.All(seen, one => Assert.True((bool)one["verified"]!));
        Assert.Equal(2, seen.Select(one => (string)one["id"]!).Distinct().Count());
        var alert = seen[0]["body"]!["data"]!["alert"]!;
        Assert.Equal(("good", "newDeal", "alert"), ((string)seen[0]["body"]!["data"]!["subscription"]!, (string)alert["kinds"]![0]!, (string)seen[0]["body"]!["type"]!));
        Assert.Contains(alert["changes"]!.AsArray(), change => (string)change!["field"]! == "amount" && (string)change["to"]!["quote"]! == "the words");

        var rotated = await Endpoints.Rotate(made.Secrets[0].Endpoint, "Ada", Cancel);
        await Announce();
        Assert.True((bool)(await _receiver.Seen("/good", 3, Cancel))[2]["verified"]!);
        await _receiver.Know("/good", rotated.Secret, Cancel);
        await Announce();
        var last = (await _receiver.Seen("/good", 4, Cancel))[3];
        Assert.Equal((true, 2), ((bool)last["verified"]!, (int)last["signatures"]!));
    }

    [Fact]
    public async Task What_was_sent_can_be_sent_again_under_the_same_id()
    {
        await Follow("/again");
        await Announce();
        var first = Assert.Single(await _receiver.Seen("/again", 1, Cancel));
        await Until(one => one is { State: DeliveryState.Sent, Lag: not null });
        Assert.NotNull((await Deliveries.Summary(null, Cancel)).MedianLag);
        await Deliveries.Resend((string)first["id"]!, "Ada", Cancel);
        var second = (await _receiver.Seen("/again", 2, Cancel))[1];
        Assert.Equal(((string)first["id"]!, true), ((string)second["id"]!, (bool)second["verified"]!));
        Assert.Equal(first["body"]!.ToJsonString(), second["body"]!.ToJsonString());
        Assert.Equal(first["body"]!.ToJsonString(), System.Text.Json.Nodes.JsonNode.Parse((await Deliveries.Get((string)first["id"]!, Cancel)).Body!)!.ToJsonString());
        await Until(one => one is { State: DeliveryState.Sent, Attempts: 2 });
        // How long somebody took to ask for it is no lag.
        Assert.Null((await Deliveries.Get((string)first["id"]!, Cancel)).Delivery.Lag);
        Assert.Null((await Deliveries.Summary(null, Cancel)).MedianLag);
        Assert.Equal(0, await Deliveries.Resend(DateTimeOffset.UtcNow.AddHours(-1), null, DeliveryState.Failed, "Ada", Cancel));
        Assert.Equal(1, await Deliveries.Resend(DateTimeOffset.UtcNow.AddHours(-1), "again", DeliveryState.Sent, "Ada", Cancel));
        Assert.Equal(3, (await _receiver.Seen("/again", 3, Cancel)).Count);
    }

    [Theory]
    [InlineData("/broken", "500", "Oh\uFFFDno.", 4, 6)]
    [InlineData("/busy", "503", "Later.", 3590, 3610)]
    [InlineData("/inside", "302", "", 4, 6)]
    public async Task What_is_not_taken_is_tried_again_later_and_its_answer_is_kept(string path, string status, string answer, double secondsMin, double secondsMax)
    {
        await Follow(path);
        await Announce();
        var delivery = await Until(one => one.Attempts == 1);
        Assert.Equal((DeliveryState.Pending, status), (delivery.State, delivery.Last));
        var attempt = Assert.Single((await Deliveries.Get(delivery.Id, Cancel)).Attempts);
        Assert.Equal((answer, delivery.Id), (attempt.Answer, attempt.Request["webhook-id"]));
        Assert.InRange((delivery.NextAt!.Value - attempt.At).TotalSeconds, secondsMin, secondsMax + 5);
        Assert.NotNull(Assert.Single(await Endpoints.List(Cancel)).FailingSince);
    }

    [Fact]
    public async Task Whoever_is_gone_is_sent_nothing_any_more_until_somebody_says_so_and_a_silent_one_delays_nobody()
    {
        await Follow("/silent");
        await Follow("/gone");
        await Follow("/good");
        await Announce();
        await _receiver.Seen("/good", 1, Cancel);
        await Until(one => one.State == DeliveryState.Disabled);
        var gone = Assert.Single(await Endpoints.List(Cancel), one => one.DisabledAt is not null);
        Assert.Equal("It answered 410: it is gone.", gone.Why);
        await Announce();
        await _receiver.Seen("/good", 2, Cancel);
        Assert.Single(await _receiver.Seen("/gone", Cancel));
        Assert.Equal(2, (await Deliveries.List("gone", DeliveryState.Disabled, 10, null, Cancel)).Items.Count);

        await Endpoints.Enable(gone.Id, "Ada", Cancel);
        await Deliveries.Resend((await Deliveries.List("gone", null, 1, null, Cancel)).Items[0].Id, "Ada", Cancel);
        await _receiver.Seen("/gone", 2, Cancel);
    }

    [Fact]
    public async Task An_endpoint_is_held_for_as_long_as_it_is_waited_for()
    {
        await Follow("/silent");
        await Announce();
        await _receiver.Seen("/silent", 1, Cancel);
        await Held.Shortly(_server.Ledger, Cancel);
    }

    [Fact]
    public async Task An_endpoint_that_takes_nothing_for_days_is_disabled_and_its_owner_told_until_somebody_enables_it()
    {
        using var ada = await Signed("Ada");
        using var grace = await Signed("Grace");
        await Follow("/broken");
        await Announce();
        var id = (await Until(one => one.Attempts == 1)).Id;
        await Again("4 days 23 hours");
        await Until(one => one is { Attempts: 2, State: DeliveryState.Pending });
        await Again("5 days 1 hour");
        await Until(one => one is { Attempts: 3, State: DeliveryState.Disabled });

        var disabled = Assert.Single(await Endpoints.List(Cancel));
        Assert.Matches("^It has taken nothing since 2.* UTC\\.$", disabled.Why);
        Assert.Contains("1 endpoint of alerts is sent nothing, the first of them 1 of Ada.", await ada.GetStringAsync("/health/ready", Cancel), StringComparison.Ordinal);
        Assert.Contains("Nothing is sent to 127.0.0.1", await ada.GetStringAsync("/deals", Cancel), StringComparison.Ordinal);
        Assert.DoesNotContain("Nothing is sent to 127.0.0.1", await grace.GetStringAsync("/deals", Cancel), StringComparison.Ordinal);
        Assert.Matches("(?m)^ledger_alert_endpoint_disabled\\{endpoint=\"1\"\\} 1$", await ada.GetStringAsync("/metrics", Cancel));

        await Endpoints.Enable(disabled.Id, "Ada", Cancel);
        await Deliveries.Resend(id, "Ada", Cancel);
        await Until(one => one.Attempts == 4);
        Assert.DoesNotContain("Nothing is sent to 127.0.0.1", await ada.GetStringAsync("/deals", Cancel), StringComparison.Ordinal);

        async Task Again(string failingFor)
        {
            await using var connection = await _server.Ledger.Database.OpenConnectionAsync(Cancel);
            await connection.Execute($"update alerts.endpoint set failing_since = clock_timestamp() - interval '{failingFor}', not_before = '-infinity'", Cancel);
            await Deliveries.Resend(id, "Ada", Cancel);
        }

        async Task<HttpClient> Signed(string name) => new() { BaseAddress = _server.Address, DefaultRequestHeaders = { Authorization = new("Bearer", await _server.Ledger.Key(Role.Editor, name: name)) } };
    }

    private async Task<MadeSubscription> Follow(string path)
    {
        var made = await _server.App.Services.GetRequiredService<SubscriptionTable>().Make(path[1..], new AlertTarget.Sector("robotics"), AlertKinds.All, [_receiver.Address(path)], "Ada", Cancel);
        await _receiver.Know(path, made.Secrets[0].Secret, Cancel);
        return made;
    }

    /// <summary>A deal in robotics that was not known before.</summary>
    private Task Announce() => _history.Happen((1024 * _deals++) + 6, Cancel);

    private async Task<DeliveryRecord> Until(Func<DeliveryRecord, bool> isSo)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        bound.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            if ((await Deliveries.List(null, null, 100, null, bound.Token)).Items.FirstOrDefault(isSo) is { } found)
                return found;
            await Task.Delay(20, bound.Token);
        }
    }
}
