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
    private readonly Func<PartyFacts, bool>? _party;
    private readonly Func<DealFacts, bool>? _deal;
    private readonly List<Func<DealFacts, PartyId, bool>> _counted = [];
    private bool _looksThrough;

    /// <param name="rule">The rule.</param>
    /// <param name="day">UTC.</param>
    /// <param name="root">The party that one is known to be.</param>
    public RuleMatcher(Rule rule, DateOnly day, Func<PartyId, PartyId> root)
    {
        (_day, _root) = (day, root);
        if (rule.Over == Subject.Deals)
        {
            var matches = rule.Where is null ? (_, _) => true : OfDeal(rule.Where, Scope.Deal);
            _deal = deal => matches(deal, default);
        }
        else
        {
            _party = rule.Where is null ? _ => true : OfParty(rule.Where, RuleFields.ScopeOf(rule.Over));
        }
    }

    /// <summary>Whether a party's deals need only be counted: see <see cref="PartyFacts.Counts"/>.</summary>
    public bool OnlyCounts => !_looksThrough && _party is not null;

    /// <summary>How many conditions are asked of the deals of a party.</summary>
    public int CountedMax => _counted.Count;

    /// <summary>Adds a party's deal to those that are counted, or takes it away.</summary>
    /// <param name="counts">By condition, of how many deals it holds.</param>
    /// <param name="deal">The deal.</param>
    /// <param name="of">The party.</param>
    /// <param name="by">1 or -1.</param>
    public void Count(int[] counts, DealFacts deal, PartyId of, int by)
    {
        for (var i = 0; i < counts.Length; i++)
        {
            if (_counted[i](deal, of))
                counts[i] += by;
        }
    }

    /// <summary>Whether a rule over companies or investors chooses one.</summary>
    public bool Matches(PartyFacts party) => _party is null ? throw new InvalidOperationException("The rule is over deals.") : _party(party);

    /// <summary>Whether a rule over deals chooses one.</summary>
    public bool Matches(DealFacts deal) => _deal is null ? throw new InvalidOperationException("The rule is not over deals.") : _deal(deal);

    private Func<PartyFacts, bool> OfParty(Condition condition, Scope scope)
    {
        switch (condition)
        {
            case Condition.All c:
                return All([.. c.Conditions.Select(one => OfParty(one, scope))]);
            case Condition.Any c:
                return Any([.. c.Conditions.Select(one => OfParty(one, scope))]);
            case Condition.Not c:
                var not = OfParty(c.Condition, scope);
                return party => !not(party);
            case Condition.Has c:
                return HasOfParty(c, scope);
            case Condition.RaisedWithin c:
                var (from, to) = (c.Span.Before(_day), _day);
                return Deals(1, (deal, _) => deal.Counts && deal.Announced is { } when && when.To >= from && when.From <= to);
            case Condition.Is { Field: RuleField.Id or RuleField.Kind } or Condition.Affiliated:
                var itself = OfTraits(condition);
                return party => itself(party.Party, "");
            case Condition.Is { Field: RuleField.Sector or RuleField.Place }:
                var (own, theirs) = (OfTraits(condition), Deals(1, OfDeal(condition, Scope.Deal)));
                return party => own(party.Party, "") || theirs(party);
            case Condition.Is { Field: RuleField.Investor or RuleField.Company } c:
                var (backs, invests) = (Roots(c), Deals(1, OfDeal(condition, Scope.Deal)));
                return party => Some(party.Others, other => backs.Contains(other.Id)) || invests(party);
            default:
                return Deals(1, OfDeal(condition, Scope.Deal));
        }
    }

    private Func<PartyFacts, bool> HasOfParty(Condition.Has c, Scope scope)
    {
        var inside = RuleFields.Inside(scope, c.Of) ?? throw new InvalidOperationException($"There is no {c.Of} of a {scope}.");
        if (c.Of == Related.Deal)
        {
            return Deals(c.AtLeast, OfDeal(c.Condition, inside));
        }
        _looksThrough = true;
        var matches = OfTraits(c.Condition);
        // One party may be there several times, in several roles; it counts once.
        return scope == Scope.Company
            ? party => AtLeast(c.AtLeast, party.Deals.SelectMany(deal => deal.Investors).Concat(party.Others.Select(other => new HolderFact(other, Backer))), matches)
            : party => AtLeast(c.AtLeast, party.Deals.Select(deal => new HolderFact(deal.Company, "")).Concat(party.Others.Select(other => new HolderFact(other, ""))), matches);
    }

    /// <summary>So many deals fulfil a condition.</summary>
    private Func<PartyFacts, bool> Deals(int atLeast, Func<DealFacts, PartyId, bool> matches)
    {
        var index = _counted.Count;
        _counted.Add(matches);
        return party => party.Counts is { } counts ? counts[index] >= atLeast
            : HasSoMany(party.Deals, party.Party.Id, atLeast, matches);
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
                var investor = OfTraits(c.Condition);
                return (deal, _) => AtLeast(c.AtLeast, deal.Investors, investor);
            case Condition.Has c:
                var company = OfTraits(c.Condition);
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

    private static Func<PartyFacts, bool> All(Func<PartyFacts, bool>[] all) => party => Array.TrueForAll(all, one => one(party));

    private static Func<PartyFacts, bool> Any(Func<PartyFacts, bool>[] any) => party => Array.Exists(any, one => one(party));

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
}
