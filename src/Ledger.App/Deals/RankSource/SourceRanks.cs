using Ledger.App.Log;
using Ledger.App.Views;
using Ledger.Domain.Sources;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Deals.RankSource;

/// <summary>
/// Ranks sources. The rank is told of every deal that cites the source, since whatever is shown of a deal follows from its own
/// events; deals that cite it later are told then.
/// </summary>
public sealed class SourceRanks(EventLog log, ArticleTexts texts, ViewRuntime views)
{
    /// <summary>Gives a source a rank, and tells every deal that cites it, all in one append.</summary>
    /// <param name="name">The source's.</param>
    /// <param name="rank">From now on.</param>
    /// <param name="reason">Why.</param>
    /// <param name="ifVersion">How often the source had been ranked when its editor looked: if it was ranked since, that is told, and nothing is recorded.</param>
    /// <param name="writer">Who ranks it.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="RefusedException">It was ranked since.</exception>
    public Task<RecordOutcome> Rank(string name, int rank, Reason reason, long? ifVersion, Writer writer, CancellationToken cancel) => writer.Once(log, async () =>
    {
        var wanted = new SourceEvent.SourceRanked(name, rank, reason);
        var outcome = RecordOutcome.Nothing;
        await DealLedger.OnConflict.ExecuteAsync(
            async stop =>
            {
                var workspace = new Workspace(log, texts);
                await workspace.Decide(wanted, ifVersion, await Citing(name, stop), stop);
                if (workspace.TakeAppend(writer) is { } append)
                    outcome = outcome.Add(await log.Record(append with { CorrelationId = Guid.CreateVersion7().ToString("N") }, stop), append);
            },
            cancel);
        return outcome;
    }, cancel);

    /// <summary>The sources that articles name, by name, each with its rank.</summary>
    public async Task<Page<RankedSource>> List(Snapshot snapshot, int limit, string? next, CancellationToken cancel)
    {
        var cited = await snapshot.Query(
            now => $"select max(source), count(*) from article where {now("article")} and source is not null {(next is null ? "" : "and lower(source) collate \"C\" > $2")} group by lower(source) order by lower(max(source)) collate \"C\" limit $1",
            row => (Name: row.GetString(0), Articles: row.GetInt64(1)), cancel, [(long)limit + 1, .. next is null ? Array.Empty<object>() : [next]]);
        var more = cited.Count > limit;
        cited = [.. cited.Take(limit)];
        var events = await log.ReadStreams([.. cited.Select(source => StoredEvents.StreamOfSource(source.Name))], await snapshot.Position(cancel), cancel);
        var ranks = events.GroupBy(e => e.Stream).ToDictionary(stream => stream.Key, stream => stream.Last());
        return new Page<RankedSource>(
            [
                .. cited.Select(source => ranks.TryGetValue(StoredEvents.StreamOfSource(source.Name), out var ranked)
                    ? RankedSource.Of(source.Name, source.Articles, ranked) : new RankedSource(source.Name, source.Articles, 0, null, null, 0)),
            ],
            more ? cited[^1].Name.ToLowerInvariant() : null);
    }

    private async Task<IReadOnlyList<(DealId Deal, ArticleId Article)>> Citing(string name, CancellationToken cancel)
    {
        await views.Prepare(cancel: cancel);
        await views.CatchUp(cancel);
        await using var snapshot = new Snapshot(views, log);
        return await snapshot.Query(
            now => $"""
            select distinct subject_id, article_id from quote
            where {now("quote")} and subject = 'deal' and article_id in (select id from article where {now("article")} and lower(source) = $1)
            """,
            row => (new DealId(row.GetString(0)), new ArticleId(row.GetString(1))), cancel, name.ToLowerInvariant());
    }
}

/// <param name="Articles">How many of its articles are recorded.</param>
/// <param name="Reason">Null where it was given no rank.</param>
/// <param name="Author">Who gave it that; null where nobody did.</param>
/// <param name="Version">How often it was ranked.</param>
public sealed record RankedSource(string Name, long Articles, int Rank, string? Reason, string? Author, long Version)
{
    internal static RankedSource Of(string name, long articles, RecordedEvent e) =>
        e.Data is SourceEvent.SourceRanked ranked ? new RankedSource(name, articles, ranked.Rank, ranked.Reason.Text, e.Author, e.Version) : throw new InvalidOperationException($"A source knows no {e.Type}.");
}
