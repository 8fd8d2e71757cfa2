using Ledger.App.Jobs;
using Ledger.App.Operations.Outgoing;
using Ledger.App.Views;
using Npgsql;

namespace Ledger.App.Intake.Feeds;

/// <summary>Asks every feed for what is new in it, and puts that in the inbox. One that cannot be read does not stop the others.</summary>
internal sealed class FeedsJob : LedgerJob
{
    private const int BytesMax = 5_000_000;
    private const int AtOnceMax = 4;

    private TimeSpan _time;

    public override string Name => "feeds";

    public override string Does => "Looks at feeds for articles to be read.";

    public override string Cron => "0 0/15 * * * ?";

    public override void Configure(JobSettings settings) => _time = TimeSpan.FromSeconds(settings.Number("TimeoutSeconds", 30, 1));

    public override async Task<string> Run(JobRun run, CancellationToken cancellation)
    {
        var feeds = await run.Get<FeedTable>().List(cancellation);
        var (asked, news, failures) = (0, 0, new List<string>());
        await Parallel.ForEachAsync(feeds, new ParallelOptions { MaxDegreeOfParallelism = AtOnceMax, CancellationToken = cancellation }, async (feed, stop) =>
        {
            try
            {
                Interlocked.Add(ref news, await Ask(run, feed, stop));
            }
            // Whatever it is that another host's text brings about. Where it is the database that fails, so does what is written of it.
            catch (Exception e) when (e is not FencedOffException && !stop.IsCancellationRequested)
            {
                if (e is not (OutgoingException or InvalidDataException))
                    run.Get<ILogger<FeedsJob>>().LogError(e, "Feed {Feed} could not be read", feed.Address);
                run.Log($"{feed.Address}: {e.Message.TrimEnd('.')}.");
                lock (failures)
                    failures.Add(feed.Title ?? feed.Address);
                await run.Write((connection, _, end) => FeedTable.Fail(connection, feed.Id, e.Message, end), stop);
            }
            run.Progress(Interlocked.Increment(ref asked), feeds.Count, "feeds");
        });
        if (failures.Count > 0 && failures.Count == feeds.Count)
            throw new IOException($"No feed could be read: {string.Join(", ", failures)}.");
        return $"{Shown.Count(feeds.Count, "feed")}, {Shown.Count(news, "new article")}{(failures.Count > 0 ? $"; could not be read: {string.Join(", ", failures)}" : "")}.";
    }

    /// <returns>How many articles are new.</returns>
    private async Task<int> Ask(JobRun run, FeedRecord feed, CancellationToken cancel)
    {
        var answer = await run.Get<OutgoingHttp>().Get(new Uri(feed.Address), feed.Etag, feed.LastModified, BytesMax, _time, cancel);
        var read = answer.Body is { } body ? FeedFile.Read(body, answer.Address) : null;
        var news = 0;
        await run.Write(async (connection, _, end) => news = await FeedTable.Keep(connection, feed.Id, answer, read, end), cancel);
        if (news > 0)
            run.Log($"{feed.Address}: {Shown.Count(news, "new article")}.");
        run.Changed(news);
        return news;
    }
}
