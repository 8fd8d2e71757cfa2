using System.Net;
using System.Text.Json.Nodes;
using AngleSharp.Html.Parser;
using Ledger.App.Alerts.Deliveries;
using Ledger.App.Alerts.Mail;
using Ledger.App.Alerts.Webhooks;
using Ledger.App.Tests.Support;
using Ledger.App.Views;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.App.Tests.Alerts.Mail;

/// <summary>What is mailed, as a mail server reads it that shares no code with the ledger.</summary>
public sealed class MailTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private MailLedger _ledger = null!;

    public async ValueTask InitializeAsync() => _ledger = await MailLedger.Start();

    public ValueTask DisposeAsync() => _ledger.DisposeAsync();

    [Fact]
    public async Task A_change_is_mailed_once_as_text_and_as_HTML_and_can_be_mailed_again_under_the_same_id()
    {
        await _ledger.Follow("Robots", new MailFields { Mail = "ada@example.com" });
        await _ledger.Announce();
        var mail = await _ledger.Mails.Next(Cancel);

        Assert.Equal(("ada@example.com", "alerts@ledger.example.com"), ((string)mail["to"]!, (string)mail["from"]!));
        Assert.Equal("Party p0: words: announced with 9 claims", (string)mail["subject"]!);
        Assert.Equal("auto-generated", Header(mail, "auto-submitted"));
        Assert.Equal("<robots.ledger.example.com>", Header(mail, "list-id"));
        Assert.Matches("^<mail_[0-9a-f]{32}@ledger[.]example[.]com>$", Header(mail, "message-id"));
        Assert.True((int)mail["longestLine"]! <= 998);
        foreach (var words in new[] { "Deals in robotics: 1 change", "Party p0: words", "New deal", "- Amount: ", "“the words”", "by somebody", "Ada has Ledger mail this address what “Robots” follows, at once.", "https://ledger.example.com/deals/d0" })
            Assert.Contains(words, (string)mail["text"]!, StringComparison.OrdinalIgnoreCase);

        using var html = new HtmlParser().ParseDocument((string)mail["html"]!);
        Assert.Empty(html.QuerySelectorAll("script, link, style, img, iframe, object, form"));
        Assert.All(html.QuerySelectorAll("a"), link => Assert.StartsWith(MailLedger.Links, link.GetAttribute("href"), StringComparison.Ordinal));
        Assert.Contains("the words", html.Body!.TextContent, StringComparison.Ordinal);

        var delivery = Assert.Single(await _ledger.Until(1, one => one.State == DeliveryState.Sent));
        Assert.Equal(("a…@example.com", 1, "250"), (delivery.Host, delivery.Attempts, delivery.Last));
        await _ledger.Announce();
        var next = await _ledger.Mails.Next(Cancel);
        Assert.NotEqual(Header(mail, "message-id"), Header(next, "message-id"));
        await _ledger.Until(2, one => one.State == DeliveryState.Sent);
        await _ledger.Deliveries.Resend(delivery.Id, "Ada", Cancel);
        var again = await _ledger.Mails.Next(Cancel);
        Assert.Equal((Header(mail, "message-id"), (string)mail["text"]!), (Header(again, "message-id"), (string)again["text"]!));
        Assert.Equal(Header(mail, "message-id"), (await _ledger.Deliveries.Get(delivery.Id, Cancel)).Attempts[0].Request["Message-ID"]);
        Assert.False(_ledger.Mails.HasMore);
    }

    [Fact]
    public async Task A_digest_tells_at_its_hour_what_has_come_since_and_nobody_is_mailed_again_what_it_has_told()
    {
        var hour = DateTime.UtcNow.AddHours(-1).ToString("HH:mm");
        await _ledger.Follow("Daily", new MailFields { Mail = "ada@example.com", Digest = "daily", Hour = hour });
        await _ledger.Follow("Weekly", new MailFields { Mail = "Ada@example.com", Digest = "weekly", Hour = hour, Day = $"{DateTime.UtcNow.AddHours(-1).DayOfWeek}" });
        await _ledger.Announce();
        await _ledger.Announce();
        var waiting = await _ledger.Until(4, one => one.State == DeliveryState.Pending);
        Assert.All(waiting.Where(one => one.Subscription == "daily"), one => Assert.InRange(one.NextAt!.Value - DateTimeOffset.UtcNow, TimeSpan.FromHours(22), TimeSpan.FromHours(24)));
        Assert.All(waiting.Where(one => one.Subscription == "weekly"), one => Assert.InRange(one.NextAt!.Value - DateTimeOffset.UtcNow, TimeSpan.FromHours(166), TimeSpan.FromHours(168)));
        Assert.Single(waiting.Select(one => one.Endpoint).Distinct());

        await _ledger.Execute("update alerts.delivery set next_at = now() where subscription = 'daily'");
        var digest = await _ledger.Mails.Next(Cancel);
        Assert.Equal("Daily: 2 changes", (string)digest["subject"]!);
        await _ledger.Until(2, one => one.State == DeliveryState.Sent);
        // A week later the other one has nothing to tell that is new, but for this.
        await _ledger.Announce();
        await _ledger.Until(4, one => one.State == DeliveryState.Pending);
        await _ledger.Execute("update alerts.delivery set next_at = now() where subscription = 'weekly'");
        var other = await _ledger.Mails.Next(Cancel);
        Assert.Equal(("Party p2: words: announced with 9 claims", "ada@example.com"), ((string)other["subject"]!, (string)other["to"]!));
        Assert.Contains("/deals/d2", (string)other["text"]!, StringComparison.Ordinal);
        await _ledger.Until(3, one => one is { State: DeliveryState.Sent, Subscription: "weekly" });
        await _ledger.Execute("update alerts.delivery set next_at = now() where subscription = 'daily' and state = 'pending'");
        await _ledger.Until(6, one => one.State == DeliveryState.Sent);
        Assert.False(_ledger.Mails.HasMore);
    }

    [Fact]
    public async Task What_falls_into_quiet_hours_waits_for_their_end_and_comes_as_one_mail()
    {
        var now = DateTime.UtcNow;
        await _ledger.Follow("Quiet", new MailFields { Mail = "ada@example.com", Quiet = $"{now.AddHours(-3):HH:mm}-{now.AddHours(3):HH:mm}" });
        await _ledger.Announce();
        await _ledger.Announce();
        var waiting = await _ledger.Until(2, one => one.State == DeliveryState.Pending);
        Assert.All(waiting, one => Assert.InRange(one.NextAt!.Value - now, TimeSpan.FromMinutes(178), TimeSpan.FromHours(3)));
        // Who asks for it in the middle of the night gets it in the morning, too.
        await _ledger.Deliveries.Resend(waiting[0].Id, "Ada", Cancel);
        await _ledger.Until(2, one => one.NextAt > now.AddHours(2));

        await _ledger.Subscriptions.Change("quiet", null, null, null, null, MailOrder.Of(new MailFields { Quiet = "none" }), "Ada", Cancel);
        _ledger.Server.App.Services.GetRequiredService<AlertSignal>().Raise();
        Assert.Equal("Quiet: 2 changes", (string)(await _ledger.Mails.Next(Cancel))["subject"]!);
    }

    [Fact]
    public async Task What_a_server_does_not_take_is_tried_again_or_has_failed_as_it_says()
    {
        string[] names = ["later", "unknown", "unwanted", "spam"];
        foreach (var name in names)
            await _ledger.Follow(name, new MailFields { Mail = $"{name}.ada@example.com" });
        await _ledger.Announce();
        var tried = (await _ledger.Until(4, one => one.Attempts > 0)).ToDictionary(one => one.Subscription);

        Assert.Equal(["450", "550", "550", "554"], names.Select(name => tried[name].Last));
        Assert.Equal([DeliveryState.Pending, DeliveryState.Failed, DeliveryState.Failed, DeliveryState.Failed], names.Select(name => tried[name].State));
        var attempt = (await _ledger.Deliveries.Get(tried["later"].Id, Cancel)).Attempts[0];
        Assert.Equal("4.2.1 Try again <l…@example.com>", attempt.Answer);
        Assert.True(tried["later"].NextAt!.Value - attempt.At > TimeSpan.FromSeconds(5));
        var endpoints = (await _ledger.Server.App.Services.GetRequiredService<EndpointTable>().List(Cancel)).ToDictionary(one => one.Id);
        Assert.NotNull(endpoints[tried["later"].Endpoint].FailingSince);
        Assert.Equal("The mail server refuses it: 550 5.1.1 No such user <u…@example.com>", endpoints[tried["unknown"].Endpoint].Why);
        Assert.Single(endpoints.Values, one => one.DisabledAt is not null);
        using var http = _ledger.Server.Browser();
        Assert.Contains("The mail server refuses it", await http.GetStringAsync("/health/ready", Cancel), StringComparison.Ordinal);

        var spam = await _ledger.Mails.Next(Cancel);
        await _ledger.Deliveries.Resend(tried["spam"].Id, "Ada", Cancel);
        Assert.Equal(Header(spam, "message-id"), Header(await _ledger.Mails.Next(Cancel), "message-id"));
    }

    [Fact]
    public async Task Whoever_reads_the_mails_ends_them_by_one_click_and_not_by_looking()
    {
        await _ledger.Follow("Robots", new MailFields { Mail = "ada@example.com" });
        await _ledger.Announce();
        var mail = await _ledger.Mails.Next(Cancel);
        Assert.Equal("List-Unsubscribe=One-Click", Header(mail, "list-unsubscribe-post"));
        var link = new Uri(Header(mail, "list-unsubscribe").Trim('<', '>'));
        Assert.StartsWith(MailLedger.Links, link.ToString(), StringComparison.Ordinal);

        using var http = _ledger.Server.Browser();
        var page = (await http.GetAsync(link.PathAndQuery, Cancel)).Headers.Location!.ToString();
        Assert.Contains(new Uri(MailLedger.Links + page).PathAndQuery, (string)mail["text"]!, StringComparison.Ordinal);
        Assert.Contains("Mail me nothing more of it", await http.GetStringAsync(page, Cancel), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, (await Post("List-Unsubscribe", "Perhaps")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.PostAsync("/unsubscribe/one-click?token=none", Click(), Cancel)).StatusCode);
        await _ledger.Announce();
        await _ledger.Mails.Next(Cancel);

        // What waits for the address is not sent any more, either.
        await _ledger.Subscriptions.Change("robots", null, null, null, null, MailOrder.Of(new MailFields { Digest = "daily" }), "Ada", Cancel);
        await _ledger.Announce();
        await _ledger.Until(1, one => one.State == DeliveryState.Pending);
        for (var i = 0; i < 2; i++)
            Assert.Equal((HttpStatusCode.OK, "Unsubscribed."), await Answer(await Post("List-Unsubscribe", "One-Click")));
        Assert.Empty((await _ledger.Deliveries.List(null, DeliveryState.Pending, 10, null, Cancel)).Items);
        Assert.Contains("is mailed nothing of “Robots” since", WebUtility.HtmlDecode(await http.GetStringAsync(page, Cancel)), StringComparison.Ordinal);
        await _ledger.Follow("Others", new MailFields { Mail = "grace@example.com" });
        await _ledger.Announce();
        Assert.Equal("grace@example.com", (string)(await _ledger.Mails.Next(Cancel))["to"]!);
        using var reader = await _ledger.Server.Ledger.Client(_ledger.Server.Address);
        Assert.Contains("a…@example.com has unsubscribed", WebUtility.HtmlDecode(await reader.GetStringAsync("/alerts/robots", Cancel)), StringComparison.Ordinal);

        Task<HttpResponseMessage> Post(string name, string value) => http.PostAsync(link.PathAndQuery, new FormUrlEncodedContent([new(name, value)]), Cancel);
        FormUrlEncodedContent Click() => new([new("List-Unsubscribe", "One-Click")]);
        async Task<(HttpStatusCode, string)> Answer(HttpResponseMessage answer) => (answer.StatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task An_address_is_held_for_as_long_as_the_mail_server_is_waited_for()
    {
        await _ledger.Follow("Robots", new MailFields { Mail = "silent.ada@example.com" });
        await _ledger.Announce();
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        bound.CancelAfter(TimeSpan.FromSeconds(30));
        while ((await _ledger.Server.Ledger.Database.Query("select 1 from alerts.mail", row => row.GetInt32(0), bound.Token)).Count == 0)
            await Task.Delay(20, bound.Token);
        await Held.Shortly(_ledger.Server.Ledger, Cancel);
    }

    [Fact]
    public async Task That_mails_wait_and_why_is_said_where_one_looks()
    {
        await _ledger.Follow("Robots", new MailFields { Mail = "ada@example.com", Digest = "daily" });
        await using (var other = await ServedHere.Beside(_ledger.Server, "open", Cancel))
        {
            await IsSaid(other, "No mails can be sent, and 0 alerts wait to be mailed. No mail server is configured; Ledger__Mail__Host names one.");
            await _ledger.Announce();
            await _ledger.Until(1, one => one.State == DeliveryState.Pending);
            await IsSaid(other, "No mails can be sent, and 1 alert waits to be mailed. No mail server is configured; Ledger__Mail__Host names one.");
        }
        using var http = await _ledger.Server.Ledger.Client(_ledger.Server.Address);
        Assert.DoesNotContain("No mails can be sent", await http.GetStringAsync("/health/ready", Cancel), StringComparison.Ordinal);

        await _ledger.Mails.DisposeAsync();
        await _ledger.Execute("update alerts.delivery set next_at = now()");
        await _ledger.Until(1, one => one.Attempts == 1);
        await IsSaid(_ledger.Server, "No mails can be sent, and 1 alert waits to be mailed. The mail server could not be used: Connection refused.");

        async Task IsSaid(ServedHere server, string sentence)
        {
            using var reader = await server.Ledger.Client(server.Address);
            foreach (var page in new[] { "/health/ready", "/alerts", "/alerts/robots", "/deliveries" })
                Assert.Contains(sentence, WebUtility.HtmlDecode(await reader.GetStringAsync(page, Cancel)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Programs_order_change_and_end_mails_by_JSON()
    {
        using var http = await _ledger.Server.Ledger.Client(_ledger.Server.Address);
        Assert.Equal("on Fridays at 09:30, not from 22:00 to 07:00, Europe/Berlin", await Post(
            "", """{"name": "Robots", "sector": "robotics", "mail": "ada@example.com", "digest": "weekly", "hour": "09:30", "day": "friday", "zone": "Europe/Berlin", "quiet": "22:00-07:00"}"""));
        Assert.Equal("daily at 07:30, Europe/Berlin", await Post("/robots/change", """{"digest": "daily", "hour": "07:30", "quiet": "none"}"""));
        // Who takes another one's place is mailed when that one was.
        Assert.Equal("daily at 07:30, Europe/Berlin", await Post("/robots/change", """{"mail": "grace@example.com"}"""));
        Assert.Equal("g…@example.com", (string)(await Shown())["endpoints"]![0]!["host"]!);
        Assert.Null(await Post("/robots/change", """{"mail": "none"}"""));
        using var wrong = await http.PostAsync("/api/alerts", Json("""{"name": "Chips", "sector": "chips", "mail": "ada"}"""), Cancel);
        Assert.Contains("mail: 'ada' is no mail address", await wrong.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        async Task<string?> Post(string path, string body)
        {
            using var answer = await http.PostAsync($"/api/alerts{path}", Json(body), Cancel);
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
            return (string?)(await Shown())["mails"]!.AsArray().SingleOrDefault()?["when"];
        }

        async Task<JsonNode> Shown() => JsonNode.Parse(await http.GetStringAsync("/api/alerts/robots", Cancel))!;
        StringContent Json(string body) => new(body, System.Text.Encoding.UTF8, "application/json");
    }

    [Fact]
    public async Task An_address_that_is_forgotten_is_nowhere_any_more()
    {
        await _ledger.Follow("Robots", new MailFields { Mail = "unknown.lovelace@example.com" });
        await _ledger.Follow("Daily", new MailFields { Mail = "unknown.lovelace@example.com", Digest = "daily" });
        await _ledger.Announce();
        var delivery = (await _ledger.Until(1, one => one.Attempts > 0))[0];
        Assert.Contains(await Everything(), row => row.Contains("lovelace", StringComparison.OrdinalIgnoreCase));
        await _ledger.Server.App.Services.GetRequiredService<EndpointTable>().Forget(delivery.Endpoint, "Ada", Cancel);
        Assert.DoesNotContain(await Everything(), row => row.Contains("lovelace", StringComparison.OrdinalIgnoreCase));
        await _ledger.Announce();
        await _ledger.Follow("Others", new MailFields { Mail = "grace@example.com" });
        await _ledger.Announce();
        Assert.Equal("grace@example.com", (string)(await _ledger.Mails.Next(Cancel))["to"]!);
    }

    private Task<IReadOnlyList<string>> Everything() => _ledger.Server.Ledger.Contents(Cancel, "alerts", "ledger", "jobs", "public");

    private static string Header(JsonNode mail, string name) => (string)mail["headers"]![name]!;
}
