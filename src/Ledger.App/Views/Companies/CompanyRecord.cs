using System.Text.Json.Serialization;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Parties;
using Ledger.Domain.Claims;
using Ledger.Domain.Parties;

namespace Ledger.App.Views.Companies;

/// <summary>A company as the command line, the API and the pages show it.</summary>
public sealed record CompanyRecord : PartyRecord
{
    internal CompanyRecord(Party party, IReadOnlyDictionary<string, PartyName> names) : base(party, names) { }

    /// <summary>Money raised, a row a currency as announced; what is undisclosed is in none of them.</summary>
    public required IReadOnlyList<CompanyTotal> Totals { get; init; }

    /// <summary>Deals whose sum counts as raised: pledged, announced or closed, and no aggregate.</summary>
    public required long Counted { get; init; }

    /// <summary>How many of these have an undisclosed amount.</summary>
    public required long Undisclosed { get; init; }

    /// <summary>Of the latest deal that has one; null where none has.</summary>
    public required LatestValuation? LatestValuation { get; init; }

    public required IReadOnlyList<CompanyInvestor> Investors { get; init; }

    /// <summary>The subsidiaries whose deals, totals and investors are counted in; left out where that was not asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<GroupMember>? Group { get; init; }

    /// <summary>By effective date where a year is known, after them in the order in which they were recorded.</summary>
    public required IReadOnlyList<DealRecord> Deals { get; init; }
}

/// <summary>A company in a list; its totals and counters as in its record.</summary>
public sealed record CompanyEntry(
    string Id, string Name, IReadOnlyList<string> Aliases, IReadOnlyList<string> Sectors,
    long Deals, long Counted, long Undisclosed, IReadOnlyList<CompanyTotal> Totals);

/// <param name="Low">The least that the sources allow, in whole units.</param>
/// <param name="High">The most; null where a deal has no upper bound.</param>
/// <param name="Deals">How many deals are summed up.</param>
/// <param name="Pledged">What of it is only pledged; null where nothing is.</param>
public sealed record CompanyTotal(string Currency, decimal Low, decimal? High, long Deals, PledgedTotal? Pledged);

public sealed record PledgedTotal(decimal Low, decimal? High, long Deals);

public sealed record LatestValuation(string Deal, ValuationRecord Valuation);

/// <param name="Roles">All roles it has had with the company; <c>backer</c> also where an article names it in no round.</param>
/// <param name="Deals">Ids; empty where it is a backer in no named round only.</param>
public sealed record CompanyInvestor(string Id, string Name, IReadOnlyList<InvestorRole> Roles, IReadOnlyList<string> Deals);
