namespace Ledger.Benchmarks;

/// <summary>Something that is measured and comes to one figure or several.</summary>
internal interface IMeasurement
{
    string Name { get; }

    /// <param name="say">Told of every run.</param>
    Task<IReadOnlyList<Figure>> Run(Action<string> say);
}

/// <summary>A measurement whose figures have targets of their own and need no floor.</summary>
internal sealed class Trial(string name, Func<Action<string>, Task<IReadOnlyList<Figure>>> run) : IMeasurement
{
    public string Name => name;

    public Task<IReadOnlyList<Figure>> Run(Action<string> say) => run(say);
}
