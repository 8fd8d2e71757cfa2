using System.CommandLine;
using System.Globalization;
using Ledger.App.Access;
using Ledger.App.CommandLine;
using Ledger.App.Views;
using Spectre.Console;

namespace Ledger.App.Intake.Feeds;

/// <summary><c>ledger feeds</c> and <c>ledger inbox</c>.</summary>
internal static class FeedsCommand
{
    public static Command Feeds() => new("feeds", "Say which RSS and Atom feeds are looked at for articles to be read.") { Add(), List(), Remove() };

    public static Command Inbox()
    {
        var done = new Option<long[]>("--done") { Description = "Say that these are read: their numbers.", HelpName = "ID" };
        var all = new Option<bool>("--all") { Description = "List those, too, that were read." };
        var (limit, next) = (CommonOptions.Limit(50), new Option<string?>("--next") { Description = "Go on where an earlier list ended.", HelpName = "NEXT" });
        return new Command("inbox", "List the articles that feeds have brought and nobody has read yet, those found last first.") { done, all, limit, next }.Writing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            foreach (var id in ledger.Parsed.GetValue(done) ?? [])
                await ledger.Get<FeedTable>().Done(id, ledger.Author, cancel);
            ledger.Print(await ledger.Get<FeedTable>().Inbox(ledger.Parsed.GetValue(all), ledger.Parsed.GetValue(limit), ledger.Parsed.GetValue(next), cancel), Write);
        });
    }

    private static Command Add()
    {
        var address = new Argument<string>("ADDRESS") { Description = "Of the feed: https://…" };
        var title = new Option<string?>("--title") { Description = "What to call it; it itself says where nothing is given.", HelpName = "TEXT" };
        return new Command("add", "Look at a feed from now on.") { address, title }.Writing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            ledger.Print(await ledger.Get<FeedTable>().Add(ledger.Parsed.GetRequiredValue(address), ledger.Parsed.GetValue(title), ledger.Author, cancel),
                (feed, console) => console.WriteLine($"Feed {feed.Id} is looked at: {feed.Address}"));
        });
    }

    private static Command List() => new Command("list", "List the feeds, and which of them cannot be read.").Doing(async (ledger, cancel) =>
    {
        await ledger.Open(migrate: false, cancel);
        ledger.Print(new Page<FeedRecord>(await ledger.Get<FeedTable>().List(cancel), null), Write);
    });

    private static Command Remove()
    {
        var feed = new Argument<string>("FEED") { Description = "Its id, or its address." };
        return new Command("remove", "Look at a feed no more; what it brought leaves the inbox with it.") { feed }.Writing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            ledger.Print(await ledger.Get<FeedTable>().Remove(ledger.Parsed.GetRequiredValue(feed), cancel), (removed, console) => console.WriteLine($"Feed {removed.Id} is looked at no more."));
        });
    }

    internal static string State(FeedRecord feed) => feed switch
    {
        { Failure: { } failure, FailingSince: { } since } => $"cannot be read since {Shown.Time(since)}: {failure}",
        { AnsweredAt: { } at } => $"read {Shown.Time(at)}",
        _ => "not read yet",
    };

    private static void Write(Page<FeedRecord> feeds, IAnsiConsole console)
    {
        var table = Tables.Of("Id", "Feed", "Address", "State");
        foreach (var feed in feeds.Items)
            table.Row(feed.Id, feed.Title, feed.Address, State(feed));
        console.Write(table);
    }

    private static void Write(Page<InboxItem> inbox, IAnsiConsole console)
    {
        var table = Tables.Of("Id", "Article", "Feed", "Published", "Address");
        foreach (var item in inbox.Items)
            table.Row(item.Id.ToString(CultureInfo.InvariantCulture), item.Title, item.From, item.PublishedAt is { } at ? Shown.Time(at) : null, item.Address);
        console.Write(table);
        console.WriteNext(inbox.Next, "--next");
    }
}
