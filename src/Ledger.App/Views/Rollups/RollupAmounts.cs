namespace Ledger.App.Views.Rollups;

/// <summary>
/// The amounts of some deals in one currency, each of which has a bound: what has no lower one begins at nothing, and what has no upper one is more
/// than all others.
/// </summary>
/// <param name="exact">Of deals whose bounds are the same.</param>
/// <param name="low">The lower bounds of the other deals.</param>
/// <param name="high">Their upper bounds; null where there is none.</param>
internal sealed class RollupAmounts(decimal[] exact, decimal[] low, decimal?[] high)
{
    private const decimal Unbounded = decimal.MaxValue;

    private readonly decimal[] _exact = exact;
    private readonly decimal[] _low = low;
    private readonly decimal?[] _high = high;

    public long Deals => _exact.Length + _low.Length;

    public decimal Low => _exact.Sum() + _low.Sum();

    /// <summary>Null where a deal has no upper bound.</summary>
    public decimal? High => _high.Contains(null) ? null : _exact.Sum() + _high.Sum();

    /// <summary>Null where there is no deal.</summary>
    public decimal? MedianLow => field ??= Median([.. _exact, .. _low]);

    /// <summary>Null too where a deal in the middle has no upper bound.</summary>
    public decimal? MedianHigh => field ??= _high.Length == 0 ? MedianLow : Median([.. _exact, .. _high.Select(bound => bound ?? Unbounded)]);

    public static RollupAmounts Of(IReadOnlyList<RollupAmounts> parts) => parts is [var only] ? only
        : new([.. parts.SelectMany(part => part._exact)], [.. parts.SelectMany(part => part._low)], [.. parts.SelectMany(part => part._high)]);

    private static decimal? Median(decimal[] bounds)
    {
        Array.Sort(bounds);
        return bounds.Length == 0 || bounds[bounds.Length / 2] == Unbounded ? null : (bounds[(bounds.Length - 1) / 2] + bounds[bounds.Length / 2]) / 2;
    }
}
