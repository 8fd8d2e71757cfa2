using System.Text.Json;
using Ledger.App.Log;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Views.Articles;

/// <summary>Articles, and where in them each claim's quote stands.</summary>
internal static class ArticleView
{
    public static async Task Apply(IReadOnlyList<RecordedEvent> events, NpgsqlConnection connection, CancellationToken cancel)
    {
        await WriteQuotes([.. events.SelectMany(Quotes)], connection, cancel);
        var touched = events.Where(e => e.Data is ArticleEvent).ToLookup(StoredEvents.ArticleOf);
        if (touched.Count == 0)
            return;
        var articles = await Load([.. touched.Select(article => article.Key)], connection, cancel);
        foreach (var happened in touched)
        {
            var article = happened.Aggregate(articles[happened.Key], (state, e) => state.Evolve((ArticleEvent)e.Data, StoredEvents.CauseOf(e)));
            await connection.Execute(
                """
                insert into views.article (id, sha256, file_name, title, publisher, position, state) values ($1, $2, $3, $4, $5, $6, $7::jsonb)
                on conflict (id) do update set title = excluded.title, publisher = excluded.publisher, position = excluded.position, state = excluded.state
                """,
                cancel, article.Id.Value, article.TextSha256, article.FileName, article.Description.Title, article.Description.Publisher,
                article.Last!.Position, JsonSerializer.Serialize(article, StoredJson.TypeInfo<Article>()));
        }
    }

    public static Article Read(string state) => JsonSerializer.Deserialize(state, StoredJson.TypeInfo<Article>())!;

    private static async Task<Dictionary<ArticleId, Article>> Load(IReadOnlyCollection<ArticleId> ids, NpgsqlConnection connection, CancellationToken cancel)
    {
        var articles = ids.ToDictionary(id => id, Article.Unknown);
        var states = await connection.Query("select state from views.article where id = any($1)", row => Read(row.GetString(0)), cancel,
            (object)ids.Select(id => id.Value).ToArray());
        foreach (var article in states)
            articles[article.Id] = article;
        return articles;
    }

    private static IEnumerable<QuoteRow> Quotes(RecordedEvent e) => e.Data switch
    {
        DealEvent.DealAnnounced d => d.Claims.Select(claim => new QuoteRow(d.Source, "deal", StoredEvents.DealOf(e).Value, claim, e.Position)),
        DealEvent.DealCorroborated d => d.Claims.Select(claim => new QuoteRow(d.Source, "deal", StoredEvents.DealOf(e).Value, claim, e.Position)),
        PartyEvent.PartyDescribed p => p.Claims.Select(claim => new QuoteRow(p.Source, "party", StoredEvents.PartyOf(e).Value, claim, e.Position)),
        ArticleEvent.ArticleClaimed a => a.Claims.Select(claim =>
            new QuoteRow(StoredEvents.ArticleOf(e), "article", StoredEvents.ArticleOf(e).Value, claim, e.Position)),
        _ => [],
    };

    private static Task WriteQuotes(List<QuoteRow> rows, NpgsqlConnection connection, CancellationToken cancel) =>
        connection.Execute(
            """
            insert into views.quote (article_id, claim_id, subject, subject_id, field, as_written, start, length, position)
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            cancel, rows.Select(row => row.Article.Value).ToArray(), rows.Select(row => row.Claim.Id.Value).ToArray(),
            rows.Select(row => row.Subject).ToArray(), rows.Select(row => row.SubjectId).ToArray(),
            rows.Select(row => Written.Name(row.Claim.Value.Slot.Field)).ToArray(), rows.Select(row => row.Claim.AsWritten).ToArray(),
            rows.Select(row => row.Claim.Quote.Start).ToArray(), rows.Select(row => row.Claim.Quote.Text.Length).ToArray(),
            rows.Select(row => row.Position).ToArray());

    private sealed record QuoteRow(ArticleId Article, string Subject, string SubjectId, Claim Claim, long Position);
}
