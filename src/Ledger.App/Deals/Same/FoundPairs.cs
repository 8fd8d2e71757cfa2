namespace Ledger.App.Deals.Same;

/// <summary>
/// The pairs that were found last, kept for whoever asks for the next page: what they are follows from the position of the log and the
/// versions of the views. One search runs at a time; who asks for the same meanwhile waits for it.
/// </summary>
public sealed class FoundPairs : IDisposable
{
    /// <summary>The present, and a past or two that somebody looks at beside it.</summary>
    private const int KeptMax = 3;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly LinkedList<((long Position, string Versions) Moment, DateOnly? Until, IReadOnlyList<(Duplicates.Place, Pair)> Pairs)> _kept = new();

    internal async Task<IReadOnlyList<(Duplicates.Place Place, Pair Pair)>> At(
        (long Position, string Versions) moment, DateOnly? until, Func<Task<List<(Duplicates.Place, Pair)>>> find, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            for (var one = _kept.First; one is not null; one = one.Next)
            {
                if (one.Value.Moment == moment && one.Value.Until == until)
                    return one.Value.Pairs;
            }
            var pairs = await find();
            _kept.AddFirst((moment, until, pairs));
            if (_kept.Count > KeptMax)
                _kept.RemoveLast();
            return pairs;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
