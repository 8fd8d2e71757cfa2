using System.Globalization;
using Ledger.App.Alerts.Subscriptions;
using Ledger.Domain.Values;

namespace Ledger.App.Alerts.Matching;

/// <summary>Trying what somebody asks for, as the page, the API and the command line do.</summary>
internal static class AlertTries
{
    private const int YearsMax = 100;

    /// <param name="targets">Reads what is followed.</param>
    /// <param name="history">What has happened.</param>
    /// <param name="fields">What would have been followed.</param>
    /// <param name="years">How far back; one where nothing is said.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InvalidValueException">What is asked for cannot be followed.</exception>
    public static async Task<TriedAlerts> Try(Targets targets, AlertHistory history, FollowFields fields, string? years, CancellationToken cancel)
    {
        var back = string.IsNullOrWhiteSpace(years) ? 1 : int.TryParse(years, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= YearsMax ? number
            : throw new InvalidValueException("years", $"'{years}' is out of range; a number from 1 to {YearsMax} is expected");
        var target = await targets.Read(fields, cancel);
        var kinds = Targets.Kinds(fields.Kinds);
        Targets.Check(target, kinds);
        return await history.Try(target, await targets.Tell(target, cancel), kinds, DateTimeOffset.UtcNow.AddYears(-back), cancel);
    }
}
