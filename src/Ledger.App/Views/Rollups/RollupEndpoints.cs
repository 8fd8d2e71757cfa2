using Ledger.App.Shell;
using Ledger.App.Views.Deals;
using Ledger.App.Views.League;
using Ledger.Domain.Values;

namespace Ledger.App.Views.Rollups;

/// <summary>What <c>ledger rollup</c>, <c>ledger vintages</c> and <c>ledger league</c> answer, over HTTP.</summary>
internal static class RollupEndpoints
{
    public static void MapRollups(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/rollups", GetRollup).WithTags("Rollups").WithExample(("by", "quarter,series,currency"), ("where", "sector=artificial-intelligence"), ("limit", "20")).WithProblems("not-found").Produces<Rollup>();
        routes.MapGet("/api/rollups/deals", ListRollupDeals).WithTags("Rollups").WithExample(("where", "series=b"), ("limit", "20")).WithProblems("not-found");
        routes.MapGet("/api/rollups/vintages", GetVintages).WithTags("Rollups").WithExample(("where", "month=2020-03")).WithProblems("not-found").Produces<Vintages>();
        routes.MapGet("/api/league", GetLeague).WithTags("Rollups").WithExample(("by", "led"), ("limit", "20")).WithProblems("not-found").Produces<Page<LeagueEntry>>();
    }

    /// <summary>Deals and money by month, quarter or year, sector, series and more</summary>
    /// <remarks>
    /// Sums are intervals, in the currency as announced and in dollars. A deal in several sectors or places, or with several kinds of investors, counts in each: several names such dimensions, whose cells do not add up.
    /// Where no status is asked for, deals count that were pledged, announced or closed.
    /// </remarks>
    /// <param name="rollups">The record's.</param>
    /// <param name="by">month, quarter, year, sector, series, instrument, status, currency, place, investorKind; several with commas between.</param>
    /// <param name="where">Only deals that fit, such as series=b; may be given several times. The fields are the dimensions, and company, investor, amountFrom, amountTo, announcedFrom and announcedTo; none finds deals without a series, instrument, currency, sector, place or known kind of investor, unknown those of no known month, quarter or year.</param>
    /// <param name="dollars">Where dollars come from: reported, from the sources only; or rates, reckoned by reference rates where no source has them.</param>
    /// <param name="format">json or csv; json where nothing is said.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many cells at the most, up to 1000; 50 where nothing is said. In csv all where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static async Task<IResult> GetRollup(RollupQueries rollups, string? by, string[]? where, string? dollars, string? format, string? next, string? limit, CancellationToken cancel)
    {
        var isCsv = IsCsv(format);
        var rollup = await rollups.Get(RollupDimensions.Parse(by), RollupWhere.Parse(where), RollupDimensions.ParseDollars(dollars), cancel);
        if (!isCsv || limit is not null || next is not null)
            rollup = RollupQueries.Page(rollup, PageLimit.Parse(limit), next);
        return isCsv ? Csv(await RollupCsv.Of(rollup), "rollup.csv") : Results.Ok(rollup);
    }

    /// <summary>The deals that a rollup counts, those that changed last first</summary>
    /// <remarks>Of a cell, with the values of its dimensions for conditions.</remarks>
    /// <param name="rollups">The record's.</param>
    /// <param name="by">As of rollups: by status, deals of any status are listed.</param>
    /// <param name="where">Only deals that fit, as of rollups.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Page<DealRecord>> ListRollupDeals(RollupQueries rollups, string? by, string[]? where, string? next, string? limit, CancellationToken cancel) =>
        rollups.Deals(RollupDimensions.Parse(by), RollupWhere.Parse(where), PageLimit.Parse(limit), next, cancel);

    /// <summary>A period's deals and money as they were known at the end of each month after</summary>
    /// <remarks>Each as of its own moment, with the rates that were known then. Who goes by a name, and which parties are one, is as of the moment that is asked for.</remarks>
    /// <param name="vintages">The record's.</param>
    /// <param name="where">Only deals that fit, as of rollups; quarter=2023-Q4, month=2023-11 or year=2023 among them.</param>
    /// <param name="dollars">Where dollars come from: reported, or rates.</param>
    /// <param name="format">json or csv; json where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static async Task<IResult> GetVintages(VintageQueries vintages, string[] where, string? dollars, string? format, CancellationToken cancel)
    {
        var isCsv = IsCsv(format);
        var found = await vintages.Get(RollupWhere.Parse(where), RollupDimensions.ParseDollars(dollars), cancel);
        return isCsv ? Csv(await RollupCsv.Of(found), "vintages.csv") : Results.Ok(found);
    }

    /// <summary>Investors, ranked by deals, deals led, disclosed money or new companies</summary>
    /// <remarks>Money is that of whole deals, since investors' shares are not known. Who only backs a company is in no deal.</remarks>
    /// <param name="league">The record's.</param>
    /// <param name="by">deals, led, money (in dollars) or newCompanies; deals where nothing is said.</param>
    /// <param name="where">Only deals that fit, as of rollups.</param>
    /// <param name="dollars">Where dollars come from: reported, or rates.</param>
    /// <param name="format">json or csv; json where nothing is said.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static async Task<IResult> GetLeague(LeagueQueries league, string? by, string[]? where, string? dollars, string? format, string? next, string? limit, CancellationToken cancel)
    {
        var isCsv = IsCsv(format);
        var page = await league.Get(LeagueCommand.Measure(by), RollupWhere.Parse(where), RollupDimensions.ParseDollars(dollars), PageLimit.Parse(limit), next, cancel);
        return isCsv ? Csv(await RollupCsv.Of(page.Items), "league.csv") : Results.Ok(page);
    }

    private static bool IsCsv(string? format) => format is null or "json" or "csv" ? format == "csv" : throw new InvalidValueException("format", $"'{format}' is neither json nor csv");

    private static IResult Csv(byte[] csv, string name) => Results.File(csv, "text/csv; charset=utf-8", name);
}
