using Npgsql;

namespace Ledger.EventStore;

/// <summary>A view of the log: tables, and a fold of events into them.</summary>
/// <remarks>
/// A fold depends on nothing but the events and the tables it has written itself, and has no effect elsewhere: it may
/// be run again from zero at any time. It never sends anything.
/// </remarks>
public abstract class Projection
{
    /// <summary>Names the projection among all of them, for ever.</summary>
    public abstract string Name { get; }

    /// <summary>From 1. Higher than before when the tables or the fold have changed: the view is then built anew.</summary>
    public abstract int Version { get; }

    /// <summary>SQL which makes the tables and grants the role <c>ledger_app</c> what <see cref="Apply"/> needs. Run by the owner.</summary>
    public abstract string Schema { get; }

    /// <summary>SQL which removes the tables of this and of every earlier version (<c>drop table if exists …</c>). Run by the owner.</summary>
    public abstract string Drop { get; }

    /// <summary>Folds events into the tables.</summary>
    /// <param name="batch">Events in the order of their positions; each is given once, in one transaction that commits.</param>
    /// <param name="connection">In the transaction that also moves the position. It is not to be ended here.</param>
    /// <param name="cancel">The runner stops.</param>
    /// <exception cref="Exception">An event that cannot be folded stops the projection's group. It is never skipped.</exception>
    public abstract Task Apply(IReadOnlyList<RecordedEvent> batch, NpgsqlConnection connection, CancellationToken cancel);
}
