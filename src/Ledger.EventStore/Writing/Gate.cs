namespace Ledger.EventStore.Writing;

/// <summary>
/// Lets work in until a total weight is inside; the rest waits, first come first served. Something heavier than the
/// whole is let in alone.
/// </summary>
internal sealed class Gate(long capacity)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(long Weight, TaskCompletionSource Entered)> _waiting = [];
    private long _inside;

    /// <summary>Returns once the weight is inside. It must leave again.</summary>
    public async ValueTask Enter(long weight, CancellationToken cancel)
    {
        LinkedListNode<(long, TaskCompletionSource)> place;
        lock (_lock)
        {
            if (_waiting.Count == 0 && Fits(weight))
            {
                _inside += weight;
                return;
            }
            place = _waiting.AddLast((weight, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        }
        await using CancellationTokenRegistration registration = cancel.Register(() => Leave(place, cancel));
        await place.Value.Item2.Task;
    }

    public void Exit(long weight)
    {
        lock (_lock)
        {
            _inside -= weight;
            LetIn();
        }
    }

    private void LetIn()
    {
        while (_waiting.First is { } next && Fits(next.Value.Weight))
        {
            _waiting.RemoveFirst();
            _inside += next.Value.Weight;
            next.Value.Entered.SetResult();
        }
    }

    private void Leave(LinkedListNode<(long Weight, TaskCompletionSource Entered)> place, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (place.List is null)
                return;
            _waiting.Remove(place);
            place.Value.Entered.SetCanceled(cancel);
            LetIn();
        }
    }

    private bool Fits(long weight) => _inside == 0 || _inside + weight <= capacity;
}
