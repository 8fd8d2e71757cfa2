namespace Ledger.App.Alerts.Deliveries;

/// <summary>
/// Tells those in this process who wait for alerts that there are some. It is a hint: what other processes make is found by looking again.
/// </summary>
internal sealed class AlertSignal
{
    private TaskCompletionSource _raised = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when it is raised next. Who wants to miss nothing asks for it before looking.</summary>
    public Task Raised => Volatile.Read(ref _raised).Task;

    public void Raise() => Interlocked.Exchange(ref _raised, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
