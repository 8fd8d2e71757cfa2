using Ledger.Browser.Tests.Support;
using Xunit;

namespace Ledger.Browser.Tests;

/// <summary>What stands in the way of whoever cannot see well or uses no mouse, as axe finds it. It takes long, and so is done beside the other tests of every page.</summary>
public sealed class BarrierTests(TestBrowser browser, DisputedSite disputed, BarrierTests.Reader reader) : IClassFixture<BarrierTests.Reader>
{
    public static TheoryData<string> Each => Pages.Each;

    [Theory]
    [MemberData(nameof(Each))]
    public async Task A_page_has_no_serious_barrier_in_light_in_dark_or_narrow(string path)
    {
        await reader.Visit.Open(path);
        await Barriers.None(reader.Visit.Page);
    }

    [Theory]
    [InlineData($"/deals/{DisputedSite.Deal}")]
    [InlineData($"/deals/{DisputedSite.Deal}/history")]
    [InlineData("/companies/nobody")]
    public async Task What_the_seeds_do_not_show_has_no_serious_barrier_either(string path)
    {
        await using var visit = await Visit.Begin(browser, disputed, new Look(Script: true, IsSignedIn: true));
        await visit.Page.GotoAsync(disputed.Address + path);
        await Barriers.None(visit.Page);
    }

    /// <summary>Goes from page to page, signed in, so that they have their forms, too.</summary>
    public sealed class Reader(TestBrowser browser, SeedSite seeds) : IAsyncLifetime
    {
        public Visit Visit { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Visit = await Support.Visit.Begin(browser, seeds, new Look(Script: true, IsSignedIn: true));

        public ValueTask DisposeAsync() => Visit.DisposeAsync();
    }
}
