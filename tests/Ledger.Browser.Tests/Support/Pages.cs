using Xunit;

namespace Ledger.Browser.Tests.Support;

/// <summary>Addresses in the ledger of the seeds.</summary>
public static class Pages
{
    /// <summary>One page of each kind, and more where a kind has faces of its own.</summary>
    public static readonly string[] OfEachKind =
    [
        "/", "/deals", "/deals/enflame-technology-series-b", "/deals/zhipu-ai-2-5-billion-yuan-aggregate", "/deals/intellifusion-pre-ipo/history",
        "/companies", "/companies/zhipu-ai", "/companies/biren", "/investors", "/investors/tencent", "/investors/fortera-capital",
        "/parties/shanghai-state-owned-capital-investment", "/articles", "/record", "/sign-in", "/articles/b17244a40225f137", "/articles/5abb4a867af3d3e3",
        "/log", "/log/19", "/views", "/jobs", "/jobs/verify", "/inbox", "/review", "/duplicates", "/register", "/sources", "/bulk", "/rates", "/watchlists", "/watchlists?rule=companies+where+colour+%3D+red", "/watchlists/language", "/alerts", "/alerts?what=investor&which=tencent&years=100", "/deliveries", "/unsubscribe", "/companies/enflame-technology?at=40", "/search", "/search?q=in", "/problems", "/problems/deal-tied",
        "/rollups", "/rollups/deals?series=b", "/rollups/vintages?month=2020-03", "/league", "/investors/tencent/co-investors",
    ];

    public static TheoryData<string> Each => [.. OfEachKind];
}
