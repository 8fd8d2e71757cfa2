using Ledger.Domain.Values;

namespace Ledger.Domain.Sources;

/// <summary>A fact about one source of articles. The set is closed.</summary>
public abstract record SourceEvent
{
    private SourceEvent() { }

    /// <summary>The source is believed more than others (above 0) or less (below it) from now on.</summary>
    /// <param name="Name">The publisher, or the host where articles have no publisher.</param>
    public sealed record SourceRanked(string Name, int Rank, Reason Reason) : SourceEvent
    {
        public string Name { get; } = Text.Line("source", Name);

        public int Rank { get; } = Rank is >= -Source.RankMax and <= Source.RankMax ? Rank
            : throw new InvalidValueException("rank", $"{Rank} is out of range; a number from {-Source.RankMax} to {Source.RankMax} is expected");
    }
}

/// <summary>A source as its events tell it.</summary>
public sealed record Source(Cause? Last, int Rank)
{
    public const int RankMax = 1000;

    public static readonly Source Unknown = new(null, 0);

    public long Version => Last?.Version ?? 0;

    public Source Evolve(SourceEvent happened, Cause cause) => happened switch
    {
        SourceEvent.SourceRanked e => this with { Last = cause, Rank = e.Rank },
        _ => throw new InvalidOperationException($"A source knows no event {happened.GetType().Name}."),
    };

    /// <summary>What ranking comes to: nothing where the source has the rank already.</summary>
    public Decision<SourceEvent> Decide(SourceEvent.SourceRanked wanted) =>
        wanted.Rank == Rank ? Decision<SourceEvent>.Nothing : new Decision<SourceEvent>.Record([wanted]);
}
