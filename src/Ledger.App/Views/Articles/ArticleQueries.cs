using System.Text.Json.Serialization;
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
/// <param name="Opening">How its text begins.</param>
/// <param name="Claims">How many claims were made from it.</param>
public sealed record ArticleEntry(
    string Id, string? FileName, string? Title, string? Publisher, WhenRecord Published, DateTimeOffset RecordedAt, string Opening, long Claims, long Position)
{
    /// <summary>What to call it in a word or two: who brought it out, or else the file that it came in.</summary>
    [JsonIgnore]
    public string Name => Publisher ?? Title ?? FileName ?? Id;
}

public sealed class ArticleQueries(NpgsqlDataSource database, ArticleTexts texts)
{
    private const int OpeningLength = 140;

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

    /// <summary>Articles, those recorded or described last first.</summary>
    public async Task<Page<ArticleEntry>> List(int limit, string? next, CancellationToken cancel)
    {
        var rows = await Entries("position < $2", Cursor.Parse(next), limit + 1, cancel);
        return new Page<ArticleEntry>([.. rows.Take(limit)], rows.Count > limit ? Cursor.Of(rows[limit - 1].Position) : null);
    }

    /// <summary>Up to a space, so that no word is cut.</summary>
    private static string Opening(string text)
    {
        var line = text.ReplaceLineEndings(" ").Trim();
        if (line.Length <= OpeningLength)
            return line;
        var end = line.LastIndexOf(' ', OpeningLength);
        return (end > 0 ? line[..end] : line[..OpeningLength]) + "…";
    }

    /// <summary>The given articles by their ids.</summary>
    public async Task<IReadOnlyDictionary<string, ArticleEntry>> Of(IEnumerable<string> ids, CancellationToken cancel)
    {
        var wanted = ids.Distinct().ToArray();
        return (await Entries("id = any($2)", wanted, wanted.Length, cancel)).ToDictionary(article => article.Id);
    }

    private Task<List<ArticleEntry>> Entries(string which, object parameter, long limit, CancellationToken cancel) => database.Query(
        $"""
        select state, position, (select count(*) from views.quote where article_id = article.id),
            coalesce((select left(content, {OpeningLength * 2}) from ledger.texts where texts.sha256 = decode(article.sha256, 'hex')), '')
        from views.article where {which} order by position desc limit $1
        """,
        row =>
        {
            var article = ArticleView.Read(row.GetString(0));
            var about = article.Description;
            return new ArticleEntry(article.Id.Value, article.FileName, about.Title, about.Publisher, WhenRecord.Of(about.Publication, null),
                article.Last!.RecordedAt, Opening(row.GetString(3)), row.GetInt64(2), row.GetInt64(1));
        },
        cancel, limit, parameter);
}
