using System.Net.Mail;
using Ledger.App.Alerts.Mail;
using Ledger.App.Alerts.Matching;
using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Operations.Outgoing;
using Ledger.App.Tests.Support;
using Ledger.App.Tests.Watchlists;
using Ledger.App.Views;
using Ledger.Domain.Alerts;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Microsoft.Extensions.Configuration;

namespace Ledger.App.Tests.Alerts.Mail;

/// <summary>Mails that are due, and servers that go away in the middle of them.</summary>
public sealed class MailQueueTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly MailOutcome Taken = new(250, null, null, MailVerdict.Taken);
    private static readonly Dictionary<string, string> NoHeaders = [];

    private LedgerOnTestDatabase _ledger = null!;
    private WatchHistory _history = null!;
    private int _deals;

    private MailQueue Queue => _ledger.Get<MailQueue>();

    public async ValueTask InitializeAsync()
    {
        _ledger = await LedgerOnTestDatabase.Create(Cancel);
        _history = new WatchHistory(_ledger.Get<EventLog>());
        await _history.Begin(Cancel);
    }

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task A_server_that_goes_away_has_mailed_what_the_next_one_mails_again_under_the_same_id_and_nothing_else()
    {
        await Follow("Robots", "ada@example.com");
        await Announce();
        var (lost, endpoint, first) = await Take();
        // It may have been sent, and nobody knows. Meanwhile there is more to tell, and the lease ends.
        await Announce();
        Assert.Empty(await Queue.Take(10, Guid.NewGuid(), Cancel));
        await LeasesEnd();
        var (lease, _, again) = await Take();
        Assert.Null(await Queue.Next(endpoint, lost, Cancel));
        Assert.Equal((first.Id, 1L), (again.Id, again.Count));
        Assert.Equal(first.Told.Select(alert => alert.Subject), again.Told.Select(alert => alert.Subject));
        await Queue.Record(again, DateTimeOffset.UtcNow, TimeSpan.Zero, NoHeaders, Taken, Cancel);
        var next = (await Queue.Next(endpoint, lease, Cancel))!;
        Assert.NotEqual(first.Id, next.Id);
        Assert.Equal(["deal/d1"], next.Told.Select(alert => alert.Subject));
        await Queue.Record(next, DateTimeOffset.UtcNow, TimeSpan.Zero, NoHeaders, Taken, Cancel);
        Assert.Null(await Queue.Next(endpoint, lease, Cancel));
    }

    [Fact]
    public async Task A_mail_that_is_still_on_its_way_is_waited_for_by_others_that_would_tell_the_same()
    {
        await Follow("One", "ada@example.com");
        await Follow("Two", "ada@example.com");
        await Announce();
        var (lease, endpoint, mail) = await Take();
        await Queue.Record(mail, DateTimeOffset.UtcNow, TimeSpan.Zero, NoHeaders, new MailOutcome(450, "Later.", null, MailVerdict.Later), Cancel);
        Assert.Null(await Queue.Next(endpoint, lease, Cancel));
        await Execute("update alerts.delivery set next_at = now()");
        var again = (await Queue.Next(endpoint, lease, Cancel))!;
        Assert.Equal((mail.Id, 1), (again.Id, again.Tries));
        await Queue.Record(again, DateTimeOffset.UtcNow, TimeSpan.Zero, NoHeaders, new MailOutcome(550, "No.", null, MailVerdict.Refused), Cancel);
        // It was never told, after all.
        await Execute("update alerts.delivery set next_at = now() where state = 'pending'");
        Assert.Equal("Two", (await Queue.Next(endpoint, lease, Cancel))!.Name);
    }

    [Fact]
    public async Task What_a_mail_had_no_room_for_the_mail_of_another_subscription_tells()
    {
        await Follow("One", "ada@example.com");
        await Follow("Two", "ada@example.com");
        await Announce();
        for (var change = 1; change < 103; change++)
            await _history.Happen(4, Cancel);
        await _ledger.CatchUp(Cancel);
        await _ledger.Get<AlertRunner>().CatchUp(Cancel);
        var (lease, endpoint, mail) = await Take();
        Assert.Equal((103L, 100), (mail.Count, mail.Told.Count));
        await Queue.Record(mail, DateTimeOffset.UtcNow, TimeSpan.Zero, NoHeaders, Taken, Cancel);
        var rest = (await Queue.Next(endpoint, lease, Cancel))!;
        Assert.Equal((3L, mail.Told[^1].Position + 1), (rest.Count, rest.Told[0].Position));
    }

    [Fact]
    public async Task A_server_that_takes_nothing_at_all_is_asked_again_every_few_minutes_for_as_long_as_that_lasts()
    {
        await Follow("Robots", "ada@example.com");
        await Announce();
        var (lease, endpoint, mail) = await Take();
        for (var attempt = 0; attempt < 12; attempt++)
        {
            await Queue.Record(mail, DateTimeOffset.UtcNow, TimeSpan.Zero, NoHeaders, new MailOutcome(null, null, "Nobody is there.", MailVerdict.ServerFails), Cancel);
            Assert.True((await _ledger.Database.Query("select next_at < now() + interval '7 minutes' and state = 'pending' from alerts.delivery", row => row.GetBoolean(0), Cancel)).Single());
            await Execute("update alerts.delivery set next_at = now()");
            mail = (await Queue.Next(endpoint, lease, Cancel))!;
        }
        Assert.Equal(2, mail.Tries);
    }

    [Fact]
    public async Task Who_has_unsubscribed_is_mailed_again_by_nobody_but_another_subscription()
    {
        await Follow("Robots", "ada@example.com");
        var token = (await _ledger.Database.Query("select token from alerts.mailing", row => row.GetString(0), Cancel)).Single();
        Assert.True(await _ledger.Get<MailTable>().Unsubscribe(token, Cancel));
        await Assert.ThrowsAsync<InvalidValueException>(() => Subscriptions.Change("robots", null, null, null, null, MailOrder.Of(new MailFields { Mail = "Ada@example.com" }), "Grace", Cancel));
        Assert.NotNull(Assert.Single(await _ledger.Get<MailTable>().Shown("robots", Cancel)).UnsubscribedAt);
        await Follow("Others", "ada@example.com");
    }

    [Fact]
    public async Task The_same_subscription_again_changes_nothing_and_one_that_mails_somebody_else_is_refused()
    {
        await Follow("Robots", "ada@example.com");
        await Follow("Robots", "Ada@example.com");
        Assert.Single(await Subscriptions.History("robots", Cancel));
        await Assert.ThrowsAsync<Ledger.App.Deals.RefusedException>(() => Follow("Robots", "grace@example.com"));
        Assert.Equal(1, (await _ledger.Database.Query("select count(*)::int from alerts.mailing", row => row.GetInt32(0), Cancel)).Single());
    }

    [Fact]
    public async Task Webhooks_and_mails_of_one_subscription_go_to_their_own_senders()
    {
        await Subscriptions.Make("Both", new AlertTarget.Sector("robotics"), AlertKinds.All, ["https://receiver.example/hook"], MailOrder.Of(new MailFields { Mail = "ada@example.com" }), "Ada", Cancel);
        await Announce();
        Assert.Equal("receiver.example", Assert.Single(await _ledger.Get<Ledger.App.Alerts.Deliveries.DeliveryQueue>().Take(false, 10, Guid.NewGuid(), Cancel)).Address.Host);
        Assert.Single(await Queue.Take(10, Guid.NewGuid(), Cancel));
        // Another address for webhooks leaves that for mails.
        await Subscriptions.Change("both", null, null, null, ["https://receiver.example/other"], null, "Ada", Cancel);
        Assert.Equal(["a…@example.com", "receiver.example"], (await _ledger.Get<SubscriptionQueries>().Get("both", Cancel)).Endpoints.Select(one => one.Host).Order());
        await Subscriptions.Delete("both", "Ada", Cancel);
        Assert.Empty(await _ledger.Database.Query("select 1 from alerts.delivery d join alerts.endpoint e on e.id = d.endpoint where e.kind = 'mail'", row => 1, Cancel));
    }

    /// <summary>With a mail server, which is never asked here.</summary>
    private SubscriptionTable Subscriptions => new(
        _ledger.Database, _ledger.Get<EventLog>(), new OutgoingHttp(new ConfigurationManager()),
        new MailTable(_ledger.Database, new MailRelay(new MailSettings("127.0.0.1", 25, false, null, new MailAddress("alerts@example.com"), "https://ledger.example.com"))));

    private Task<MadeSubscription> Follow(string name, string address) => Subscriptions.Make(name, new AlertTarget.Sector("robotics"), AlertKinds.All, [], MailOrder.Of(new MailFields { Mail = address }), "Ada", Cancel);

    private async Task Announce()
    {
        await _history.Happen((1024 * _deals++) + 6, Cancel);
        await _ledger.CatchUp(Cancel);
        await _ledger.Get<AlertRunner>().CatchUp(Cancel);
    }

    private async Task<(Guid Lease, long Endpoint, DueMail Mail)> Take()
    {
        var lease = Guid.NewGuid();
        var endpoint = Assert.Single(await Queue.Take(10, lease, Cancel));
        return (lease, endpoint, (await Queue.Next(endpoint, lease, Cancel))!);
    }

    private Task LeasesEnd() => Execute("update alerts.endpoint set leased_until = '-infinity'");

    private async Task Execute(string sql)
    {
        await using var connection = await _ledger.Database.OpenConnectionAsync(Cancel);
        await connection.Execute(sql, Cancel);
    }
}
