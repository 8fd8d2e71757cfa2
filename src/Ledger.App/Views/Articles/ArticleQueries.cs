using Ledger.App.Log;
using Ledger.App.Views.Deals;
using Ledger.Domain.Values;
using Npgsql;

namespace Ledger.App.Views.Articles;

/// <summary>An article with its text and everything that was claimed from it.</summary>
/// <param name="Marks">Where the quotes stand, in the order of their places.</param>
/// <param name="Figures">What it says of markets rather than of deals or parties.</param>
public sealed record ArticleRecord(
    string Id, string Sha256, string? FileName, string? Title, string? Publisher, string? Author, string? Address, WhenRecord Published,
    DateTimeOffset RecordedAt, string RecordedBy, long Position, IReadOnlyList<ClaimRecord> Figures, IReadOnlyList<QuoteMark> Marks, string Text);

/// <param name="Subject">What the claim is about: deal, party or article.</param>
/// <param name="Start">In UTF-16 code units from 0.</param>
/// <param name="Length">In UTF-16 code units.</param>
public sealed record QuoteMark(string Claim, string Subject, string SubjectId, string Field, string AsWritten, int Start, int Length);

/// <summary>An article in a list.</summary>
/// <param name="Claims">How many claims were made from it.</param>
public sealed record ArticleEntry(string Id, string? FileName, string? Title, string? Publisher, long Claims, long Position)
{
    /// <summary>What to call it: its title, or else the file that it came in.</summary>
    public string Name => Title ?? FileName ?? Id;
}

public sealed class ArticleQueries(NpgsqlDataSource database, ArticleTexts texts)
{
    /// <exception cref="NotFoundException">No article has the id.</exception>
    public async Task<ArticleRecord> Get(string id, CancellationToken cancel)
    {
        var found = await database.Query("select state from views.article where id = $1", row => ArticleView.Read(row.GetString(0)), cancel, id);
        var article = found.SingleOrDefault() ?? throw new NotFoundException($"No article has the id '{id}'.");
        var text = await texts.Find(article.TextSha256!, cancel)
            ?? throw new InvalidOperationException($"The text of article {id} is missing from the ledger.");
        var marks = await database.Query(
            """
            select claim_id, subject, subject_id, field, as_written, start, length from views.quote
            where article_id = $1 order by start, length desc, position, claim_id
            """,
            row => new QuoteMark(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetInt32(5), row.GetInt32(6)),
            cancel, id);
        var about = article.Description;
        return new ArticleRecord(
            id, article.TextSha256!, article.FileName, about.Title, about.Publisher, about.Author, about.Address,
            WhenRecord.Of(about.Publication, null), article.Last!.RecordedAt, article.Last.Author, article.Last.Position,
            [.. article.Claims.Select(claim => ClaimRecord.Of(claim, current: true))], marks, text);
    }

    /// <summary>The given articles, or all of them, in the order in which they were recorded.</summary>
    public Task<List<ArticleEntry>> List(IEnumerable<string>? ids, int limit, CancellationToken cancel) => database.Query(
        """
        select id, file_name, title, publisher, (select count(*) from views.quote where article_id = article.id), position
        from views.article where $1::text[] is null or id = any($1) order by position limit $2
        """,
        row => new ArticleEntry(row.GetString(0), row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3), row.GetInt64(4), row.GetInt64(5)),
        cancel, ids?.ToArray(), (long)limit);
}
