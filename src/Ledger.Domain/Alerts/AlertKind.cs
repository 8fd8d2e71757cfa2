namespace Ledger.Domain.Alerts;

/// <summary>What sort of change an alert tells of. One change may be of several.</summary>
public enum AlertKind
{
    /// <summary>A deal became known.</summary>
    NewDeal,

    /// <summary>An editor corrected, withdrew, restored or preferred a claim, and the deal says something else than before.</summary>
    Correction,

    /// <summary>A known deal came further, or to a halt.</summary>
    Status,

    /// <summary>A deal says what its company is worth, or something else of it than before.</summary>
    Valuation,

    /// <summary>Sources began to contradict each other, or do so no more.</summary>
    Contest,

    /// <summary>A deal was retracted, or reinstated.</summary>
    Retraction,

    /// <summary>Two deals were found to be one, or to be two after all.</summary>
    Merge,

    /// <summary>Somebody joined a watchlist, or left it.</summary>
    Membership,

    /// <summary>Whatever else changes in what a deal says, or is to others.</summary>
    Other,
}

/// <summary>Several kinds of change.</summary>
public readonly record struct AlertKinds
{
    private readonly int _mask;

    private AlertKinds(int mask) => _mask = mask;

    public static AlertKinds All { get; } = Of(Enum.GetValues<AlertKind>());

    public static AlertKinds None => default;

    public bool IsEmpty => _mask == 0;

    public bool IsAll => _mask == All._mask;

    public static AlertKinds Of(params IEnumerable<AlertKind> kinds) => new(kinds.Aggregate(0, (mask, kind) => mask | 1 << (int)kind));

    public bool Overlaps(AlertKinds other) => (_mask & other._mask) != 0;

    public IEnumerable<AlertKind> Each()
    {
        foreach (var kind in Enum.GetValues<AlertKind>())
        {
            if ((_mask & 1 << (int)kind) != 0)
                yield return kind;
        }
    }

    internal AlertKinds With(AlertKind kind, bool isSo = true) => isSo ? new AlertKinds(_mask | 1 << (int)kind) : this;
}
