using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Deals;

/// <summary>
/// A deal as its events tell it: every claim ever made about it. Its fields are not stored but resolved from the claims,
/// so that whoever asks can be shown why a field says what it says.
/// </summary>
public sealed class Deal
{
    private readonly ImmutableArray<KeyValuePair<Slot, IReadOnlyList<RecordedClaim>>> _slots;

    public Deal(DealId id, Cause? last, ImmutableArray<RecordedClaim> claims)
    {
        Id = id;
        Last = last;
        Claims = claims;
        _slots = Resolution.BySlot(claims);
    }

    public DealId Id { get; }

    /// <summary>The last event of the deal; null while nothing is known of it.</summary>
    public Cause? Last { get; }

    /// <summary>In the order in which they were recorded.</summary>
    public ImmutableArray<RecordedClaim> Claims { get; }

    public bool IsKnown => Last is not null;

    public long Version => Last?.Version ?? 0;

    public PartyId? Company => Value<ClaimValue.Company>(Field.Company)?.Party;

    public DealKind? Kind => Value<ClaimValue.Kind>(Field.Kind)?.Value;

    public DealStatus? Status => Value<ClaimValue.Status>(Field.Status)?.Value;

    public Amount Amount => Value<ClaimValue.Raised>(Field.Amount)?.Amount ?? Amount.Undisclosed;

    public IEnumerable<ClaimValue.Investor> Investors => Values<ClaimValue.Investor>(Field.Investor);

    public IEnumerable<ArticleId> Sources => Claims.Select(claim => claim.Source).Distinct();

    /// <summary>
    /// Whether the sum counts as money raised by the company: it was pledged, announced or closed, and is not a sum over
    /// rounds that are counted themselves.
    /// </summary>
    public bool Counts => Kind is not (null or DealKind.Aggregate)
        && Status is DealStatus.Pledged or DealStatus.Announced or DealStatus.Closed;

    public IEnumerable<Field> Contested =>
        _slots.Where(slot => Resolution.Contested(slot.Value)).Select(slot => slot.Key.Field).Distinct();

    public static Deal Unknown(DealId id) => new(id, null, []);

    /// <summary>The deal after one more event. Never fails on an event that was once recorded.</summary>
    public Deal Evolve(DealEvent happened, Cause cause) => happened switch
    {
        DealEvent.DealAnnounced e => new(Id, cause, Add(e.Source, e.Claims, cause)),
        DealEvent.DealCorroborated e => new(Id, cause, Add(e.Source, e.Claims, cause)),
        _ => throw new InvalidOperationException($"A deal knows no event {happened.GetType().Name}."),
    };

    /// <summary>The current claim about a field of one value; null where nothing is claimed.</summary>
    public RecordedClaim? Claim(Field field) => Current(new Slot(field, ""));

    public RecordedClaim? Current(Slot slot)
    {
        foreach (var (key, claims) in _slots)
        {
            if (key == slot)
                return Resolution.Current(claims);
        }
        return null;
    }

    /// <summary>The current claim of every slot, in the order in which the slots were first claimed.</summary>
    public IEnumerable<KeyValuePair<Slot, RecordedClaim>> CurrentClaims() =>
        _slots.Select(slot => KeyValuePair.Create(slot.Key, Resolution.Current(slot.Value)));

    public IEnumerable<RecordedClaim> CurrentClaims(Field field) =>
        CurrentClaims().Where(slot => slot.Key.Field == field).Select(slot => slot.Value);

    public TValue? Value<TValue>(Field field) where TValue : ClaimValue => Claim(field)?.Claim.Value as TValue;

    public IEnumerable<TValue> Values<TValue>(Field field) where TValue : ClaimValue =>
        CurrentClaims(field).Select(claim => claim.Claim.Value).OfType<TValue>();

    private ImmutableArray<RecordedClaim> Add(ArticleId source, ImmutableArray<Claim> claims, Cause cause) =>
        Claims.AddRange(claims.Select(claim => new RecordedClaim(claim, source, cause)));
}
