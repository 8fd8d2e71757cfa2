using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Deals;

/// <summary>
/// A deal as its events tell it: every claim ever made about it, and what editors decided. Its fields are not stored but
/// resolved from the claims, so that whoever asks can be shown why a field says what it says.
/// </summary>
public sealed class Deal
{
    private readonly DealState _state;
    private readonly ImmutableArray<SlotClaims> _slots;

    /// <param name="state">What is recorded of it.</param>
    /// <param name="before">The deal before its last event, from which is taken over what that event left alone.</param>
    private Deal(DealState state, Deal? before = null)
    {
        _state = state;
        if (before is not null && state.Adds(before._state) && (before.IsUndecided || state.Claims == before._state.Claims))
        {
            var added = state.Claims.AsSpan(before._state.Claims.Length..);
            (Claims, _slots) = added.IsEmpty ? (before.Claims, before._slots) : (state.Claims, SlotClaims.Add(before._slots, added));
        }
        else
        {
            Claims = Gathered(state).WithStanding();
            _slots = SlotClaims.Add([], Claims.AsSpan());
        }
    }

    /// <summary>Whether every claim counts as it was recorded: none is ruled on, ranked or of a merged deal.</summary>
    private bool IsUndecided => Claims == _state.Claims;

    public DealId Id => _state.Id;

    /// <summary>The last event of the deal; null while nothing is known of it.</summary>
    public Cause? Last => _state.Last;

    /// <summary>In the order in which they were recorded, those of deals that were merged into this one among them.</summary>
    public ImmutableArray<RecordedClaim> Claims { get; }

    /// <summary>Without those of deals that were merged into this one.</summary>
    public IEnumerable<RecordedClaim> OwnClaims => Claims.Where(claim => claim.Of is null);

    public bool IsKnown => Last is not null;

    public long Version => Last?.Version ?? 0;

    public PartyId? Company => Value<ClaimValue.Company>(Field.Company)?.Party;

    public DealKind? Kind => Value<ClaimValue.Kind>(Field.Kind)?.Value;

    public DealStatus? Status => Value<ClaimValue.Status>(Field.Status)?.Value;

    public Amount Amount => Value<ClaimValue.Raised>(Field.Amount)?.Amount ?? Amount.Undisclosed;

    public IEnumerable<ClaimValue.Investor> Investors => Values<ClaimValue.Investor>(Field.Investor);

    /// <summary>As articles say and editors filed it.</summary>
    public IEnumerable<string> Sectors => Filed<ClaimValue.Sector>(Field.Sector).Select(sector => sector.Slug);

    public IEnumerable<string> Places => Filed<ClaimValue.Place>(Field.Place).Select(place => place.Name);

    public IEnumerable<ArticleId> Sources => Claims.Select(claim => claim.Source).Distinct();

    /// <summary>What editors filed it under, of merged deals too.</summary>
    public IEnumerable<Tag> Tags => _state.Tags.Concat(Absorbed.SelectMany(deal => deal.Tags));

    /// <summary>The deals that were merged into this one.</summary>
    public ImmutableArray<Deal> Absorbed => _state.Absorbed;

    /// <summary>The deal where its claims stand; null where it stands for itself.</summary>
    public Tie? MergedInto => _state.MergedInto;

    /// <summary>The deal that it is a part of.</summary>
    public PartTie? Whole => _state.Whole;

    public ImmutableArray<PartTie> Parts => _state.Parts;

    /// <summary>The aggregate that sums it up.</summary>
    public Tie? CoveredBy => _state.CoveredBy;

    /// <summary>The deals that it sums up.</summary>
    public ImmutableArray<Tie> Covers => _state.Covers;

    /// <summary>The deals that it was found to be another one than, and those that the deals merged into it were.</summary>
    public ImmutableArray<Tie> Distinct => Absorbed.IsEmpty ? _state.Distinct : [.. _state.Distinct.Concat(Absorbed.SelectMany(deal => deal.Distinct)).DistinctBy(other => other.Deal)];

    public Ruling? Retracted => _state.Retracted;

    /// <summary>Whether it is in lists and totals: neither retracted nor merged into another one.</summary>
    public bool IsListed => Retracted is null && MergedInto is null;

    /// <summary>Whether it is counted as a deal of its own: listed, and no sum over deals that are counted themselves.</summary>
    public bool IsSingle => IsListed && Parts.IsEmpty && Covers.IsEmpty && Kind is not (null or DealKind.Aggregate);

    /// <summary>Whether the sum counts as money raised by the company: it is a deal of its own, and was pledged, announced or closed.</summary>
    public bool Counts => IsSingle && Status?.IsRaised() == true;

    public IEnumerable<Field> Contested =>
        _slots.Where(slot => slot.IsContested).Select(slot => slot.Slot.Field).Distinct();

    /// <summary>Whether it says whose deal it is, what sort, and how far it has come, by what was recorded of itself alone.</summary>
    internal bool IsComplete => Absorbed.IsEmpty ? Company is not null && Kind is not null && Status is not null : new Deal(_state with { Absorbed = [] }).IsComplete;

    public static Deal Unknown(DealId id) => new(new DealState(id));

    /// <summary>The deal after one more event. Never fails on an event that was once recorded.</summary>
    public Deal Evolve(DealEvent happened, Cause cause) => new(_state.Evolve(happened, cause), this);

    /// <summary>The current claim about a field of one value; null where nothing stands.</summary>
    public RecordedClaim? Claim(Field field) => Current(new Slot(field, ""));

    public RecordedClaim? Current(Slot slot) => Choice(slot)?.Claim;

    /// <summary>The current claim of a slot, and why it is; null where nothing stands.</summary>
    public Choice? Choice(Slot slot)
    {
        foreach (var held in _slots)
        {
            if (held.Slot == slot)
                return held.Choice;
        }
        return null;
    }

    /// <summary>What every slot goes by, in the order in which the slots were first claimed; slots of which nothing stands are left out.</summary>
    public IEnumerable<KeyValuePair<Slot, Choice>> Choices()
    {
        foreach (var held in _slots)
        {
            if (held.Choice is { } choice)
                yield return KeyValuePair.Create(held.Slot, choice);
        }
    }

    /// <summary>The current claim of every slot.</summary>
    public IEnumerable<KeyValuePair<Slot, RecordedClaim>> CurrentClaims() =>
        Choices().Select(slot => KeyValuePair.Create(slot.Key, slot.Value.Claim));

    /// <summary>The current claims of two states of a deal, without slots that one event after the other has left alone.</summary>
    internal static (List<KeyValuePair<Slot, RecordedClaim>> Before, List<KeyValuePair<Slot, RecordedClaim>> After) Changed(Deal before, Deal after)
    {
        var (was, current) = (new List<KeyValuePair<Slot, RecordedClaim>>(), new List<KeyValuePair<Slot, RecordedClaim>>());
        for (var i = 0; i < Math.Max(before._slots.Length, after._slots.Length); i++)
        {
            var (one, other) = (i < before._slots.Length ? before._slots[i] : null, i < after._slots.Length ? after._slots[i] : null);
            if (ReferenceEquals(one, other))
                continue;
            if (one?.Choice is { } old)
                was.Add(KeyValuePair.Create(one.Slot, old.Claim));
            if (other?.Choice is { } now)
                current.Add(KeyValuePair.Create(other.Slot, now.Claim));
        }
        return (was, current);
    }

    public IEnumerable<RecordedClaim> CurrentClaims(Field field)
    {
        foreach (var held in _slots)
        {
            if (held.Slot.Field == field && held.Choice is { } choice)
                yield return choice.Claim;
        }
    }

    public TValue? Value<TValue>(Field field) where TValue : ClaimValue => Claim(field)?.Claim.Value as TValue;

    public IEnumerable<TValue> Values<TValue>(Field field) where TValue : ClaimValue =>
        CurrentClaims(field).Select(claim => claim.Claim.Value).OfType<TValue>();

    /// <summary>The claim with this id; null where there is none.</summary>
    public RecordedClaim? Find(ClaimId id) => Claims.FirstOrDefault(claim => claim.Claim.Id == id);

    /// <summary>The deal that this one is made of which holds the claim, itself or one merged into it; null where none does.</summary>
    internal Deal? Holder(ClaimId id) => _state.Claims.Any(claim => claim.Claim.Id == id) ? this : Absorbed.Select(deal => deal.Holder(id)).FirstOrDefault(deal => deal is not null);

    /// <summary>Itself and every deal merged into it, and into these.</summary>
    public IEnumerable<Deal> WithAbsorbed() => Absorbed.SelectMany(deal => deal.WithAbsorbed()).Prepend(this);

    /// <summary>The event of a deal that this one is made of, as it is told of this one.</summary>
    internal DealEvent Told(DealId of, DealEvent happened)
    {
        if (of == Id)
            return happened;
        var through = Absorbed.First(deal => deal.WithAbsorbed().Any(inner => inner.Id == of));
        return new DealEvent.DealEchoed(through.Id, through.Told(of, happened), null);
    }

    /// <summary>The deal as it would be, had some claims never been made.</summary>
    internal Deal Without(Func<RecordedClaim, bool> claims) => new(_state with
    {
        Claims = _state.Claims.RemoveAll(claim => claims(claim)),
        Absorbed = [.. Absorbed.Select(deal => deal.Without(claims))],
    });

    internal bool Withdrew(ClaimId id) => _state.Claims.Any(claim => claim.Claim.Id == id && claim.Withdrawn is not null);

    /// <summary>
    /// The deal as one of the parties that the named ones are known to be by now: sides that turn out to be the same one do not
    /// contradict each other.
    /// </summary>
    public Deal Following(Func<PartyId, PartyId> root)
    {
        if (_state.Claims.All(claim => ReferenceEquals(claim.Following(root), claim)) && Absorbed.All(deal => ReferenceEquals(deal.Following(root), deal)))
            return this;
        return new(_state with { Claims = [.. _state.Claims.Select(claim => claim.Following(root))], Absorbed = [.. Absorbed.Select(deal => deal.Following(root))] });
    }

    /// <summary>Whether it was found to be another one itself, and not only a deal that was merged into it.</summary>
    internal bool IsDistinctFrom(DealId other) => _state.Distinct.Any(distinct => distinct.Deal == other);

    internal bool HasTag(ClaimValue tag) => _state.Tags.Any(held => held.Value == tag);

    internal int? RankOf(ArticleId article) => _state.Ranks.TryGetValue(article, out var rank) ? rank : null;

    private IEnumerable<TValue> Filed<TValue>(Field field) where TValue : ClaimValue =>
        Values<TValue>(field).Concat(Tags.Select(tag => tag.Value).OfType<TValue>()).Distinct();

    /// <summary>Own claims and those of merged deals, in the order in which they were recorded, each once.</summary>
    private static ImmutableArray<RecordedClaim> Gathered(DealState state)
    {
        var own = state.Ranks.IsEmpty ? state.Claims
            : [.. state.Claims.Select(claim => state.Ranks.TryGetValue(claim.Source, out var rank) ? claim with { Rank = rank } : claim)];
        return state.Absorbed.IsEmpty ? own
            :
            [
                .. own.Concat(state.Absorbed.SelectMany(deal => deal.Claims.Select(claim => claim with { Of = claim.Of ?? deal.Id })))
                    .DistinctBy(claim => claim.Claim.Id).OrderBy(claim => claim.Cause.Position),
            ];
    }
}
