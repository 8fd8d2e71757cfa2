using Ledger.App.Log;
using Ledger.App.Views.Companies;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Investors;
using Ledger.App.Views.Parties;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Views.Explain;

/// <summary>Where a row or a figure of a view comes from.</summary>
/// <param name="Value">The figure, in words; null where a whole row is asked about.</param>
/// <param name="Position">The position in the log that was asked as of.</param>
/// <param name="Reasons">In the order of the log.</param>
public sealed record Explanation(string View, string Key, string? Field, string? Value, long Position, IReadOnlyList<Reason> Reasons);

/// <summary>A claim that a row or a figure rests on, and the event that recorded it.</summary>
/// <param name="Of">The deal, party or article that the claim is about.</param>
/// <param name="Gives">What it adds to the figure; null where a row is asked about.</param>
/// <param name="Event">The event's stored name.</param>
/// <param name="Current">Whether the claim says what its field goes by.</param>
public sealed record Reason(
    string Of, string? Gives, long Position, string Event, DateTimeOffset RecordedAt, string Author,
    string Field, string AsWritten, string Quote, string Source, bool Current)
{
    /// <summary>What the claim counts for.</summary>
    public Standing Standing { get; init; }

    /// <summary>Who gave it that, and why; null where it is normal.</summary>
    public RulingRecord? Decided { get; init; }
}

/// <summary>Finds the events, claims and quotes behind what views say.</summary>
public sealed class Explanations(Snapshot snapshot, PartyNames names, EventLog log)
{
    private static readonly Dictionary<string, string[]> Figures = new()
    {
        ["company"] = ["deals", "counted", "undisclosed", "totals"],
        ["investor"] = ["deals", "led", "joined", "backed"],
    };

    // What decides whether a deal counts, and for how much.
    private static readonly Field[] DecidesWhatCounts = [Field.Company, Field.Kind, Field.Status, Field.Amount];

    /// <param name="view">deal, company, investor or party.</param>
    /// <param name="key">An id; of a company, an investor or a party a name too.</param>
    /// <param name="field">A field of a deal or a party (amount, investor/tencent), or a figure (totals/CNY, led); null for all.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InvalidValueException">There is no such view, or it has no such field.</exception>
    /// <exception cref="NotFoundException">There is no such row.</exception>
    public async Task<Explanation> Explain(string view, string key, string? field, CancellationToken cancel) => view switch
    {
        "deal" => await Deal(key, field, cancel),
        "party" => await Party(key, field, cancel),
        "company" => await Company((await names.Find(key, cancel)).Id.Value, field, cancel),
        "investor" => await Investor((await names.Find(key, cancel)).Id.Value, field, cancel),
        _ => throw new InvalidValueException("view", $"'{view}' cannot be explained; deal, company, investor and party can"),
    };

    private async Task<Explanation> Deal(string id, string? field, CancellationToken cancel)
    {
        var deal = (await snapshot.Deals([id], cancel)).SingleOrDefault() ?? throw new NotFoundException($"No deal has the id '{id}'.");
        var reasons = await Reasons([(deal, null)], slot => Is(slot, field), cancel);
        return await Of("deal", id, field, null, reasons, cancel);
    }

    private async Task<Explanation> Party(string idOrName, string? field, CancellationToken cancel)
    {
        var party = await names.Find(idOrName, cancel);
        var events = await Events((await snapshot.Merges(cancel)).Ids(party.Id.Value), cancel);
        List<Reason> reasons = [.. party.Claims.Where(claim => Is(claim.Claim.Value.Slot, field))
            .Select(claim => Reason(party.Id.Value, null, claim, events[claim.Cause.Position], party.IsCurrent(claim)))];
        return await Of("party", party.Id.Value, field, null, reasons, cancel);
    }

    private async Task<Explanation> Company(string id, string? field, CancellationToken cancel)
    {
        var figure = Figure("company", field);
        var rows = await CompanyView.Deals(snapshot, (await snapshot.Merges(cancel)).Ids(id), cancel);
        var currency = field?.Split('/') is [_, var code] ? code : null;
        rows.RemoveAll(row => figure switch
        {
            "counted" => !row.Counts,
            "undisclosed" => !row.Counts || row.Currency is not null,
            "totals" => !row.Counts || row.Currency is null || currency is not null && row.Currency != currency,
            _ => false,
        });
        var deals = (await snapshot.Deals(rows.Select(row => row.DealId), cancel)).ToDictionary(deal => deal.Id.Value);
        var reasons = await Reasons([.. rows.Select(row => (deals[row.DealId], Gives(figure, deals[row.DealId])))],
            slot => figure is null || DecidesWhatCounts.Contains(slot.Field), cancel);
        var value = figure == "totals" ? string.Join(", ", Totals(rows)) : figure is null ? null : Shown.Count(rows.Count, "deal");
        return await Of("company", id, field, value, reasons, cancel);
    }

    private async Task<Explanation> Investor(string id, string? field, CancellationToken cancel)
    {
        var figure = Figure("investor", field);
        var rows = await snapshot.Rows<InvestorDealRow>("and r.investor_id = any($1)", cancel, (object)(await snapshot.Merges(cancel)).Ids(id));
        var deals = await snapshot.Deals(rows.Select(row => row.DealId).Distinct(), cancel);
        deals.RemoveAll(deal => deal.Investors.First(investor => investor.Party?.Value == id).Role != figure switch
        {
            "led" => InvestorRole.Lead,
            "joined" => InvestorRole.Participant,
            "backed" => InvestorRole.Backer,
            _ => deal.Investors.First(investor => investor.Party?.Value == id).Role,
        });
        var reasons = await Reasons([.. deals.Select(deal => (deal, figure is null ? null : "1 deal"))],
            slot => slot == new Slot(Field.Investor, id), cancel);
        return await Of("investor", id, field, figure is null ? null : Shown.Count(deals.Count, "deal"), reasons, cancel);
    }

    private static string? Figure(string view, string? field)
    {
        if (field is null)
            return null;
        var figure = field.Split('/')[0];
        return Figures[view].Contains(figure) && (figure == "totals" || figure == field) ? figure
            : throw new InvalidValueException("field", $"'{field}' is none of {(view == "investor" ? "an" : "a")} {view}'s figures; there are {string.Join(", ", Figures[view])}");
    }

    private static string? Gives(string? figure, Deal deal) =>
        figure switch { null => null, "totals" => Shown.Amount(deal.Amount), _ => "1 deal" };

    private static IEnumerable<string> Totals(List<CompanyDealRow> rows) =>
        ViewSnapshot.SumUp<CompanyDealRow, CompanyTotalRow>(CompanyView.Definition, rows).GroupBy(total => total.Currency)
            .Select(total => Shown.Range(total.Key, total.Sum(row => row.Low), total.Any(row => row.Unbounded > 0) ? null : total.Sum(row => row.High)));

    private async Task<List<Reason>> Reasons(IReadOnlyList<(Deal Deal, string? Gives)> deals, Func<Slot, bool> which, CancellationToken cancel)
    {
        var reasons = new List<Reason>();
        var events = (await log.ReadStreams([.. deals.SelectMany(deal => deal.Deal.WithAbsorbed()).Select(deal => StoredEvents.StreamOf(deal.Id)).Distinct()], await snapshot.Position(cancel), cancel)).ToDictionary(e => e.Position);
        foreach (var (deal, gives) in deals)
        {
            var current = ClaimRecord.Of(deal).Where(claim => claim.Current).Select(claim => claim.Id).ToHashSet();
            reasons.AddRange(deal.Claims.Where(claim => which(claim.Claim.Value.Slot))
                .Select(claim => Reason(deal.Id.Value, gives, claim, events[claim.Cause.Position], current.Contains(claim.Claim.Id.Value))));
        }
        return reasons;
    }

    private async Task<Dictionary<long, RecordedEvent>> Events(string[] parties, CancellationToken cancel) =>
        (await log.ReadStreams([.. parties.Select(party => StoredEvents.Parties + party)], await snapshot.Position(cancel), cancel)).ToDictionary(e => e.Position);

    private static bool Is(Slot slot, string? field) => field is null || slot.ToString() == field || Written.Name(slot.Field) == field;

    private static Reason Reason(string of, string? gives, RecordedClaim claim, RecordedEvent e, bool current) => new(
        of, gives, e.Position, e.Type, e.RecordedAt, e.Author, claim.Claim.Value.Slot.ToString(), claim.Claim.AsWritten,
        claim.Claim.Quote.Text, claim.Source.Value, current)
    {
        Standing = claim.Standing,
        Decided = ClaimRecord.Of(claim, current).Decided,
    };

    private async Task<Explanation> Of(string view, string key, string? field, string? value, List<Reason> reasons, CancellationToken cancel) =>
        reasons.Count == 0
            ? throw new NotFoundException($"Nothing is behind {(field is null ? "it" : $"'{field}'")}: there is no such row of {view} '{key}'.")
            : new Explanation(view, key, field, value, await snapshot.Position(cancel), [.. reasons.OrderBy(reason => reason.Position)]);
}
