using System.Globalization;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Views.Moments;

/// <summary>Which moment of the record is asked for, in the words of whoever asks; all null for the present.</summary>
/// <param name="AsOf">A date, which means its end, UTC, or a time.</param>
/// <param name="At">A position in the log.</param>
/// <param name="Effective">A date: only deals that are dated, and not later, with the status that held then.</param>
/// <param name="After">A position that the views must hold before they are read.</param>
internal sealed record Moment(string? AsOf = null, string? At = null, string? Effective = null, string? After = null)
{
    /// <summary>What the parts of one are called in addresses.</summary>
    public static readonly IReadOnlyList<string> Names = ["asOf", "at", "effective", "after"];

    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(10);

    public bool IsPresent => this == new Moment();

    /// <summary>Has a snapshot, of which nothing is read yet, be of this moment.</summary>
    /// <param name="snapshot">It.</param>
    /// <param name="log">The log.</param>
    /// <param name="views">What is waited for.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="allViews">Whether each view has to hold what is waited for, also where one stands still.</param>
    /// <exception cref="InvalidValueException">There is no such moment.</exception>
    /// <exception cref="ViewsBehindException">The views do not come to hold it.</exception>
    public async Task Choose(Snapshot snapshot, EventLog log, ViewRuntime views, CancellationToken cancel, bool allViews = true)
    {
        if (AsOf is not null && At is not null)
            throw new InvalidValueException("at", "stands beside asOf; one moment is enough");
        if (At is not null)
            snapshot.AsOf = await Position("at", At, log, cancel);
        else if (AsOf is not null)
        {
            snapshot.AsOfTime = Time("asOf", AsOf);
            snapshot.AsOf = await log.PositionAt(snapshot.AsOfTime.Value, cancel);
        }
        if (Effective is not null)
            snapshot.EffectiveUntil = Date("effective", Effective);
        if (After is not null)
            await Wait(await Position("after", After, log, cancel), views, allViews, cancel);
    }

    internal static async Task<long> Position(string field, string text, EventLog log, CancellationToken cancel)
    {
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position))
            throw new InvalidValueException(field, $"'{text}' is no position; a number from 0 is expected");
        var head = await log.Head(cancel);
        return position <= head ? position : throw new InvalidValueException(field, $"{position} is beyond the end of the log, which is at position {head}");
    }

    private static async Task Wait(long position, ViewRuntime views, bool allViews, CancellationToken cancel)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bound.CancelAfter(WaitMax);
        try
        {
            await views.WaitFor(position, bound.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new ViewsBehindException($"The views have not come to position {position} within {WaitMax.TotalSeconds} seconds.");
        }
        catch (ViewStoppedException e)
        {
            // The others hold it.
            if (allViews)
                throw new ViewsBehindException(e.Message);
        }
    }

    /// <summary>The end of a day, or a time; without an offset it is UTC.</summary>
    internal static DateTimeOffset Time(string field, string text)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return new DateTimeOffset(day, new TimeOnly(23, 59, 59, 999, 999), TimeSpan.Zero);
        string[] formats = ["yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
        return DateTimeOffset.TryParseExact(text, formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time
            : throw new InvalidValueException(field, $"'{text}' is neither a date (2024-03-01, which means its end, UTC) nor a time (2024-03-01T12:00:00Z)");
    }

    private static DateOnly Date(string field, string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
            : throw new InvalidValueException(field, $"'{text}' is no date; 2024-03-01 would be one");
}

/// <summary>The views do not hold what was asked for, and did not come to hold it in time.</summary>
public sealed class ViewsBehindException(string message) : Exception(message);
