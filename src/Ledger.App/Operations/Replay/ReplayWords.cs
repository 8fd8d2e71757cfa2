using Ledger.EventStore;

namespace Ledger.App.Operations.Replay;

/// <summary>
/// How far a replay has come, how fast it goes and how long it will still take. One that goes on where it was stopped has done a part
/// before: how fast it goes is seen from the first that it tells on.
/// </summary>
internal sealed class ReplayWords
{
    private ReplayProgress? _first;
    private ReplayProgress? _last;

    public string Of(ReplayProgress now)
    {
        // Another replay may follow, which begins anew.
        if (_last is null || now.Done < _last.Done || now.Elapsed < _last.Elapsed)
            _first = now;
        _last = now;
        var far = $"{now.Phase}: {now.Done:#,0} of {now.Of:#,0} events";
        var (done, seconds) = (now.Done - _first!.Done, (now.Elapsed - _first.Elapsed).TotalSeconds);
        if (now.Phase != "load" || done <= 0 || seconds <= 0)
            return far;
        var rate = done / seconds;
        return $@"{far}, {rate:#,0} events/s, {TimeSpan.FromSeconds(Math.Ceiling((now.Of - now.Done) / rate)):h\:mm\:ss} left";
    }
}
