using Ledger.App.Views.Companies;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Investors;
using Ledger.App.Views.Parties;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Views.Explain;

/// <summary>Finds the events, claims and quotes behind what views say.</summary>
public sealed class Explanations(Snapshot snapshot, PartyNames names, EventLog log)
{
    private static readonly Dictionary<string, string[]> Figures = new()
    {
        ["company"] = ["deals", "counted", "undisclosed", "totals", "latestValuation", "investors"],
        ["investor"] = ["deals", "led", "joined", "backed", "companies", "coInvestors"],
    };

    // What decides whether a deal counts, whose it is, and for how much.
    private static readonly string[] DecidesWhatCounts =
        ["company", "kind", "status", "amount", EventReasons.Retracted, EventReasons.MergedFrom, EventReasons.Parts, EventReasons.Covers];

    private readonly Reasons _reasons = new(snapshot, log);

    /// <param name="view">deal, company, investor or party.</param>
    /// <param name="key">An id; of a company, an investor or a party a name too.</param>
    /// <param name="field">A field (amount, investor/tencent, sectors), or a figure (totals/CNY, led); null for all.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InvalidValueException">There is no such view, or it has no such field.</exception>
    /// <exception cref="NotFoundException">There is no such row.</exception>
    public async Task<Explanation> Explain(string view, string key, string? field, CancellationToken cancel) => view switch
    {
        "deal" => await Row("deal", key, field, await _reasons.Of([await snapshot.Deal(key, cancel)], _ => null, cancel), cancel),
        "party" => await Party(await names.Find(key, cancel), field, cancel),
        "company" => await Company(await names.Find(key, cancel), field, cancel),
        "investor" => await Investor(await names.Find(key, cancel), field, cancel),
        _ => throw new InvalidValueException("view", $"'{view}' cannot be explained; deal, company, investor and party can"),
    };

    private async Task<Explanation> Party(Party party, string? field, CancellationToken cancel) =>
        await Row("party", party.Id.Value, field, await _reasons.Of(party, cancel), cancel);

    private async Task<Explanation> Company(Party party, string? field, CancellationToken cancel)
    {
        var (id, figure, own) = (party.Id.Value, Figure("company", field), await _reasons.Of(party, cancel));
        var rows = await CompanyView.Deals(snapshot, (await snapshot.Merges(cancel)).Ids(id), cancel);
        var backers = own.FindAll(reason => Reasons.IsOf(reason, "backer"));
        if (rows.Count == 0 && backers.Count == 0)
            throw new NotFoundException($"There is no such row: company '{id}' has no deals{snapshot.ByThen} and no backers.");
        if (figure is null && field is not null)
            return await Row("company", id, field, own, cancel);
        var currency = field?.Split('/') is [_, var code] ? code : null;
        rows.RemoveAll(row => figure switch
        {
            "counted" => !row.Counts,
            "undisclosed" => !row.Counts || row.Currency is not null,
            "totals" => !row.Counts || row.Currency is null || currency is not null && row.Currency != currency,
            _ => false,
        });
        var deals = CompanyQueries.InOrder(await snapshot.Deals(rows.Select(row => row.DealId), cancel));
        var valuation = CompanyQueries.Latest(deals);
        var investors = deals.SelectMany(Investors).Concat(party.Values<ClaimValue.Backer>().Select(backer => backer.Party.Value)).Distinct().Count();
        return figure switch
        {
            null => await Of("company", id, null, null, deals, _ => null, null, own, cancel),
            "totals" => await Of("company", id, field, rows.Count == 0 ? Nothing($"{currency} 0".Trim()) : string.Join(", ", Totals(rows)),
                deals, deal => Shown.Amount(deal.Amount), DecidesWhatCounts, Merges(own), cancel),
            "latestValuation" => await Of("company", id, field, valuation is null ? Nothing("no valuation") : Valuation(valuation.Valuation),
                deals.Where(deal => deal.Id.Value == valuation?.Deal), _ => null, ["company", "valuation", "announced"], Merges(own), cancel),
            "investors" => await Of("company", id, field, Counted(investors, "investor"),
                deals.Where(deal => Investors(deal).Any()), deal => Shown.Count(Investors(deal).Count(), "investor"), ["investor"], [.. backers, .. Merges(own)], cancel),
            _ => await Of("company", id, field, Counted(rows.Count, "deal"), deals, _ => "1 deal", DecidesWhatCounts, Merges(own), cancel),
        };
    }

    private async Task<Explanation> Investor(Party party, string? field, CancellationToken cancel)
    {
        var (id, figure, own) = (party.Id.Value, Figure("investor", field), await _reasons.Of(party, cancel));
        var ids = (await snapshot.Merges(cancel)).Ids(id);
        var rows = await snapshot.Rows<InvestorDealRow>("and r.investor_id = any($1)", cancel, (object)ids);
        var backed = await Backed(id, ids, cancel);
        if (rows.Count == 0 && backed.Count == 0)
            throw new NotFoundException($"There is no such row: investor '{id}' is in no deal{snapshot.ByThen} and backs no company outside of deals.");
        if (figure is null && field is not null)
            return await Row("investor", id, field, own, cancel);
        var deals = await snapshot.Deals(rows.Select(row => row.DealId).Distinct(), cancel);
        deals.RemoveAll(deal => figure switch
        {
            "led" => Role(deal) != InvestorRole.Lead,
            "joined" => Role(deal) != InvestorRole.Participant,
            "backed" => Role(deal) != InvestorRole.Backer,
            "coInvestors" => Role(deal) == InvestorRole.Backer || !Others(deal).Any(),
            _ => false,
        });
        string[] itself = [$"investor/{id}", EventReasons.Retracted, EventReasons.MergedFrom];
        return figure switch
        {
            null => await Of("investor", id, null, null, deals, _ => null, [$"investor/{id}"], [.. own, .. backed], cancel),
            "companies" => await Of("investor", id, field, Counted(deals.Select(deal => deal.Company!.Value.Value).Concat(backed.Select(reason => reason.Of)).Distinct().Count(), "company", "companies"),
                deals, _ => null, ["company", .. itself], [.. backed, .. Merges(own)], cancel),
            "coInvestors" => await Of("investor", id, field, Counted(deals.SelectMany(Others).Distinct().Count(), "co-investor"),
                deals, deal => Shown.Count(Others(deal).Count(), "co-investor"), ["investor"], Merges(own), cancel),
            _ => await Of("investor", id, field, Counted(deals.Count, "deal"), deals, _ => "1 deal", itself, Merges(own), cancel),
        };

        InvestorRole Role(Deal deal) => deal.Investors.First(investor => investor.Party?.Value == id).Role;

        // Who only backs the company was in no deal together with anybody.
        IEnumerable<string> Others(Deal deal) => deal.Investors.Where(investor => investor.Role != InvestorRole.Backer).Select(investor => investor.Party?.Value).OfType<string>().Where(other => other != id);
    }

    /// <summary>The claims of companies that an investor backs them, in no round that the article names.</summary>
    private async Task<List<Reason>> Backed(string id, string[] ids, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        var companies = await snapshot.Query(now => $"select distinct company_id from backer where {now("backer")} and investor_id = any($1)", row => merges.Root(row.GetString(0)), cancel, (object)ids);
        var reasons = new List<Reason>();
        foreach (var company in companies.Count == 0 ? [] : await snapshot.Parties(companies.Distinct(), cancel))
            reasons.AddRange((await _reasons.Of(company, cancel)).Where(reason => Reasons.IsOf(reason, $"backer/{id}")));
        return reasons;
    }

    private static IEnumerable<string> Investors(Deal deal) => deal.Investors.Select(investor => investor.Party?.Value).OfType<string>();

    private static string? Figure(string view, string? field) =>
        Figures[view].FirstOrDefault(figure => figure == field || figure == "totals" && field?.Split('/') is ["totals", { Length: > 0 }]);

    /// <summary>Whose deals the party's are follows from which parties are one.</summary>
    private static List<Reason> Merges(List<Reason> own) => own.FindAll(reason => Reasons.IsOf(reason, EventReasons.MergedFrom) || Reasons.IsOf(reason, EventReasons.MergedInto));

    private static IEnumerable<string> Totals(List<CompanyDealRow> rows) =>
        ViewSnapshot.SumUp<CompanyDealRow, CompanyTotalRow>(CompanyView.Definition, rows).GroupBy(total => total.Currency)
            .Select(total => Shown.Range(total.Key, total.Sum(row => row.Low), total.Any(row => row.Unbounded > 0) ? null : total.Sum(row => row.High)));

    private static string Valuation(ValuationRecord value) => $"{Shown.Amount(value.Qualifier, value.Currency, value.Low, value.High)}, {Shown.Words(value.Basis)}";

    private static string Counted(int number, string one, string? many = null) =>
        number == 0 ? Nothing(Shown.Count(0, one, many)) : Shown.Count(number, one, many);

    private static string Nothing(string value) => $"{value}, nothing counts";

    private async Task<Explanation> Row(string view, string key, string? field, List<Reason> reasons, CancellationToken cancel)
    {
        var asked = field is null ? reasons : reasons.FindAll(reason => Reasons.IsOf(reason, field));
        return asked.Count > 0 ? await Sorted(view, key, field, null, asked, cancel)
            : throw new InvalidValueException("field",
                $"'{field}' is none of the fields of {view} '{key}' of which anything is recorded; there are {string.Join(", ", Figures.GetValueOrDefault(view, []).Concat(Reasons.Fields(reasons)).Distinct())}");
    }

    /// <param name="fields">Of the deals those that matter; null for all.</param>
    /// <param name="others">What matters beside deals.</param>
    private async Task<Explanation> Of(
        string view, string key, string? field, string? value, IEnumerable<Deal> deals, Func<Deal, string?> gives, string[]? fields, List<Reason> others, CancellationToken cancel)
    {
        var reasons = await _reasons.Of(deals, gives, cancel);
        return await Sorted(view, key, field, value, [.. reasons.Where(reason => fields is null || fields.Any(wanted => Reasons.IsOf(reason, wanted))), .. others], cancel);
    }

    private async Task<Explanation> Sorted(string view, string key, string? field, string? value, IEnumerable<Reason> reasons, CancellationToken cancel) =>
        new(view, key, field, value, await snapshot.Position(cancel), [.. reasons.OrderBy(reason => reason.Position)]);
}
