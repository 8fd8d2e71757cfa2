using Ledger.App.Alerts;
using Ledger.App.Alerts.Deliveries;
using Ledger.App.Alerts.Mail;
using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Operations.Outgoing;
using Ledger.App.Tests.Support;
using Ledger.App.Tests.Watchlists;
using Ledger.App.Views;
using Ledger.Domain.Alerts;
using Ledger.EventStore;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.App.Tests.Alerts.Mail;

/// <summary>A server that mails, the mail server that takes it, and deals to be told of.</summary>
internal sealed class MailLedger : IAsyncDisposable
{
    public const string Links = "https://ledger.example.com";
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private int _deals;

    private MailLedger(MailServer mails, ServedHere server, WatchHistory history) => (Mails, Server, History) = (mails, server, history);

    public MailServer Mails { get; }

    public ServedHere Server { get; }

    public WatchHistory History { get; }

    public DeliveryQueries Deliveries => Server.App.Services.GetRequiredService<DeliveryQueries>();

    public SubscriptionTable Subscriptions => Server.App.Services.GetRequiredService<SubscriptionTable>();

    public static async Task<MailLedger> Start()
    {
        var mails = await MailServer.Start(new MailServerOptions(), Cancel);
        var ledger = await LedgerOnTestDatabase.Create(Cancel);
        var history = new WatchHistory(ledger.Get<EventLog>());
        await history.Begin(Cancel);
        await ledger.CatchUp(Cancel);
        var server = await ServedHere.Start(
            ledger, "keys", Cancel, (LedgerAddress.Setting, Links), ("Ledger:Mail:Host", "127.0.0.1"), ("Ledger:Mail:Port", $"{mails.Port}"), ("Ledger:Mail:Tls", "none"), ("Ledger:Mail:From", "alerts@ledger.example.com"));
        return new MailLedger(mails, server, history);
    }

    /// <summary>Follows deals in robotics.</summary>
    public Task Follow(string name, MailFields mail) => Subscriptions.Make(name, new AlertTarget.Sector("robotics"), AlertKinds.All, [], MailOrder.Of(mail), "Ada", Cancel);

    /// <summary>A deal in robotics that was not known before.</summary>
    public Task Announce() => History.Happen((1024 * _deals++) + 6, Cancel);

    /// <summary>The first deliveries that are as is asked, once there are so many.</summary>
    public async Task<List<DeliveryRecord>> Until(int count, Func<DeliveryRecord, bool> isSo)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        bound.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            var found = (await Deliveries.List(null, null, 100, null, bound.Token)).Items.Where(isSo).ToList();
            if (found.Count >= count)
                return found;
            await Task.Delay(20, bound.Token);
        }
    }

    /// <summary>Changes what no reader may.</summary>
    public async Task Execute(string sql)
    {
        await using var owner = new Npgsql.NpgsqlConnection(Server.Ledger.OwnerConnectionString);
        await owner.OpenAsync(Cancel);
        await owner.Execute(sql, Cancel);
        Server.App.Services.GetRequiredService<AlertSignal>().Raise();
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Mails.DisposeAsync();
    }
}
