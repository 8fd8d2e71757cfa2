using System.CommandLine;
using Ledger.App.CommandLine;
using Ledger.App.Shell;
using Ledger.App.Views;
using Spectre.Console;

namespace Ledger.App.Deals.Review;

/// <summary><c>ledger review</c>, and <c>/api/review</c>.</summary>
internal static class ReviewCommand
{
    public const string NotYet = "The job review has not run yet.";

    public static Command Make()
    {
        var kind = new Option<string?>("--kind") { Description = "One only: stalePledge, contested or duplicate.", HelpName = "KIND" };
        var (limit, next) = (CommonOptions.Limit(50), new Option<string?>("--next") { Description = "Go on where an earlier list ended.", HelpName = "NEXT" });
        return new Command("review", "List the deals that somebody should look at, as the job review found them last.") { kind, limit, next }.Doing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            var review = ledger.Get<ReviewList>();
            var foundAt = await review.FoundAt(cancel);
            ledger.Print(await review.List(Kind("--kind", ledger.Parsed.GetValue(kind)), ledger.Parsed.GetValue(limit), ledger.Parsed.GetValue(next), cancel), (page, console) => Write(page, foundAt, console));
        });
    }

    public static void MapReview(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/review", ListReview).WithTags("Deals").WithExample(("kind", "duplicate"), ("limit", "20"));

    /// <summary>Deals that somebody should look at</summary>
    /// <remarks>As the job found them last: pledges gone stale, deals contested for long, likely duplicates.</remarks>
    /// <param name="review">The ledger's.</param>
    /// <param name="kind">One only: stalePledge, contested or duplicate.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Page<ReviewItem>> ListReview(ReviewList review, string? kind, string? next, string? limit, CancellationToken cancel) =>
        review.List(Kind("kind", kind), PageLimit.Parse(limit), next, cancel);

    internal static ReviewKind? Kind(string field, string? kind) => kind is null ? null : Written.Parse<ReviewKind>(field, kind);

    private static void Write(Page<ReviewItem> review, DateTime? foundAt, IAnsiConsole console)
    {
        if (review.Items.Count == 0)
        {
            console.WriteLine(foundAt is { } at ? $"There was nothing to look at when the job looked, {Shown.Time(at)} UTC." : NotYet);
        }
        else
        {
            var table = Tables.Of("Deal", "Company", "Round", "What");
            foreach (var item in review.Items)
                table.Row(item.Deal, item.Company, item.Title, item.Says);
            console.Write(table);
        }
        console.WriteNext(review.Next, "--next");
    }
}
