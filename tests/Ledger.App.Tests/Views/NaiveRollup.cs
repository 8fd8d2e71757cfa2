using System.Globalization;
using System.Text;
using Ledger.App.Log;
using Ledger.App.Views.Parties;
using Ledger.App.Views.Rollups;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Rates;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Tests.Views;

/// <summary>A rollup made the long way: every deal folded from its events, and looped over.</summary>
internal sealed class NaiveRollup
{
    private readonly Merges _merges;
    private readonly ILookup<string, string> _kinds;
    private readonly List<ReferenceRates> _rates;

    private NaiveRollup(List<Deal> deals, List<Party> parties, List<Party> merged, List<ReferenceRates> rates)
    {
        (Deals, _rates) = (deals, rates);
        _merges = new Merges(merged.Where(party => party.MergedInto is not null).ToDictionary(party => party.Id.Value, party => party.MergedInto!.Party.Value));
        _kinds = parties.SelectMany(party => party.Values<ClaimValue.InvestorKind>(), (party, kind) => (Root: _merges.Root(party.Id.Value), kind.Slug)).Distinct().ToLookup(one => one.Root, one => one.Slug);
    }

    public List<Deal> Deals { get; }

    public string Root(PartyId id) => _merges.Root(id.Value);

    /// <summary>What was recorded up to a position.</summary>
    /// <param name="log">The record.</param>
    /// <param name="position">The last one that counts.</param>
    /// <param name="effective">The last day that counts; null for all.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="mergesAt">Which parties are the same is as of this position; null for the other one.</param>
    public static async Task<NaiveRollup> At(EventLog log, long position, DateOnly? effective, CancellationToken cancel, long? mergesAt = null)
    {
        var deals = await log.Fold(RecordStreams.Deals, [.. RollupHistory.Deals.Select(StoredEvents.StreamOf)], position, cancel);
        if (effective is { } day)
            deals = [.. deals.Where(deal => Announced(deal).To <= day).Select(deal => deal.Until(day)).Where(deal => deal.Status is not null)];
        var days = Enumerable.Range(0, 70).Select(n => StoredEvents.StreamOfRates("ECB", new DateOnly(2020, 4, 1).AddDays(n)));
        string[] parties = [.. RollupHistory.Parties.Select(StoredEvents.StreamOf)];
        return new NaiveRollup(deals, await log.Fold(RecordStreams.Parties, parties, position, cancel), await log.Fold(RecordStreams.Parties, parties, mergesAt ?? position, cancel), await log.Fold(RecordStreams.Rates, [.. days], position, cancel));
    }

    /// <summary>The cells, a line each.</summary>
    public string Tell(IReadOnlyList<RollupDimension> by, RollupWhere where, DollarsBy dollars)
    {
        var counted = Deals.Where(deal => Counts(deal, by.Contains(RollupDimension.Status), where)).ToList();
        var lines = counted.SelectMany(deal => Combinations(deal, by, where), (deal, of) => (Deal: deal, Of: of))
            .GroupBy(one => string.Join('|', one.Of.Select(value => value ?? "-")))
            .Select(cell => Line(cell.Key, [.. cell.Select(one => one.Deal)], dollars)).Order(StringComparer.Ordinal).ToList();
        if (by.Count == 0 && lines.Count == 0)
            lines.Add(Line("", [], dollars));
        return string.Join('\n', lines) + $"\n{counted.Count} in all";
    }

    public static string Tell(Rollup rollup) => string.Join('\n', rollup.Items.Select(cell => Line(string.Join('|', rollup.By.Zip(cell.Of.Values, (dimension, value) => value is null ? "-" : Called(dimension, value))), cell.Deals, cell.Undisclosed, cell.Money, cell.Usd)).Order(StringComparer.Ordinal))
        + $"\n{rollup.Total.Deals} in all";

    /// <summary>Investors with deals, deals led and new companies.</summary>
    public string League(RollupWhere where)
    {
        var raised = Deals.Where(deal => deal.IsSingle && (deal.Status!.Value.IsRaised() || Written(deal.Status) == where[RollupDimension.Status])).Select(deal => deal.Following(_merges.Root)).ToList();
        var held = raised.SelectMany(deal => deal.Investors.Where(one => one.Party is not null && one.Role != InvestorRole.Backer), (deal, one) => (Deal: deal, Company: Root(deal.Company!.Value), Who: one.Party!.Value.Value, one.Role, one.Existing)).ToList();
        var lines = held.Where(one => Counts(one.Deal, false, where)).GroupBy(one => one.Who).Select(mine =>
        {
            var isNew = mine.Where(one => !one.Existing && IsFirst(one.Deal, [.. held.Where(other => other.Who == one.Who && other.Company == one.Company).Select(other => other.Deal)])).Select(one => one.Company).Distinct().Count();
            return $"{mine.Key} {mine.Count()} {mine.Count(one => one.Role == InvestorRole.Lead)} {isNew}";
        });
        return string.Join('\n', lines.Order(StringComparer.Ordinal));

        static bool IsFirst(Deal deal, IReadOnlyCollection<Deal> all) => Announced(deal).From is { } from ? all.All(other => !(Announced(other).From < from)) : all.Count == 1;
    }

    private bool Counts(Deal deal, bool ofAnyStatus, RollupWhere where) => deal.IsSingle
        && (ofAnyStatus || where[RollupDimension.Status] is not null || deal.Status!.Value.IsRaised())
        && where.Given.All(one => one.Key switch
        {
            "company" => Root(deal.Company!.Value) == _merges.Root(one.Value),
            "investor" => deal.Investors.Any(held => held.Party is { } party && Root(party) == _merges.Root(one.Value)),
            "amountFrom" => deal.Amount is var amount && amount.IsDisclosed && (amount.High is null || amount.High > decimal.Parse(one.Value) || amount.High == decimal.Parse(one.Value) && amount.Qualifier != AmountQualifier.OrderOfMagnitude),
            "announcedFrom" => Announced(deal).To >= When.Parse("date", one.Value).From,
            _ => Values(deal, Dimension(one.Key)).Any(value => (value ?? "none") == Called(Dimension(one.Key), one.Value)),
        });

    /// <summary>Each combination of the deal's values, of which those are left out that a condition leaves out.</summary>
    private IEnumerable<string?[]> Combinations(Deal deal, IReadOnlyList<RollupDimension> by, RollupWhere where) => by.Aggregate(
        (IEnumerable<string?[]>)[[]],
        (all, dimension) => all.SelectMany(_ => Values(deal, dimension).Where(value => where[dimension] is not { } only || (value ?? "none") == Called(dimension, only)), (before, value) => (string?[])[.. before, value]));

    private IReadOnlyList<string?> Values(Deal deal, RollupDimension dimension)
    {
        var round = deal.Value<ClaimValue.Round>(Field.Round);
        return dimension switch
        {
            RollupDimension.Month or RollupDimension.Quarter or RollupDimension.Year => [RollupPeriod.Of(dimension, Announced(deal))],
            RollupDimension.Sector => Several(deal.Sectors),
            RollupDimension.Place => Several(deal.Places.Select(NameKey.Of).Distinct()),
            RollupDimension.InvestorKind => Several(deal.Investors.Where(one => one.Party is not null).SelectMany(one => _kinds[Root(one.Party!.Value)]).Distinct()),
            RollupDimension.Series => [round?.Series],
            RollupDimension.Instrument => [Written(round?.Instrument)],
            RollupDimension.Status => [Written(deal.Status)],
            _ => [deal.Amount.Currency?.Code],
        };

        static IReadOnlyList<string?> Several(IEnumerable<string> values) => values.Any() ? [.. values] : [null];
    }

    /// <summary>However a place is spelt.</summary>
    private static string Called(RollupDimension dimension, string value) => dimension == RollupDimension.Place ? NameKey.Of(value) : value;

    private string Line(string of, List<Deal> deals, DollarsBy dollars)
    {
        var money = deals.Where(deal => deal.Amount.Currency is not null).GroupBy(deal => deal.Amount.Currency!.Value.Code).OrderBy(one => one.Key, StringComparer.Ordinal).Select(one =>
        {
            var (low, high) = (one.Select(deal => deal.Amount.Low).OfType<decimal>().ToList(), one.Select(deal => deal.Amount.High).OfType<decimal>().ToList());
            return new RollupMoney(one.Key, one.Count(), low.Sum(), high.Count == one.Count() ? high.Sum() : null, MedianLow(one.Select(deal => deal.Amount.Low)), MedianHigh(one.Select(deal => deal.Amount.High)));
        }).ToList();
        var inDollars = deals.Select(deal => Dollars(deal, dollars)).Where(one => one is not null).Select(one => one!.Value).ToList();
        var (lows, highs) = (inDollars.Select(one => one.Low).OfType<decimal>().ToList(), inDollars.Select(one => one.High).OfType<decimal>().ToList());
        var rates = inDollars.Select(one => one.Rate).OfType<DollarRate>().ToList();
        return Line(of, deals.Count, deals.Count(deal => !deal.Amount.IsDisclosed), money, inDollars.Count == 0 ? null
            : new RollupDollars(inDollars.Count, inDollars.Count(one => one.Rate is null), lows.Sum(), highs.Count == inDollars.Count ? highs.Sum() : null, MedianLow(inDollars.Select(one => one.Low)), MedianHigh(inDollars.Select(one => one.High)),
                rates.Count == 0 ? null : new RollupRates("ECB", rates.Min(rate => rate.From), rates.Max(rate => rate.To))));
    }

    private static string Line(string of, long deals, long undisclosed, IReadOnlyList<RollupMoney> money, RollupDollars? usd)
    {
        var text = new StringBuilder($"{of}: {deals}, {undisclosed} undisclosed");
        foreach (var one in money)
            text.Append($"; {one.Currency} {one.Deals} {Plain(one.Low)}..{Plain(one.High)} median {Plain(one.MedianLow)}..{Plain(one.MedianHigh)}");
        if (usd is not null)
            text.Append($"; dollars {usd.Deals} {usd.Reported} {Plain(usd.Low)}..{Plain(usd.High)} median {Plain(usd.MedianLow)}..{Plain(usd.MedianHigh)} {usd.Rates}");
        return text.ToString();
    }

    private (decimal? Low, decimal? High, DollarRate? Rate)? Dollars(Deal deal, DollarsBy dollars)
    {
        if (deal.Amount.Currency == Currency.Usd)
            return (deal.Amount.Low, deal.Amount.High, null);
        if (deal.Value<ClaimValue.UsdAsReported>(Field.UsdAsReported)?.Amount is { } usd)
            return (usd.Low, usd.High, null);
        if (dollars == DollarsBy.Reported || deal.Amount.Currency is not { } currency || Rate(currency, Announced(deal)) is not { } rate)
            return null;
        var (low, high) = rate.Dollars(deal.Amount.Low, deal.Amount.High);
        return (low, high, rate);
    }

    private DollarRate? Rate(Currency currency, When when)
    {
        if (DollarRate.Days(when) is not var (from, to))
            return null;
        var known = _rates.Select(rates => (rates.Day, Rate: (currency == Currency.Eur ? 1m : rates.PerEuro.GetValueOrDefault(currency.Code)) / rates.PerEuro["USD"])).OrderBy(one => one.Day).ToList();
        var used = from == to ? known.Where(one => one.Day <= to && one.Day >= from.AddDays(-DollarRate.DaysBackMax)).TakeLast(1).ToList() : known.Where(one => one.Day >= from && one.Day <= to).ToList();
        return used.Count == 0 ? null : new DollarRate(currency, DollarRate.Rounded(used.Min(one => one.Rate)), DollarRate.Rounded(used.Max(one => one.Rate)), used[0].Day, used[^1].Day, "ECB");
    }

    private static decimal? MedianLow(IEnumerable<decimal?> bounds) => Middle([.. bounds.Select(bound => bound ?? 0).Order().Select(bound => (decimal?)bound)]);

    /// <summary>What has no bound is more than all that has one; what is halfway to it has none, either.</summary>
    private static decimal? MedianHigh(IEnumerable<decimal?> bounds) => Middle([.. bounds.OrderBy(bound => bound is null).ThenBy(bound => bound)]);

    private static decimal? Middle(decimal?[] ordered) => (ordered[(ordered.Length - 1) / 2] + ordered[ordered.Length / 2]) / 2;

    private static When Announced(Deal deal) => deal.Value<ClaimValue.Announced>(Field.Announced)?.When ?? When.Unknown;

    private static RollupDimension Dimension(string name) => Enum.GetValues<RollupDimension>().Single(dimension => dimension.Name() == name);

    private static string? Written<T>(T? value) where T : struct, Enum => value is { } one ? App.Views.Written.Name(one) : null;

    private static string Plain(decimal? figure) => figure?.ToString("0.##########", CultureInfo.InvariantCulture) ?? "-";
}
