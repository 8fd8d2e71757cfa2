using System.Globalization;
using System.Text.Json;
using Ledger.Browser.Tests.Support;
using Xunit;

namespace Ledger.Browser.Tests;

public sealed class RollupPageTests(TestBrowser browser, SeedSite seeds)
{
    [Fact]
    public async Task A_chart_is_drawn_of_the_figures_that_stand_in_the_table()
    {
        await using var visit = await Visit.Begin(browser, seeds, new Look(Script: true));
        await visit.Open("/rollups?by=series");
        var rows = await visit.Page.Locator(".rollup-table tbody tr").AllAsync();
        var table = new Dictionary<string, long>();
        foreach (var row in rows)
            table.Add(await row.Locator("td").First.InnerTextAsync(), long.Parse(await row.Locator("td").Nth(1).InnerTextAsync(), CultureInfo.InvariantCulture));
        Assert.True(table.Count > 1);

        // As the library has it that draws, and not only as the page gives it.
        await visit.Page.WaitForFunctionAsync("window.echarts?.getInstanceByDom(document.querySelector('[data-chart]'))");
        var drawn = await visit.Page.EvaluateAsync<JsonElement>("echarts.getInstanceByDom(document.querySelector('[data-chart]')).getOption()");
        var bars = drawn.GetProperty("xAxis")[0].GetProperty("data").EnumerateArray().Zip(drawn.GetProperty("series")[0].GetProperty("data").EnumerateArray());
        Assert.Equal(table.OrderBy(row => row.Key, StringComparer.Ordinal), bars.Select(bar => KeyValuePair.Create(bar.First.GetString()!, bar.Second.GetInt64())).OrderBy(bar => bar.Key, StringComparer.Ordinal));
        await visit.Page.WaitForFunctionAsync("""
            () => {
                const canvas = document.querySelector("[data-chart] canvas");
                const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
                let bars = 0;
                for (let at = 0; at < data.length; at += 4)
                    bars += data[at] === 0x2e && data[at + 1] === 0x8b && data[at + 2] === 0x6d && data[at + 3] === 255;
                return bars > 1000;
            }
            """);
        Assert.Empty(visit.Complaints());
    }
}
