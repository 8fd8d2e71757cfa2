using FsCheck;
using FsCheck.Fluent;
using Ledger.EventStore.Tests.Support;

namespace Ledger.EventStore.Tests.Views;

/// <summary>What happens in one append: a thing is moved a few times, or the baton is handed to it.</summary>
public sealed record Happening(string Stream, int By, string? Why, int Times, bool TakesBaton);

/// <summary>Makes random histories of things, and shorter ones out of those that fail.</summary>
internal static class Histories
{
    private static readonly string?[] Reasons = [null, null, "a", "b", "c", "", "NULL", "q\"\\ {,}' \n"];

    public static Arbitrary<Happening[]> Arbitrary { get; } = Arb.From(
        Gen.ArrayOf(Happenings()),
        history => Enumerable.Range(0, history.Length).Select(i => history.Where((_, n) => n != i).ToArray()));

    private static Gen<Happening> Happenings() =>
        from kind in Gen.Elements("crate", "shelf", "other")
        from number in Gen.Choose(1, 3)
        from step in Gen.Choose(-4, 4)
        from why in Gen.Elements(Reasons)
        from times in Gen.Frequency((6, Gen.Constant(1)), (3, Gen.Choose(2, 6)), (1, Gen.Choose(15, 25)))
        from baton in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
        select new Happening($"{kind}-{number}", step, why, times, baton);
}

/// <summary>Records a history in a log.</summary>
internal sealed class Teller(EventLog log)
{
    private readonly Dictionary<string, long> _versions = [];
    private string? _holder;

    public async Task Tell(Happening happening, CancellationToken cancel)
    {
        if (!happening.TakesBaton)
            await log.Append(new Append("teller", [Of(happening.Stream, [.. Enumerable.Range(0, happening.Times).Select(_ => Samples.Moved(happening.By, happening.Why))])]), cancel);
        else if (happening.Stream != _holder)
        {
            List<StreamAppend> streams = _holder is null ? [] : [Of(_holder, [Samples.Moved(0, Thing.Gives)])];
            streams.Add(Of(happening.Stream, [Samples.Moved(0, Thing.Takes)]));
            _holder = happening.Stream;
            await log.Append(new Append("teller", streams), cancel);
        }
    }

    private StreamAppend Of(string stream, NewEvent[] events)
    {
        long version = _versions.GetValueOrDefault(stream);
        _versions[stream] = version + events.Length;
        return new StreamAppend(stream, version, events);
    }
}
