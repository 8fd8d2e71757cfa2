using System.Text;
using Ledger.App.Intake.Feeds;
using Ledger.App.Jobs;
using Ledger.App.Operations.Outgoing;
using Ledger.App.Tests.Jobs;
using Ledger.App.Tests.Support;
using Ledger.Domain.Values;

namespace Ledger.App.Tests.Intake;

public sealed class FeedsTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private LedgerOnTestDatabase _ledger = null!;
    private FeedServer _server = null!;
    private JobMachine _machine = null!;

    public async ValueTask InitializeAsync()
    {
        _ledger = await LedgerOnTestDatabase.Create(Cancel);
        _server = await FeedServer.Start(Cancel);
        _machine = JobMachine.Make(_ledger.AppConnectionString, [new FeedsJob()], null, (OutgoingHttp.Setting, FeedServer.Allowed), ("Ledger:Jobs:feeds:TimeoutSeconds", "1"));
    }

    public async ValueTask DisposeAsync()
    {
        await _machine.DisposeAsync();
        await _server.DisposeAsync();
        await _ledger.DisposeAsync();
    }

    private FeedTable Feeds => _machine.Get<FeedTable>();

    [Fact]
    public async Task A_feed_brings_its_articles_once_and_answers_nothing_while_it_has_not_changed()
    {
        await Feeds.Add($"{_server.Address}/good", null, "Ada", Cancel);
        Assert.Equal((RunState.Succeeded, 2L), Told(await _machine.RunHere("feeds")));
        Assert.Equal(0, _server.Unchanged);
        Assert.Equal((RunState.Succeeded, 0L), Told(await _machine.RunHere("feeds")));
        Assert.Equal(1, _server.Unchanged);
        var feed = Assert.Single(await Feeds.List(Cancel));
        Assert.True(feed is { Title: "The Daily", Etag: not null, LastModified: "Sun, 22 Nov 2026 10:00:00 GMT", Failure: null });

        _server.Feed = FeedServer.Rss("First", "Second", "Third");
        Assert.Equal((RunState.Succeeded, 1L), Told(await _machine.RunHere("feeds")));
        var inbox = (await Feeds.Inbox(false, 10, null, Cancel)).Items;
        Assert.Equal(["Third", "First", "Second"], inbox.Select(item => item.Title));
        Assert.Equal(("https://example.com/Third", "Raised & closed.", new DateTime(2026, 11, 22, 10, 0, 0), "The Daily"), (inbox[0].Address, inbox[0].Summary, inbox[0].PublishedAt!.Value, inbox[0].From));

        await Feeds.Done(inbox[0].Id, "Grace", Cancel);
        Assert.Equal(["First", "Second"], (await Feeds.Inbox(false, 10, null, Cancel)).Items.Select(item => item.Title));
        Assert.Equal("Grace", (await Feeds.Inbox(true, 1, null, Cancel)).Items.Single().DoneBy);
    }

    [Fact]
    public async Task A_feed_that_is_slow_broken_huge_or_leads_inside_does_not_stop_the_others_and_says_why()
    {
        // What an item may say itself is read, however it is made.
        _server.Feed = FeedServer.Rss(
            $"<item><title>Named at length</title><guid>{string.Concat(Enumerable.Range(0x4e00, 5000).Select(c => (char)c))}</guid></item>"
            + $"<item><title>Deep</title><guid>deep</guid><description><![CDATA[{string.Concat(Enumerable.Repeat("<div>", 500_000))}]]></description></item>");
        string[] bad = ["silent", "slow", "broken", "page", "doctype", "huge", "bomb", "gone", "cut", "inside", "round"];
        foreach (var path in bad.Append("good"))
            await Feeds.Add($"{_server.Address}/{path}", path, "Ada", Cancel);

        var run = await _machine.RunHere("feeds");

        Assert.Equal((RunState.Succeeded, 2L), Told(run));
        Assert.Equal((12L, 12L), (run.Done!.Value, run.Total!.Value));
        var feeds = (await Feeds.List(Cancel)).ToDictionary(feed => feed.Title!);
        Assert.All(bad, path => Assert.True(feeds[path] is { Failure: not null, FailingSince: not null, AnsweredAt: null }, path));
        Assert.True(feeds["good"] is { Failure: null, AnsweredAt: not null });
        Assert.Equal("it declares a document type, which is not read", feeds["doctype"].Failure);
        Assert.Equal("it is neither RSS nor Atom, but begins with <html>", feeds["page"].Failure);
        Assert.StartsWith("it is no XML: ", feeds["broken"].Failure, StringComparison.Ordinal);
        Assert.DoesNotContain("/secret", _server.Asked);
        Assert.All(bad, path => Assert.Contains(path, run.Result!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_job_fails_and_is_tried_again_where_no_feed_can_be_read()
    {
        await Feeds.Add($"{_server.Address}/gone", null, "Ada", Cancel);
        var run = await _machine.RunHere("feeds");
        Assert.True(run is { State: RunState.Failed, NextRun: not null, Failure: not null });
    }

    [Fact]
    public async Task An_article_that_two_feeds_bring_is_in_the_inbox_once_and_leaves_with_its_feed()
    {
        await Feeds.Add($"{_server.Address}/good", null, "Ada", Cancel);
        await _machine.RunHere("feeds");
        await Feeds.Add($"{_server.Address}/moved", null, "Ada", Cancel);
        await _machine.RunHere("feeds");
        Assert.Equal(2, (await Feeds.Inbox(false, 10, null, Cancel)).Items.Count);

        await Feeds.Remove($"{_server.Address}/good", Cancel);
        Assert.Empty((await Feeds.Inbox(true, 10, null, Cancel)).Items);
        await Assert.ThrowsAsync<InvalidValueException>(() => Feeds.Add("http://10.0.0.1/feed", null, "Ada", Cancel));
    }

    [Theory]
    [InlineData("""<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">A &amp;amp; B</title><entry><id>urn:1</id><title>One</title><link rel="self" href="/self"/><link href="/one"/><updated>2026-11-22T10:00:00+01:00</updated><summary>Says <![CDATA[<i>so</i>]]></summary></entry></feed>""", "A & B", "urn:1", "https://example.com/one", "One")]
    [InlineData("""<rss version="2.0"><channel><title>T</title><item><guid>https://example.com/guid</guid><title>One</title></item></channel></rss>""", "T", "https://example.com/guid", "https://example.com/guid", "One")]
    [InlineData("""<rss version="2.0"><channel><title>T</title><item><guid isPermaLink="false">17</guid><link>javascript:alert(1)</link><description>Only words.</description></item></channel></rss>""", "T", "17", null, "Only words.")]
    [InlineData("""<rss version="2.0" xmlns:media="urn:media"><channel><title>T</title><item><media:title>Not this</media:title><title>One <b>bold</b></title><link>a/b?c=d&amp;e</link></item></channel></rss>""", "T", "https://example.com/a/b?c=d&e", "https://example.com/a/b?c=d&e", "One bold")]
    public void Feeds_are_read_as_they_are_written(string xml, string title, string name, string? address, string item)
    {
        var feed = FeedFile.Read(Encoding.UTF8.GetBytes(xml), new Uri("https://example.com/feed"));

        Assert.Equal((title, name, address, item), (feed.Title, feed.Items.Single().Guid, feed.Items.Single().Address, feed.Items.Single().Title));
    }

    [Theory]
    [InlineData("Sun, 22 Nov 2026 10:00:00 GMT", 10)]
    [InlineData("Sun, 22 Nov 2026 10:00:00 EST", 15)]
    [InlineData("22 Nov 2026 10:00 +0200", 8)]
    public void A_feed_may_begin_with_an_empty_line_and_names_the_clocks_that_its_times_go_by(string written, int hour)
    {
        var feed = FeedFile.Read(Encoding.UTF8.GetBytes("\n" + FeedServer.Rss($"<item><title>One</title><pubDate>{written}</pubDate></item>")), new Uri("https://example.com/feed"));

        Assert.Equal(new DateTimeOffset(2026, 11, 22, hour, 0, 0, TimeSpan.Zero), feed.Items.Single().PublishedAt);
    }

    private static (RunState, long) Told(RunRecord run) => (run.State, run.Changed);
}
