using System.Text.Json.Serialization;
using Ledger.App.Log;
using Ledger.App.Views.Deals;
using Ledger.Domain.Values;

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

/// <summary>An article as others refer to it.</summary>
/// <param name="Opening">How its text begins.</param>
public record ArticleName(string Id, string? FileName, string? Title, string? Publisher, WhenRecord Published, DateTimeOffset RecordedAt, string Opening, long Position)
{
    /// <summary>What to call it in a word or two: who brought it out, or else the file that it came in.</summary>
    [JsonIgnore]
    public string Name => Publisher ?? Title ?? FileName ?? Id;
}

/// <summary>An article in a list.</summary>
public sealed record ArticleEntry : ArticleName
{
    internal ArticleEntry(ArticleName about, long claims) : base(about) => Claims = claims;

    /// <summary>How many claims were made from it.</summary>
    public long Claims { get; }
}

public sealed class ArticleQueries(Snapshot snapshot, ArticleTexts texts)
{
    private const int OpeningLength = 140;

    /// <exception cref="NotFoundException">No article has the id.</exception>
    public async Task<ArticleRecord> Get(string id, CancellationToken cancel)
    {
        var article = await snapshot.Article(id, cancel) ?? throw new NotFoundException($"No article has the id '{id}'.");
        var text = await texts.Find(article.TextSha256!, cancel)
            ?? throw new InvalidOperationException($"The text of article {id} is missing from the ledger.");
        var quotes = await snapshot.Rows<QuoteRow>("and r.article_id = $1 order by r.start, r.length desc, r.from_position, r.claim_id", cancel, id);
        var marks = quotes.ConvertAll(quote => new QuoteMark(quote.ClaimId, quote.Subject, quote.SubjectId, quote.Field, quote.AsWritten, quote.Start, quote.Length));
        var about = article.Description;
        return new ArticleRecord(
            id, article.TextSha256!, article.FileName, about.Title, about.Publisher, about.Author, about.Address,
            WhenRecord.Of(about.Publication, null), article.Last!.RecordedAt, article.Last.Author, article.Last.Position,
            [.. article.Claims.Select(claim => ClaimRecord.Of(claim, current: true))], marks, text);
    }

    /// <summary>Articles, those recorded or described last first.</summary>
    public async Task<Page<ArticleEntry>> List(int limit, string? next, CancellationToken cancel)
    {
        var rows = await Names("article.from_position < $2", Cursor.Parse(next), limit + 1, cancel);
        var claims = await Claims([.. rows.Select(row => row.Id)], cancel);
        return new Page<ArticleEntry>(
            [.. rows.Take(limit).Select(row => new ArticleEntry(row, claims.GetValueOrDefault(row.Id)))], rows.Count > limit ? Cursor.Of(rows[limit - 1].Position) : null);
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
    public async Task<IReadOnlyDictionary<string, ArticleName>> Of(IEnumerable<string> ids, CancellationToken cancel)
    {
        var wanted = ids.Distinct().ToArray();
        return (await Names("article.id = any($2)", wanted, wanted.Length, cancel)).ToDictionary(article => article.Id);
    }

    private Task<List<ArticleName>> Names(string which, object parameter, long limit, CancellationToken cancel) => snapshot.Query(
        now => $"""
        select article.id, file_name, title, publisher, published, recorded_at, article.from_position,
            coalesce((select left(content, {OpeningLength * 2}) from ledger.texts where texts.sha256 = decode(article.sha256, 'hex')), '')
        from article where {now("article")} and {which} order by article.from_position desc limit $1
        """,
        row => new ArticleName(row.GetString(0), row.TextOrNull(1), row.TextOrNull(2), row.TextOrNull(3),
            WhenRecord.Of(When.Parse("published", row.GetString(4)), null), row.GetFieldValue<DateTimeOffset>(5), Opening(row.GetString(7)), row.GetInt64(6)),
        cancel, limit, parameter);

    private async Task<IReadOnlyDictionary<string, long>> Claims(string[] ids, CancellationToken cancel) =>
        (await snapshot.Query(now => $"select article_id, count(*) from quote where {now("quote")} and article_id = any($1) group by article_id",
            row => KeyValuePair.Create(row.GetString(0), row.GetInt64(1)), cancel, (object)ids)).ToDictionary();
}
