using Ledger.Domain.Deals;
using Npgsql;

namespace Ledger.App.Views;

/// <summary>A view that is a function of deal changes: it takes away what a deal gave before and adds what it gives after.</summary>
internal interface IDealView
{
    /// <summary>Applies a batch, set-based, inside the transaction that also moves the position.</summary>
    Task Apply(DealChanges changes, NpgsqlConnection connection, CancellationToken cancel);
}

/// <summary>What a batch of events did to deals.</summary>
/// <param name="Each">Every change, in the order of the log.</param>
internal sealed record DealChanges(IReadOnlyList<DealChange> Each)
{
    /// <summary>One change a deal: from before its first event in the batch to after its last.</summary>
    public IReadOnlyList<DealChange> Net { get; } =
    [
        .. Each.GroupBy(change => change.After.Id)
            .Select(changes => new DealChange(changes.First().Before, changes.Last().After, changes.Last().Cause)),
    ];
}
