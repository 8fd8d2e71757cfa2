using FsCheck;
using FsCheck.Fluent;

namespace Ledger.EventStore.Tests.Model;

/// <summary>A step of a random program. Streams, keys and contents are small numbers, so that they meet often.</summary>
public abstract record Step
{
    /// <summary>An append to one stream or several.</summary>
    /// <param name="Streams">Each stream with its number of events.</param>
    /// <param name="Off">Added to the right expected version of the first stream: 0 for an append that fits.</param>
    /// <param name="Key">0 for none.</param>
    /// <param name="Content">What the events hold; an append with a key is the same if streams and content are.</param>
    public sealed record Append((int Stream, int Events)[] Streams, int Off, int Key, int Content) : Step
    {
        public override string ToString() =>
            $"Append {{ {string.Join(" + ", Streams.Select(s => $"{s.Events} to {s.Stream}"))}, off {Off}, key {Key}, content {Content} }}";
    }

    /// <summary>The very append of an earlier step once more.</summary>
    /// <param name="Back">How many appends ago.</param>
    public sealed record Repeat(int Back) : Step;

    /// <summary>Several callers append to one stream at once, all at its present version.</summary>
    public sealed record Race(int Stream, int Callers, bool OneKey) : Step;

    /// <summary>An append whose caller gives up after so many tenths of a millisecond, and then asks.</summary>
    public sealed record Cancelled(int Stream, int AfterTenths) : Step;

    /// <summary>A stream is read, forwards or backwards, from one version to another.</summary>
    public sealed record ReadStream(int Stream, int From, int To, bool Backwards) : Step;

    /// <summary>The log is read.</summary>
    public sealed record ReadLog(int After, int UpTo, bool Backwards, int Limit, bool OnlyOpened, int FromEvent) : Step;

    /// <summary>The log is closed and opened again.</summary>
    public sealed record Reopen : Step;
}

/// <summary>Makes random programs, and shorter ones out of those that fail.</summary>
internal static class Programs
{
    public static Arbitrary<Step[]> Arbitrary { get; } = Arb.From(
        Gen.ArrayOf(Steps()),
        program => Enumerable.Range(0, program.Length).Select(i => program.Where((_, n) => n != i).ToArray()));

    private static Gen<Step> Steps() => Gen.Frequency(
        (8, Append()),
        (3, from back in Gen.Choose(1, 5) select (Step)new Step.Repeat(back)),
        (2, from stream in Stream()
            from callers in Gen.Choose(2, 6)
            from key in Gen.Elements(true, false)
            select (Step)new Step.Race(stream, callers, key)),
        (2, from stream in Stream() from after in Gen.Choose(0, 30) select (Step)new Step.Cancelled(stream, after)),
        (2, from stream in Stream()
            from a in Gen.Choose(0, 8)
            from b in Gen.Choose(0, 20)
            from back in Gen.Elements(true, false)
            select (Step)new Step.ReadStream(stream, a, b, back)),
        (3, from a in Gen.Choose(0, 10)
            from b in Gen.Choose(0, 40)
            from back in Gen.Elements(true, false)
            from limit in Gen.Choose(0, 10)
            from opened in Gen.Elements(true, false)
            from e in Gen.Choose(-5, 10)
            select (Step)new Step.ReadLog(a, b, back, limit, opened, e)),
        (1, Gen.Constant((Step)new Step.Reopen())));

    private static Gen<Step> Append() =>
        from streams in Gen.NonEmptyListOf(from stream in Stream() from events in Gen.Frequency((9, Gen.Choose(1, 4)), (1, Gen.Choose(60, 90))) select (stream, events))
        from off in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(-2, 2)))
        from key in Gen.Frequency((1, Gen.Constant(0)), (1, Gen.Choose(1, 4)))
        from content in Gen.Choose(1, 2)
        select (Step)new Step.Append([.. streams.DistinctBy(s => s.stream).Take(3)], off, key, content);

    private static Gen<int> Stream() => Gen.Choose(1, 4);
}
