namespace Ledger.Benchmarks.Views;

/// <summary>What the views are held to.</summary>
internal static class ViewFigures
{
    public const int Events = 1_000_000;
    public const int Turns = 3;

    /// <summary>Replays come first, on the record as it was made; appends to its deals come last.</summary>
    /// <param name="events">How many the record has.</param>
    /// <param name="turns">How often each replay is measured; one takes a minute or two.</param>
    /// <param name="large">Whether a record of five times as many is made and replayed too, which takes some ten minutes more.</param>
    public static IReadOnlyList<IMeasurement> All(int events, int turns, bool large) =>
    [
        Replays.AgainstFloor(events, turns),
        Replays.Growth(events, turns, large),
        Following.AtSaturation(events),
        Reading.OverHttp(events),
        Reading.OfThePast(events),
        Following.UntilVisible(events),
    ];
}
