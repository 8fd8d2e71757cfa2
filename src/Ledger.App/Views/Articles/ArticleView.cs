using System.Collections.Immutable;
using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.ComponentModel.DataAnnotations.Schema;
using Ledger.App.Log;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.EventStore;

namespace Ledger.App.Views.Articles;

/// <summary>Articles, and where in them each claim's quote stands, whatever the claim is about.</summary>
internal static class ArticleView
{
    public static View Definition { get; } = new View("article", RecordViews.SourceOf(nameof(ArticleView)))
        .Row(RecordStreams.Articles, Row, "from_position")
        .Rows(RecordStreams.Articles, article => Quotes("article", article.Id.Value, article.Claims))
        .Rows(RecordStreams.Deals, deal => Quotes("deal", deal.Id.Value, deal.OwnClaims))
        .Rows(RecordStreams.Parties, party => Quotes("party", party.Id.Value, party.Claims));

    private static ArticleRow Row(Article article) => new(
        article.Id.Value, article.TextSha256!, article.FileName, article.Description.Title, article.Description.Publisher,
        article.Description.Publication.ToString(), article.Last!.RecordedAt, article.Description.Source);

    private static IEnumerable<QuoteRow> Quotes(string subject, string id, IEnumerable<RecordedClaim> claims) =>
        claims.Select(claim => new QuoteRow(claim.Source.Value, claim.Claim.Id.Value, subject, id, Written.Name(claim.Claim.Value.Slot.Field),
            claim.Claim.AsWritten, claim.Claim.Quote.Start, claim.Claim.Quote.Text.Length));
}

[Table("article")]
[Description("Articles; their texts stand in ledger.texts under sha256.")]
internal sealed record ArticleRow(
    [property: Key, Description("What other views call the article by; it follows from its text.")] string Id,
    [Description("Of its text in UTF-8, in hexadecimal digits.")] string Sha256,
    [Description("Null where it came in no file.")] string? FileName,
    [Description("Its headline; null where none is known.")] string? Title,
    [Description("Who published it; null where that is not known.")] string? Publisher,
    [Description("As precisely as the article says: 2020-04-03, 2020-04, 2020-Q2, 2020, XXXX-04-03, XXXX-04 or unknown.")] string Published,
    [Description("When it was recorded, or described anew.")] DateTimeOffset RecordedAt,
    [Description("Whose word it is, and whose rank counts where sources disagree: the publisher, or else the host of its address; null where nothing tells.")] string? Source,
    long FromPosition = 0);

[Table("quote")]
[Description("Where in an article the quote of each claim stands.")]
internal sealed record QuoteRow(
    [property: Key, Description("The article that is quoted.")] string ArticleId,
    [property: Key, Description("The claim that rests on the quote.")] string ClaimId,
    [property: Key, Description("What the claim is about: deal, party or article.")] string Subject,
    [property: Key, Description("The id of that.")] string SubjectId,
    [Description("The field that is claimed.")] string Field,
    [Description("The value in the source's words.")] string AsWritten,
    [Description("Offset of the first character, in UTF-16 code units from 0.")] int Start,
    [Description("In UTF-16 code units.")] int Length,
    long FromPosition = 0);
