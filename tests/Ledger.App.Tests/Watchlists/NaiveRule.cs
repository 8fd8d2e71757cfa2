using Ledger.App.Views;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Rates;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;

namespace Ledger.App.Tests.Watchlists;

/// <summary>Whom a rule chooses, told from the deals and parties themselves, one question at a time, as a person would.</summary>
internal sealed class NaiveRule
{
    private readonly WatchHistory _history;
    private readonly DateOnly _day;
    private readonly List<Deal> _deals;
    private readonly Dictionary<PartyId, Party> _parties;
    private readonly List<(PartyId Company, PartyId Investor)> _backed;

    public NaiveRule(WatchHistory history, DateOnly day)
    {
        (_history, _day) = (history, day);
        _deals = [.. history.Deals.Where(deal => deal.IsListed).Select(deal => deal.Following(history.Root))];
        _parties = history.Parties.Where(party => party.MergedInto is null)
            .ToDictionary(party => party.Id, party => party.With([.. history.Parties.Where(other => other != party && history.Root(other.Id) == party.Id)], history.Root));
        _backed = [.. history.Parties.SelectMany(party => party.Claims.Select(claim => claim.Claim.Value).OfType<ClaimValue.Backer>(), (party, backer) => (history.Root(party.Id), history.Root(backer.Party)))];
    }

    public IEnumerable<string> Chosen(Rule rule)
    {
        var companies = _deals.Select(deal => deal.Company!.Value).Concat(_backed.Select(pair => pair.Company));
        var investors = _deals.SelectMany(Investors).Select(held => held.Party!.Value).Concat(_backed.Select(pair => pair.Investor));
        return (rule.Over == Subject.Companies ? companies : investors).Distinct().Where(party => rule.Where is null || OfParty(rule.Where, party, rule.Over == Subject.Companies)).Select(party => party.Value).Order(StringComparer.Ordinal);
    }

    private bool OfParty(Condition condition, PartyId party, bool isCompany)
    {
        var deals = _deals.Where(deal => isCompany ? deal.Company == party : Investors(deal).Any(held => held.Party == party)).ToList();
        var others = isCompany ? _backed.Where(pair => pair.Company == party).Select(pair => pair.Investor) : _backed.Where(pair => pair.Investor == party).Select(pair => pair.Company);
        return condition switch
        {
            Condition.All c => c.Conditions.All(one => OfParty(one, party, isCompany)),
            Condition.Any c => c.Conditions.Any(one => OfParty(one, party, isCompany)),
            Condition.Not c => !OfParty(c.Condition, party, isCompany),
            Condition.Has { Of: Related.Deal } c => deals.Count(deal => OfDeal(c.Condition, deal, party)) >= c.AtLeast,
            Condition.Has { Of: Related.Investor } c => Count(deals.SelectMany(Investors).Select(held => (held.Party!.Value, (InvestorRole?)held.Role)).Concat(others.Select(other => (other, (InvestorRole?)InvestorRole.Backer))), c),
            Condition.Has c => Count(deals.Select(deal => (deal.Company!.Value, (InvestorRole?)null)).Concat(others.Select(other => (other, (InvestorRole?)null))), c),
            Condition.RaisedWithin c => deals.Exists(deal => deal.Counts && Within(deal, c.Span)),
            Condition.Affiliated => OfTraits(condition, party, null),
            Condition.Is { Field: RuleField.Id or RuleField.Kind } => OfTraits(condition, party, null),
            Condition.Is { Field: RuleField.Sector or RuleField.Place } => OfTraits(condition, party, null) || deals.Exists(deal => OfDeal(condition, deal, party)),
            Condition.Is { Field: RuleField.Investor or RuleField.Company } c => others.Any(other => Named(c, other)) || deals.Exists(deal => OfDeal(condition, deal, party)),
            _ => deals.Exists(deal => OfDeal(condition, deal, party)),
        };
    }

    private bool OfDeal(Condition condition, Deal deal, PartyId of) => condition switch
    {
        Condition.All c => c.Conditions.All(one => OfDeal(one, deal, of)),
        Condition.Any c => c.Conditions.Any(one => OfDeal(one, deal, of)),
        Condition.Not c => !OfDeal(c.Condition, deal, of),
        Condition.Has { Of: Related.Investor } c => Count(Investors(deal).Select(held => (held.Party!.Value, (InvestorRole?)held.Role)), c),
        Condition.Has c => c.AtLeast == 1 && OfTraits(c.Condition, deal.Company!.Value, null),
        Condition.Sum c => Sum(c, deal),
        Condition.Announced c => When(deal) is var (from, to) && c.By switch
        {
            Comparison.Less => from < c.When.From,
            Comparison.AtMost => from <= c.When.To,
            Comparison.More => to > c.When.To,
            Comparison.AtLeast => to >= c.When.From,
            _ => from <= c.When.To && to >= c.When.From,
        },
        Condition.AnnouncedWithin c => Within(deal, c.Span),
        Condition.PledgedFor c => deal.Status == DealStatus.Pledged && deal.StatusSince() <= c.Span.Before(_day),
        Condition.Contested c => c.Field is { } field ? deal.Contested.Contains(field) : deal.Contested.Any(),
        Condition.Is c => Field(c, deal, of),
        _ => throw new InvalidOperationException($"{condition}"),
    };

    private bool Field(Condition.Is c, Deal deal, PartyId of)
    {
        var round = deal.Value<ClaimValue.Round>(Domain.Claims.Field.Round);
        return c.Field switch
        {
            RuleField.Id => c.Values.Contains(deal.Id.Value),
            RuleField.DealKind => c.Values.Contains(Written.Name(deal.Kind!.Value)),
            RuleField.Sector => deal.Sectors.Any(c.Values.Contains),
            RuleField.Place => deal.Places.Any(place => c.Values.Any(value => NameKey.Of(value) == NameKey.Of(place))),
            RuleField.Company => Named(c, deal.Company!.Value),
            RuleField.Investor => Investors(deal).Any(held => Named(c, held.Party!.Value)),
            RuleField.Lead => Investors(deal).Any(held => held.Role == InvestorRole.Lead && Named(c, held.Party!.Value)),
            RuleField.Series => round?.Series is { } series && c.Values.Contains(series),
            RuleField.Instrument => round?.Instrument is { } instrument && c.Values.Contains(Written.Name(instrument)),
            RuleField.Status => c.Values.Contains(Written.Name(deal.Status!.Value)),
            _ => Investors(deal).Any(held => held.Party == of && c.Values.Contains(Written.Name(held.Role))),
        };
    }

    private bool OfTraits(Condition condition, PartyId id, InvestorRole? role)
    {
        var party = _parties[id];
        return condition switch
        {
            Condition.All c => c.Conditions.All(one => OfTraits(one, id, role)),
            Condition.Any c => c.Conditions.Any(one => OfTraits(one, id, role)),
            Condition.Not c => !OfTraits(c.Condition, id, role),
            Condition.Affiliated c => party.Affiliations.Any(one => (c.As is null || one.Value == c.As) && (c.With is null || one.With == _history.Root(c.With.Value))),
            Condition.Is { Field: RuleField.Id } c => Named(c, id),
            Condition.Is { Field: RuleField.Kind } c => party.Values<ClaimValue.InvestorKind>().Any(kind => c.Values.Contains(kind.Slug)),
            Condition.Is { Field: RuleField.Sector } c => party.Values<ClaimValue.Sector>().Any(sector => c.Values.Contains(sector.Slug)),
            Condition.Is { Field: RuleField.Place } c => party.Values<ClaimValue.Place>().Any(place => c.Values.Any(value => NameKey.Of(value) == NameKey.Of(place.Name))),
            Condition.Is { Field: RuleField.Role } c => role is { } known && c.Values.Contains(Written.Name(known)),
            _ => throw new InvalidOperationException($"{condition}"),
        };
    }

    private bool Count(IEnumerable<(PartyId Party, InvestorRole? Role)> parties, Condition.Has c) =>
        parties.Where(one => OfTraits(c.Condition, one.Party, one.Role)).Select(one => one.Party).Distinct().Count() >= c.AtLeast;

    private bool Named(Condition.Is c, PartyId party) => c.Values.Any(value => _history.Root(new PartyId(value)) == party);

    private static IEnumerable<ClaimValue.Investor> Investors(Deal deal) => deal.Investors.Where(held => held.Party is not null);

    private static (DateOnly, DateOnly)? When(Deal deal) => deal.Value<ClaimValue.Announced>(Domain.Claims.Field.Announced)?.When is { From: { } from, To: { } to } ? (from, to) : null;

    private bool Within(Deal deal, Span span) => When(deal) is var (from, to) && to >= span.Before(_day) && from <= _day;

    private bool Sum(Condition.Sum c, Deal deal)
    {
        if (c.Field == SumField.Valuation || deal.Amount.Currency is not { } currency)
            return false;
        var (low, high) = (deal.Amount.Low!.Value, deal.Amount.High!.Value);
        if (currency != c.Currency)
        {
            if (c.Currency != Currency.Usd || When(deal) is not var (from, to))
                return false;
            var rates = from == to ? _history.Yuan.Where(rate => rate.Key <= to && rate.Key >= from.AddDays(-DollarRate.DaysBackMax)).TakeLast(1) : _history.Yuan.Where(rate => rate.Key >= from && rate.Key <= to);
            if (!rates.Any())
                return false;
            (low, high) = (Math.Round(low / rates.Max(rate => rate.Value), 0, MidpointRounding.AwayFromZero), Math.Round(high / rates.Min(rate => rate.Value), 0, MidpointRounding.AwayFromZero));
        }
        return c.By switch
        {
            Comparison.Less => low < c.Figure,
            Comparison.AtMost => low <= c.Figure,
            Comparison.More => high > c.Figure,
            Comparison.AtLeast => high >= c.Figure,
            _ => low <= c.Figure && high >= c.Figure,
        };
    }
}
