namespace Ledger.Benchmarks.Alerts;

/// <summary>What alerts are held to.</summary>
internal static class AlertFigures
{
    public const int Deals = 200_000;
    public const int Pending = 100_000;
    public const int Turns = 3;

    /// <summary>The record has so many times more events than deals.</summary>
    private const int EventsOfDeal = 5;

    /// <param name="deals">How many the record has.</param>
    /// <param name="pending">How many deliveries wait.</param>
    /// <param name="turns">How often each figure is measured.</param>
    /// <param name="seconds">How long changes are made at a steady rate.</param>
    public static IReadOnlyList<IMeasurement> All(int deals, int pending, int turns, int seconds) =>
    [
        Tries.OfRules(deals * EventsOfDeal, deals, turns),
        Matches.OfSubscriptions(deals * EventsOfDeal, turns),
        PendingDeliveries.BesideDeadOnes(pending, turns),
        // The record grows by its changes.
        Arrivals.OfWebhooks(deals * EventsOfDeal, seconds),
    ];
}
