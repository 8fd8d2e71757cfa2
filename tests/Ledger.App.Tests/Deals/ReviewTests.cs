using Ledger.App.Deals.Review;
using Ledger.App.Tests.Support;
using Ledger.App.Views;

namespace Ledger.App.Tests.Deals;

/// <summary>Deals that somebody should look at.</summary>
public sealed class ReviewTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;
    private static readonly ReviewPolicy Policy = new(180, 30);

    [Fact]
    public async Task Stale_pledges_long_contests_and_likely_duplicates_are_listed_until_they_are_seen_to()
    {
        await using var desk = await Desk.Open("command line");
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        await desk.Announce("Acme was pledged CNY 280 million.", Announcement("pledge", "pledged", "Acme was pledged CNY 280 million.", 280));
        await desk.Announce("Acme is said to look for CNY 90 million.", Announcement("late", "rumoured, effective: 2020-04-03", "Acme is said to look for CNY 90 million.", 90));
        await desk.Announce("Acme was pledged CNY 90 million.", Announcement("late", $"pledged, effective: {today:yyyy-MM-dd}", "Acme was pledged CNY 90 million.", 90));
        await desk.Announce("Acme raised CNY 10 million.", Announcement("contested", "announced", "Acme raised CNY 10 million.", 10));
        await desk.Announce("Acme raised CNY 12 million.", Announcement("contested", "announced", "Acme raised CNY 12 million.", 12));
        await desk.Announce("Acme has raised CNY 12 million.", Announcement("twice", "announced", "Acme has raised CNY 12 million.", 12));
        await desk.Ledger.CatchUp(Cancel);

        Assert.Equal("The job review has not run yet.", (await desk.Ledger.Run("review")).Output.Trim());
        Assert.DoesNotContain(await Find(desk, today), found => found.Kind is ReviewKind.StalePledge or ReviewKind.Contested);
        Assert.Equal("contested", Assert.Single(await Find(desk, today.AddDays(40)), found => found.Kind == ReviewKind.Contested).Deal);
        var later = await Find(desk, today.AddDays(200));
        // However long it was rumoured before.
        Assert.Equal([("late", "Pledged 200 days ago, and not closed since."), ("pledge", "Pledged 200 days ago, and not closed since.")],
            later.Where(found => found.Kind == ReviewKind.StalePledge).Select(found => (found.Deal, found.Says)).Order());
        Assert.Equal("Sources have disagreed on its amount for 200 days.", later.Single(found => found.Kind == ReviewKind.Contested).Says);
        var pair = later.First(found => found.Kind == ReviewKind.Duplicate);
        Assert.Equal(["contested", "twice"], new[] { pair.Deal, pair.Other }.Order());

        await using var connection = await desk.Ledger.Database.OpenConnectionAsync(Cancel);
        Assert.Equal((later.Count, 0), await ReviewList.Replace(connection, later, Cancel));
        Assert.Equal((0, 0), await ReviewList.Replace(connection, later, Cancel));
        var listed = (await desk.Ledger.Ask("review"))["items"]!.AsArray();
        Assert.Equal(later.Count, listed.Count);
        JsonAssert.Has("""{ "kind": "stalePledge", "deal": "late", "company": "Acme" }""", listed[0]);
        var first = await desk.Ledger.Ask("review", "--limit", "2");
        JsonAssert.Has("""{ "items": [{"kind": "contested"}] }""", await desk.Ledger.Ask("review", "--limit", "1", "--next", (string)first["next"]!));
        Assert.Equal(2, (await desk.Ledger.Run("review", "--kind", "nothing")).ExitCode);

        await desk.Do("prefer", "contested", $$"""{"claim": "{{await desk.Claim("contested", "amount", "CNY 12 million")}}", "reason": "Their own words."}""");
        await desk.Ledger.CatchUp(Cancel);
        Assert.DoesNotContain(await Find(desk, today.AddDays(200)), found => found.Kind == ReviewKind.Contested);
    }

    private static Task<IReadOnlyList<ReviewList.Finding>> Find(Desk desk, DateOnly today) => desk.Ledger.Get<ReviewList>().Find(Policy, today, Cancel);

    private static string Announcement(string deal, string status, string quote, int millions) =>
        StoryTests.Announcement("acme", deal, status, quote, ($"amount: {{qualifier: exact, currency: CNY, low: {millions}000000, high: {millions}000000}}", $"CNY {millions} million"));
}
