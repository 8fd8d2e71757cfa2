using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ledger.App.Tests.Alerts.Mail;
using Ledger.App.Tests.Support;
using Ledger.App.Tests.Watchlists;
using Ledger.App.Views;
using Ledger.EventStore;
using Ledger.Testing;

namespace Ledger.App.Tests.Alerts;

/// <summary>Servers that are killed at any moment between the commit of a change and the arrival of what is sent for it.</summary>
public sealed class KilledSendersTests : IAsyncLifetime
{
    /// <summary>Two hundred with LEDGER_SOAK=1.</summary>
    private static readonly int Kills = Environment.GetEnvironmentVariable("LEDGER_SOAK") == "1" ? 200 : 20;

    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly string[] Subscriptions = ["soak-a", "soak-b", "soak-c"];
    private static readonly string[] Mailed = ["soak-m", "soak-n"];

    private readonly List<long> _changes = [];
    private Receiver _receiver = null!;
    private MailServer _mails = null!;
    private LedgerOnTestDatabase _ledger = null!;
    private WatchHistory _history = null!;

    public async ValueTask InitializeAsync()
    {
        _receiver = await Receiver.Start(Cancel);
        _mails = await MailServer.Start(new MailServerOptions(), Cancel);
        _ledger = await LedgerOnTestDatabase.Create(Cancel);
        _history = new WatchHistory(_ledger.Get<EventLog>());
        await _history.Begin(Cancel);
        // A deal in robotics, which is retracted and reinstated from now on.
        await _history.Happen(6, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await _ledger.DisposeAsync();
        await _receiver.DisposeAsync();
        await _mails.DisposeAsync();
    }

    [Fact]
    public async Task What_was_committed_arrives_and_under_one_id_however_often_the_server_is_killed_before_it_is_delivered()
    {
        await using (var first = Serve())
        {
            await Subscribe(first);
            await Turn();
            await Arrived(Subscriptions.Length);
            await first.Kill();
        }
        var random = new Random(20_261_122);
        for (var kill = 0; kill < Kills; kill++)
        {
            await LeasesEnd();
            var before = await _receiver.Count(Cancel);
            await using var server = Serve();
            await Turn();
            // It is there, and sends.
            await Arrived(before + 1);
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                await Turn();
            await Wait(kill, random);
            await server.Kill();
            TestContext.Current.TestOutputHelper?.WriteLine($"kill {kill}: {await Pending()} deliveries were not recorded as sent, and {_changes[^1] - await Position()} events not looked through");
        }
        // What the last one held is free again by itself.
        await using var last = Serve();
        await Until(async () => await Position() == _changes[^1] && await Pending() == 0);
        await Webhooks();
        await Mails();
    }

    private async Task Webhooks()
    {
        var seen = await _receiver.Seen(Cancel);
        Assert.All(seen, one => Assert.True((bool)one["verified"]!));
        var arrived = seen.Select(one => (Subscription: (string)one["body"]!["data"]!["subscription"]!, Position: (long)one["body"]!["data"]!["alert"]!["position"]!, Id: (string)one["id"]!)).Distinct().Order().ToList();
        Assert.Equal(Subscriptions.SelectMany(subscription => _changes, (subscription, position) => (subscription, position)).Order(), arrived.Select(one => (one.Subscription, one.Position)));
        Assert.Equal(arrived.Count, arrived.Select(one => one.Id).Distinct().Count());
    }

    /// <summary>What was mailed twice is the same mail, and no other one tells the same.</summary>
    private async Task Mails()
    {
        var mails = (await _mails.Last()).ConvertAll(mail => (Of: (string)mail["to"]!, Id: (string)mail["headers"]!["message-id"]!, Text: (string)mail["text"]!));
        var told = mails.Distinct().SelectMany(mail => Regex.Matches(mail.Text, @"^Position (\d+),", RegexOptions.Multiline), (mail, position) => (mail.Of, long.Parse(position.Groups[1].Value, CultureInfo.InvariantCulture)));
        Assert.Equal(Mailed.SelectMany(name => _changes, (name, position) => (AddressOf(name), position)).Order(), told.Order());
        // One of them may be on its way when the server is killed, and one more to the other address.
        Assert.InRange(mails.Count - mails.DistinctBy(mail => mail.Id).Count(), 0, Mailed.Length * (Kills + 1));
        TestContext.Current.TestOutputHelper?.WriteLine($"{mails.Count} mails, {mails.DistinctBy(mail => mail.Id).Count()} of them different");
    }

    /// <summary>Until the moment of a kill: at once, when deliveries are recorded, when some have arrived, a while, or when a mail is put together.</summary>
    private async Task Wait(int kill, Random random)
    {
        var (made, arrived, written) = (await Made(), await _receiver.Count(Cancel), await Written());
        switch (kill % 5)
        {
            case 1:
                await Until(async () => await Made() > made || await Position() == _changes[^1]);
                break;
            case 2:
                await Until(async () => await _receiver.Count(Cancel) > arrived || await Pending() == 0 && await Position() == _changes[^1]);
                break;
            case 3:
                await Task.Delay(random.Next(60), Cancel);
                break;
            case 4:
                await Until(async () => await Written() > written || await Pending() == 0 && await Position() == _changes[^1]);
                break;
        }
    }

    private async Task Subscribe(LedgerProgram server)
    {
        await server.Printed("http://127.0.0.1:");
        using var http = await _ledger.Client(new Uri((string)JsonNode.Parse(server.Output)!["addresses"]![0]!));
        foreach (var name in Subscriptions)
        {
            var answer = await http.PostAsJsonAsync("/api/alerts", new { name, sector = "robotics", webhook = _receiver.Address($"/{name}") }, Cancel);
            var made = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
            await _receiver.Know($"/{name}", (string)made["secrets"]![0]!["secret"]!, Cancel);
        }
        foreach (var name in Mailed)
            (await http.PostAsJsonAsync("/api/alerts", new { name, sector = "robotics", mail = AddressOf(name) }, Cancel)).EnsureSuccessStatusCode();
    }

    private async Task Turn()
    {
        await _history.Happen(4, Cancel);
        _changes.Add(await _ledger.Get<EventLog>().Head(Cancel));
    }

    private static string AddressOf(string name) => $"{name}@example.com";

    /// <summary>What a server held is free again, as it would be some seconds later.</summary>
    private async Task LeasesEnd()
    {
        await using var connection = await _ledger.Database.OpenConnectionAsync(Cancel);
        await connection.Execute("update alerts.endpoint set leased_until = '-infinity'", Cancel);
    }

    private Task Arrived(int count) => Until(async () => await _receiver.Count(Cancel) >= count);

    private Task<long> Pending() => Number("select count(*) from alerts.delivery where state = 'pending'");

    private Task<long> Made() => Number("select count(*) from alerts.delivery");

    /// <summary>Mails.</summary>
    private Task<long> Written() => Number("select count(*) from alerts.mail");

    private Task<long> Position() => Number("select position from alerts.runner");

    private async Task<long> Number(string sql) => (await _ledger.Database.Query(sql, row => row.GetInt64(0), Cancel)).Single();

    private static async Task Until(Func<Task<bool>> isSo)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        bound.CancelAfter(TimeSpan.FromSeconds(60));
        // The moments that are waited for are over soon; a server that starts is not asked too often meanwhile.
        for (var asked = 0; !await isSo(); asked++)
            await Task.Delay(asked < 40 ? 5 : 25, bound.Token);
    }

    private LedgerProgram Serve() => LedgerProgram.Start(["serve", "--urls", "http://127.0.0.1:0", "--json"], new LedgerProgramOptions
    {
        Environment = new Dictionary<string, string?>
        {
            ["ConnectionStrings__Ledger"] = _ledger.OwnerConnectionString,
            ["LEDGER_DATA"] = _ledger.DataFolder,
            ["Ledger__Outgoing__Allow"] = "127.0.0.0/8",
            ["Ledger__Address"] = "https://ledger.example.com",
            ["Ledger__Mail__Host"] = "127.0.0.1",
            ["Ledger__Mail__Port"] = $"{_mails.Port}",
            ["Ledger__Mail__Tls"] = "none",
            ["Ledger__Mail__From"] = "alerts@example.com",
        },
    });
}
