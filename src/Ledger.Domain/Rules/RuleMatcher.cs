using System.Collections.Frozen;
using Ledger.Domain.Claims;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;

namespace Ledger.Domain.Rules;

/// <summary>A rule made ready for a day, and for which parties are one: what depends on nothing else is worked out once.</summary>
public sealed class RuleMatcher
{
    private const string Lead = "lead";
    private const string Backer = "backer";
    private const string Pledged = "pledged";

    private readonly DateOnly _day;
    private readonly Func<PartyId, PartyId> _root;
    private readonly OfParties? _party;
    private readonly Func<DealFacts, bool>? _deal;
    private bool _looksThrough;
    private bool _asksTheirTraits;

    /// <param name="rule">The rule.</param>
    /// <param name="day">UTC.</param>
    /// <param name="root">The party that one is known to be.</param>
    /// <param name="counted">Where what the rule counts is counted together with what others do; null where it counts alone.</param>
    public RuleMatcher(Rule rule, DateOnly day, Func<PartyId, PartyId> root, CountedDeals? counted = null)
    {
        (_day, _root, Counted) = (day, root, counted ?? new CountedDeals());
        if (rule.Over == Subject.Deals)
        {
            var matches = rule.Where is null ? (_, _) => true : OfDeal(rule.Where, Scope.Deal);
            _deal = deal => matches(deal, default);
        }
        else
        {
            _party = rule.Where is null ? new OfParties(_ => true) : OfParty(rule.Where, RuleFields.ScopeOf(rule.Over));
        }
    }

    /// <summary>Whether a party's deals need only be counted: see <see cref="PartyFacts.Counts"/>.</summary>
    public bool OnlyCounts => !_looksThrough && _party is not null;

    /// <summary>Whether, beyond that, what is counted follows from deals alone, and not from what others of their parties are themselves.</summary>
    public bool CountsDealsAlone => OnlyCounts && !_asksTheirTraits;

    /// <summary>By what a party's deals are counted.</summary>
    public CountedDeals Counted { get; }

    /// <summary>A party of whose deals none of these conditions holds so often is not chosen. Empty where that cannot be said.</summary>
    public IReadOnlyList<(int Number, int AtLeast)> Needed => _party?.Needed ?? [];

    /// <summary>Whether a rule over companies or investors chooses one.</summary>
    public bool Matches(PartyFacts party) => _party is null ? throw new InvalidOperationException("The rule is over deals.") : _party.Holds(party);

    /// <summary>Whether a rule over deals chooses one.</summary>
    public bool Matches(DealFacts deal) => _deal is null ? throw new InvalidOperationException("The rule is not over deals.") : _deal(deal);

    private OfParties OfParty(Condition condition, Scope scope)
    {
        switch (condition)
        {
            case Condition.All c:
                return All([.. c.Conditions.Select(one => OfParty(one, scope))]);
            case Condition.Any c:
                return Any([.. c.Conditions.Select(one => OfParty(one, scope))]);
            case Condition.Not c:
                var not = OfParty(c.Condition, scope).Holds;
                return new OfParties(party => !not(party));
            case Condition.Has { Of: Related.Deal } c:
                return Deals(c.AtLeast, c.Condition, RuleFields.Inside(scope, c.Of)!.Value);
            case Condition.Has c:
                return new OfParties(Others(c, scope));
            case Condition.RaisedWithin c:
                var (from, to) = (c.Span.Before(_day), _day);
                return Deals(1, condition, scope, (deal, _) => deal.Counts && deal.Announced is { } when && when.To >= from && when.From <= to);
            case Condition.Is { Field: RuleField.Id or RuleField.Kind } or Condition.Affiliated:
                var itself = OfTraits(condition);
                return new OfParties(party => itself(party.Party, ""));
            case Condition.Is { Field: RuleField.Sector or RuleField.Place }:
                var (own, theirs) = (OfTraits(condition), Deals(1, condition, Scope.Deal).Holds);
                return new OfParties(party => own(party.Party, "") || theirs(party));
            case Condition.Is { Field: RuleField.Investor or RuleField.Company } c:
                var (backs, invests) = (Roots(c), Deals(1, condition, Scope.Deal).Holds);
                return new OfParties(party => Some(party.Others, other => backs.Contains(other.Id)) || invests(party));
            default:
                return Deals(1, condition, Scope.Deal);
        }
    }

    /// <summary>So many investors of a company, or companies of an investor.</summary>
    private Func<PartyFacts, bool> Others(Condition.Has c, Scope scope)
    {
        if (RuleFields.Inside(scope, c.Of) is null)
            throw new InvalidOperationException($"There is no {c.Of} of a {scope}.");
        _looksThrough = true;
        var matches = OfTraits(c.Condition);
        // One party may be there several times, in several roles; it counts once.
        return scope == Scope.Company
            ? party => AtLeast(c.AtLeast, party.Deals.SelectMany(deal => deal.Investors).Concat(party.Others.Select(other => new HolderFact(other, Backer))), matches)
            : party => AtLeast(c.AtLeast, party.Deals.Select(deal => new HolderFact(deal.Company, "")).Concat(party.Others.Select(other => new HolderFact(other, ""))), matches);
    }

    /// <summary>So many deals fulfil a condition.</summary>
    private OfParties Deals(int atLeast, Condition condition, Scope scope, Func<DealFacts, PartyId, bool>? asked = null)
    {
        var matches = asked ?? OfDeal(condition, scope);
        var number = Counted.Number(scope, condition, matches, _root);
        return new OfParties(party => party.Counts is { } counts ? counts[number] >= atLeast : HasSoMany(party.Deals, party.Party.Id, atLeast, matches), [(number, atLeast)]);
    }

    /// <summary>Told of an investor's deal whose it is, since the investor has a role there.</summary>
    private Func<DealFacts, PartyId, bool> OfDeal(Condition condition, Scope scope)
    {
        switch (condition)
        {
            case Condition.All c:
                var all = c.Conditions.Select(one => OfDeal(one, scope)).ToArray();
                return (deal, of) => Array.TrueForAll(all, one => one(deal, of));
            case Condition.Any c:
                var any = c.Conditions.Select(one => OfDeal(one, scope)).ToArray();
                return (deal, of) => Array.Exists(any, one => one(deal, of));
            case Condition.Not c:
                var not = OfDeal(c.Condition, scope);
                return (deal, of) => !not(deal, of);
            case Condition.Has { Of: Related.Investor } c:
                var investor = OfTheirTraits(c.Condition, Scope.Holder);
                return (deal, _) => AtLeast(c.AtLeast, deal.Investors, investor);
            case Condition.Has c:
                var company = OfTheirTraits(c.Condition, Scope.Holding);
                return (deal, _) => c.AtLeast == 1 && company(deal.Company, "");
            case Condition.Is c:
                return FieldOfDeal(c);
            case Condition.Sum c:
                return (deal, _) => SumOf(deal, c) is { } sum && sum.CanBe(c.By, c.Figure);
            case Condition.Announced c:
                return Announced(c);
            case Condition.AnnouncedWithin c:
                var (from, to) = (c.Span.Before(_day), _day);
                return (deal, _) => deal.Announced is { } when && when.To >= from && when.From <= to;
            case Condition.PledgedFor c:
                var latest = c.Span.Before(_day);
                return (deal, _) => deal.Status == Pledged && deal.StatusSince <= latest;
            case Condition.Contested c:
                var field = c.Field is { } known ? RuleFields.Name(known) : null;
                return (deal, _) => field is null ? deal.Contested.Count > 0 : deal.Contested.Contains(field);
            default:
                throw new InvalidOperationException($"A deal cannot be asked {condition.GetType().Name}.");
        }
    }

    private Func<DealFacts, PartyId, bool> FieldOfDeal(Condition.Is c)
    {
        if (c.Field is RuleField.Company or RuleField.Investor or RuleField.Lead)
        {
            var parties = Roots(c);
            return c.Field switch
            {
                RuleField.Company => (deal, _) => parties.Contains(deal.Company.Id),
                RuleField.Lead => (deal, _) => Some(deal.Investors, investor => investor.Role == Lead && parties.Contains(investor.Party.Id)),
                _ => (deal, _) => Some(deal.Investors, investor => parties.Contains(investor.Party.Id)),
            };
        }
        var values = Values(c);
        return c.Field switch
        {
            RuleField.Id => (deal, _) => values.Contains(deal.Id.Value),
            RuleField.DealKind => (deal, _) => values.Contains(deal.Kind),
            RuleField.Sector => (deal, _) => Some(deal.Sectors, values.Contains),
            RuleField.Place => (deal, _) => Some(deal.Places, values.Contains),
            RuleField.Series => (deal, _) => deal.Series is { } series && values.Contains(series),
            RuleField.Instrument => (deal, _) => deal.Instrument is { } instrument && values.Contains(instrument),
            RuleField.Status => (deal, _) => values.Contains(deal.Status),
            RuleField.Role => (deal, of) => Some(deal.Investors, investor => investor.Party.Id == of && values.Contains(investor.Role)),
            _ => throw new InvalidOperationException($"A deal has no {c.Field}."),
        };
    }

    private static Func<DealFacts, PartyId, bool> Announced(Condition.Announced c)
    {
        var (first, last) = (c.When.From!.Value, c.When.To!.Value);
        return c.By switch
        {
            Comparison.Less => (deal, _) => deal.Announced is { } when && when.From < first,
            Comparison.AtMost => (deal, _) => deal.Announced is { } when && when.From <= last,
            Comparison.More => (deal, _) => deal.Announced is { } when && when.To > last,
            Comparison.AtLeast => (deal, _) => deal.Announced is { } when && when.To >= first,
            _ => (deal, _) => deal.Announced is { } when && when.From <= last && when.To >= first,
        };
    }

    private Func<PartyTraits, string, bool> OfTheirTraits(Condition condition, Scope scope)
    {
        _asksTheirTraits |= RuleNeeds.Of(condition, scope).Traits;
        return OfTraits(condition);
    }

    /// <summary>What a party is itself, and in which role it is looked at.</summary>
    private Func<PartyTraits, string, bool> OfTraits(Condition condition)
    {
        switch (condition)
        {
            case Condition.All c:
                var all = c.Conditions.Select(OfTraits).ToArray();
                return (party, role) => Array.TrueForAll(all, one => one(party, role));
            case Condition.Any c:
                var any = c.Conditions.Select(OfTraits).ToArray();
                return (party, role) => Array.Exists(any, one => one(party, role));
            case Condition.Not c:
                var not = OfTraits(c.Condition);
                return (party, role) => !not(party, role);
            case Condition.Affiliated c:
                PartyId? with = c.With is { } named ? _root(named) : null;
                return (party, _) => Some(party.Affiliations, one => (c.As is null || c.As == one.Is) && (with is null || with == one.With));
            case Condition.Is { Field: RuleField.Id } c:
                var ids = Roots(c);
                return (party, _) => ids.Contains(party.Id);
            case Condition.Is c:
                var values = Values(c);
                return c.Field switch
                {
                    RuleField.Kind => (party, _) => Some(party.Kinds, values.Contains),
                    RuleField.Sector => (party, _) => Some(party.Sectors, values.Contains),
                    RuleField.Place => (party, _) => Some(party.Places, values.Contains),
                    RuleField.Role => (_, role) => values.Contains(role),
                    _ => throw new InvalidOperationException($"A party has no {c.Field}."),
                };
            default:
                throw new InvalidOperationException($"A party cannot be asked {condition.GetType().Name}.");
        }
    }

    private FrozenSet<PartyId> Roots(Condition.Is c) => c.Values.Select(value => _root(new PartyId(value))).ToFrozenSet();

    private static FrozenSet<string> Values(Condition.Is c) => (c.Field == RuleField.Place ? c.Values.Select(NameKey.Of) : c.Values).ToFrozenSet(StringComparer.Ordinal);

    private static SumFact? SumOf(DealFacts deal, Condition.Sum c) =>
        c.Field == SumField.Valuation ? deal.Valuation is { } valuation && valuation.Currency == c.Currency ? valuation : null
        : deal.Amount is { } amount && amount.Currency == c.Currency ? amount
        : c.Currency == Currency.Usd ? deal.Dollars : null;

    private static OfParties All(OfParties[] all) =>
        new(party => Array.TrueForAll(all, one => one.Holds(party)), all.Select(one => one.Needed).Where(needed => needed.Length > 0).MinBy(needed => needed.Length) ?? []);

    private static OfParties Any(OfParties[] any) =>
        new(party => Array.Exists(any, one => one.Holds(party)), Array.Exists(any, one => one.Needed.Length == 0) ? [] : [.. any.SelectMany(one => one.Needed).Distinct()]);

    private static bool AtLeast(int count, IEnumerable<HolderFact> holders, Func<PartyTraits, string, bool> matches) =>
        count == 1 ? holders.Any(one => matches(one.Party, one.Role)) : holders.Where(one => matches(one.Party, one.Role)).Select(one => one.Party.Id).Distinct().Take(count).Count() == count;

    private static bool HasSoMany(IReadOnlyList<DealFacts> deals, PartyId of, int atLeast, Func<DealFacts, PartyId, bool> matches)
    {
        for (var i = 0; i < deals.Count; i++)
        {
            if (matches(deals[i], of) && --atLeast == 0)
                return true;
        }
        return false;
    }

    private static bool Some<T>(IReadOnlyList<T> list, Func<T, bool> matches)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (matches(list[i]))
                return true;
        }
        return false;
    }

    /// <param name="holds">Whether it holds of a party.</param>
    /// <param name="needed">See <see cref="RuleMatcher.Needed"/>.</param>
    private sealed class OfParties(Func<PartyFacts, bool> holds, params (int Number, int AtLeast)[] needed)
    {
        public Func<PartyFacts, bool> Holds => holds;

        public (int Number, int AtLeast)[] Needed => needed;
    }
}
