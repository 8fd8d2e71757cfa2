using System.Text.Json.Serialization;

namespace Ledger.App.Views.Rollups;

/// <summary>Deals and money by what they are told apart by.</summary>
/// <param name="By">The dimensions, in the order of the cells.</param>
/// <param name="Items">Cells in order of time, then by name; what says nothing comes last.</param>
/// <param name="Next">Give it back to get the following cells; null where these are the last.</param>
/// <param name="Total">All deals that are counted, each once.</param>
/// <param name="Several">Dimensions of which a deal may have several, and then counts in each of their cells: these do not add up.</param>
public sealed record Rollup(IReadOnlyList<RollupDimension> By, IReadOnlyList<RollupCell> Items, string? Next, RollupTotal Total, IReadOnlyList<RollupDimension> Several);

/// <param name="Of">The value of each dimension; null where a deal says nothing of it.</param>
/// <param name="Deals">How many deals there are.</param>
/// <param name="Disclosed">Of these, how many have an amount that is disclosed.</param>
/// <param name="Undisclosed">How many have not; they are in no sum, and never zero.</param>
/// <param name="Money">A row a currency as announced.</param>
/// <param name="Usd">In dollars; null where no deal has a figure in dollars.</param>
public sealed record RollupCell(
    IReadOnlyDictionary<string, string?> Of, long Deals, long Disclosed, long Undisclosed, IReadOnlyList<RollupMoney> Money, RollupDollars? Usd);

/// <summary>Deals and their money at one moment.</summary>
public sealed record RollupTotal(long Deals, long Disclosed, long Undisclosed);

/// <param name="Deals">How many deals are summed up.</param>
/// <param name="Low">The least that the sources allow, in whole units; an amount without a lower bound adds nothing.</param>
/// <param name="High">The most; null where a deal has no upper bound.</param>
/// <param name="MedianLow">The median of the lower bounds, where an amount without one begins at nothing; null in league tables, which have none.</param>
/// <param name="MedianHigh">The same of the upper bounds; null where it has none itself, since too many deals have none.</param>
public sealed record RollupMoney(string Currency, long Deals, decimal Low, decimal? High, decimal? MedianLow, decimal? MedianHigh);

/// <param name="Deals">How many deals are summed up; the other disclosed ones have no figure in dollars.</param>
/// <param name="Reported">Of these, how many are in dollars by their source: announced in dollars, or with dollars beside another currency.</param>
/// <param name="Low">The least that the figures allow, in whole dollars.</param>
/// <param name="High">The most; null where a deal has no upper bound.</param>
/// <param name="Rates">The rates by which the others were reckoned; left out where none was.</param>
public sealed record RollupDollars(
    long Deals, long Reported, decimal Low, decimal? High, decimal? MedianLow, decimal? MedianHigh,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RollupRates? Rates);

/// <summary>Reference rates that sums were reckoned in dollars by, each at the time of its deal.</summary>
/// <param name="Source">Who published them.</param>
/// <param name="From">The first day of which one was used.</param>
/// <param name="To">The last one.</param>
public sealed record RollupRates(string Source, DateOnly From, DateOnly To);
