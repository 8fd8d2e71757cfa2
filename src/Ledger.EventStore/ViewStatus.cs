namespace Ledger.EventStore;

/// <summary>A version of a view, and how far it holds.</summary>
/// <param name="View">The view's name.</param>
/// <param name="Version">Counted from 1 by replays.</param>
/// <param name="State">What becomes of it.</param>
/// <param name="Position">The position in the log up to which it holds.</param>
/// <param name="Head">The position of the log's last event, read in the same snapshot.</param>
/// <param name="MovedAt">When the position last moved.</param>
/// <param name="OldestWaiting">When the first event that it does not hold was recorded; null where it holds all.</param>
/// <param name="SwitchedAt">When readers first saw it.</param>
/// <param name="Replay">While it is being built: how far that has come.</param>
/// <param name="Failure">Why it stands still, or null.</param>
public sealed record ViewStatus(
    string View, int Version, ViewState State, long Position, long Head, DateTimeOffset MovedAt, DateTimeOffset? OldestWaiting,
    DateTimeOffset? SwitchedAt, ReplayedEvents? Replay, ViewFailure? Failure)
{
    /// <summary>How many events it is behind the log.</summary>
    public long Lag => Head - Position;
}

/// <param name="Done">Events that are done.</param>
/// <param name="Of">Of how many.</param>
public sealed record ReplayedEvents(long Done, long Of)
{
    /// <summary>Whether nobody builds it now: the replay was stopped, and the same one goes on from there when it is begun again.</summary>
    public bool IsStopped { get; init; }
}

/// <summary>What becomes of a version of a view.</summary>
public enum ViewState
{
    /// <summary>Readers see it, and it follows the log.</summary>
    Live,

    /// <summary>Readers see it, and it stays as it is: it was made by a definition that this program does not have.</summary>
    Frozen,

    /// <summary>It is being replayed beside the live one, or was until that was stopped.</summary>
    Building,

    /// <summary>It was live before, and can be again.</summary>
    Kept,
}

/// <summary>An event that a view could not take.</summary>
/// <param name="Position">The event's position.</param>
/// <param name="Message">Why.</param>
/// <param name="FailedAt">When it was last tried.</param>
public sealed record ViewFailure(long Position, string Message, DateTimeOffset FailedAt);

/// <summary>A stable name that other programs read by, and that does not show what readers of the views see.</summary>
/// <param name="View">The view's name.</param>
/// <param name="Name">The stable name, with its schema.</param>
/// <param name="Users">What others have made of it and what keeps it from being changed; none where it is about to follow.</param>
public sealed record StaleName(string View, string Name, IReadOnlyList<string> Users)
{
    /// <summary>Whether the live version was gone back to and has other columns than this program knows, so that the name cannot show it.</summary>
    public bool OfOtherColumns { get; init; }

    /// <summary>The same in a sentence.</summary>
    public string Message => OfOtherColumns ? $"{Name} still shows the version of view '{View}' that was rolled back, which no longer follows the log; the live one has other columns: replay the view, and it follows."
        : Users.Count == 0 ? $"{Name} still shows an earlier version of view '{View}'; it will follow in a moment."
        : $"{Name} still shows an earlier version of view '{View}', whose columns are other ones now, since {string.Join(", ", Users)} depends on it: drop that, and it follows.";
}

/// <summary>How far a replay has come.</summary>
/// <param name="Phase"><c>load</c>, <c>index</c>, <c>catch up</c>, <c>compare</c>, <c>switch</c>.</param>
/// <param name="Done">Events that are done.</param>
/// <param name="Of">Of how many.</param>
/// <param name="Elapsed">Since the replay began, or went on.</param>
public sealed record ReplayProgress(string Phase, long Done, long Of, TimeSpan Elapsed);

/// <summary>What a replay came to.</summary>
/// <param name="View">The view's name.</param>
/// <param name="Version">The version that is live now.</param>
/// <param name="Events">How many events it was built from.</param>
/// <param name="Elapsed">How long that took.</param>
/// <param name="Differences">What differs from the version that was live before; null where there was none with the same tables.</param>
public sealed record ReplayOutcome(string View, int Version, long Events, TimeSpan Elapsed, IReadOnlyList<ViewDifference>? Differences);

/// <summary>Rows that one version has and the other has not.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="InReplay">Whether the replayed version has them, or the one that was live.</param>
/// <param name="Rows">How many.</param>
/// <param name="Samples">Some of them, as JSON.</param>
public sealed record ViewDifference(string Table, bool InReplay, long Rows, IReadOnlyList<string> Samples);

/// <summary>A view stands still at an event that it cannot take.</summary>
public sealed class ViewStoppedException : Exception
{
    internal ViewStoppedException(string view, long position, string message, Exception? cause = null)
        : base($"View '{view}' stands still at position {position}: {message}", cause)
    {
        View = view;
        Position = position;
        Reason = message;
    }

    /// <summary>The view's name; of several that cannot take it their names, with commas between them.</summary>
    public string View { get; }

    /// <summary>The position of the event.</summary>
    public long Position { get; }

    internal string[] Views => View.Split(", ");

    internal string Reason { get; }
}

/// <summary>Another replay is under way, or there is nothing to go back to.</summary>
public sealed class ReplayRefusedException : Exception
{
    internal ReplayRefusedException(string message, bool wasDoneMeanwhile = false) : base(message) => WasDoneMeanwhile = wasDoneMeanwhile;

    /// <summary>Whether another program has done what was to be done.</summary>
    internal bool WasDoneMeanwhile { get; }
}
