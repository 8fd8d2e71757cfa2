namespace Ledger.App.Shell;

/// <summary>What a chart is drawn of, by charts.js.</summary>
/// <param name="Categories">What stands along its foot.</param>
/// <param name="Series">Bars or lines over these.</param>
/// <param name="Axes">What the numbers at its left are, and at its right where there are others.</param>
public sealed record ChartData(IReadOnlyList<string> Categories, IReadOnlyList<ChartSeries> Series, IReadOnlyList<string> Axes);

/// <param name="Kind">bar or line.</param>
/// <param name="Values">One of each category; null where there is none.</param>
/// <param name="Axis">0 for the numbers at the left, 1 for those at the right.</param>
/// <param name="IsStacked">Whether it stands on the series before it, with which it adds up.</param>
public sealed record ChartSeries(string Name, string Kind, IReadOnlyList<decimal?> Values, int Axis = 0, bool IsStacked = false);
