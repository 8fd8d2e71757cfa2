namespace Ledger.EventStore;

/// <summary>How the events of one kind of stream are folded into a state. Views are functions of such states.</summary>
public abstract class StreamFold
{
    private protected StreamFold(string prefix) => Prefix = prefix;

    /// <summary>What the names of these streams begin with, and those of no others.</summary>
    internal string Prefix { get; }

    internal bool IsOf(string stream) => stream.StartsWith(Prefix, StringComparison.Ordinal);

    internal abstract object Initial(string stream);

    internal abstract object Evolve(object state, RecordedEvent happened);
}

/// <summary>The same, with the type of the state.</summary>
/// <typeparam name="TState">Immutable: states are kept and compared.</typeparam>
public sealed class StreamFold<TState> : StreamFold where TState : class
{
    private readonly Func<string, TState> _initial;
    private readonly Func<TState, RecordedEvent, TState> _evolve;

    /// <param name="prefix">What the names of these streams begin with, and those of no others: <c>deal-</c>.</param>
    /// <param name="initial">The state of a stream, given its name, before its first event. It gives no rows to any view.</param>
    /// <param name="evolve">The state after one more event; depends on nothing else. An exception stops the views that use it.</param>
    public StreamFold(string prefix, Func<string, TState> initial, Func<TState, RecordedEvent, TState> evolve) : base(prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        _initial = initial;
        _evolve = evolve;
    }

    internal override object Initial(string stream) => _initial(stream);

    internal override object Evolve(object state, RecordedEvent happened) => _evolve((TState)state, happened);
}
