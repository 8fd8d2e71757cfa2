using System.Text.Json.Serialization;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Parties;
using Ledger.Domain.Claims;
using Ledger.Domain.Parties;

namespace Ledger.App.Views.Investors;

/// <summary>An investor as the command line, the API and the pages show it.</summary>
public sealed record InvestorOverview : PartyRecord
{
    internal InvestorOverview(Party party, IReadOnlyDictionary<string, PartyName> names) : base(party, names) { }

    public required InvestorCounts Counts { get; init; }

    /// <summary>Whom it is known to have invested in, or to back: at most 20, those it has most deals with first.</summary>
    public required IReadOnlyList<InvestorCompany> Companies { get; init; }

    /// <summary>How many companies there are.</summary>
    public required long CompaniesInAll { get; init; }

    /// <summary>Who is named in the same deals: at most 20, most often first.</summary>
    public required IReadOnlyList<CoInvestor> CoInvestors { get; init; }

    /// <summary>How many co-investors there are.</summary>
    public required long CoInvestorsInAll { get; init; }

    /// <summary>Its funds, subsidiaries and corporate ventures, which are counted in; left out where that was not asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<GroupMember>? Affiliates { get; init; }

    /// <summary>At most 20, those that changed last first.</summary>
    public required IReadOnlyList<InvestorDeal> Deals { get; init; }

    /// <summary>Give it as next to the list of the investor's deals to get those that follow; null where there are none.</summary>
    public required string? DealsNext { get; init; }
}

/// <summary>An investor in a list; its counters as in its record.</summary>
/// <param name="Companies">How many it has invested in or backs.</param>
public sealed record InvestorEntry(
    string Id, string Name, IReadOnlyList<string> Aliases, IReadOnlyList<string> Kinds, InvestorCounts Counts, long Companies);

/// <param name="Deals">Led, joined and backed together.</param>
/// <param name="Backed">Deals that name it as a backer of the company, in no round of its own.</param>
public sealed record InvestorCounts(long Deals, long Led, long Joined, long Backed);

/// <param name="Roles">All roles it has had with the company.</param>
/// <param name="Deals">Ids; empty where it is a backer in no named round only.</param>
public sealed record InvestorCompany(string Id, string Name, IReadOnlyList<InvestorRole> Roles, IReadOnlyList<string> Deals);

/// <param name="Deals">How many deals name both.</param>
public sealed record CoInvestor(string Id, string Name, long Deals);

public sealed record InvestorDeal(InvestorRole Role, bool Existing, DealRecord Deal);
