namespace Ledger.Benchmarks.Views;

/// <summary>What the views are held to.</summary>
internal static class ViewFigures
{
    public const int Events = 1_000_000;

    /// <summary>Replays come first, on the record as it was made; appends to its deals come last.</summary>
    /// <param name="events">How many the record has.</param>
    /// <param name="large">Whether a record of five times as many is made and replayed too, which takes some ten minutes more.</param>
    public static IReadOnlyList<IMeasurement> All(int events, bool large) =>
    [
        Replays.AgainstFloor(events),
        Replays.Growth(events, large),
        Following.AtSaturation(events),
        Reading.OverHttp(events),
        Reading.OfThePast(events),
        Following.UntilVisible(events),
    ];
}
