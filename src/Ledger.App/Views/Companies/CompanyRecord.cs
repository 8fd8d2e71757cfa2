using Ledger.App.Views.Deals;
using Ledger.App.Views.Parties;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;

namespace Ledger.App.Views.Companies;

/// <summary>A company as the command line, the API and the pages show it.</summary>
/// <param name="Deals">In the order of their effective dates where a year is known, after them in the order in which they were recorded.</param>
/// <param name="Totals">Money raised, a row a currency as announced; what is undisclosed is in none of them.</param>
/// <param name="Counted">Deals whose sum counts as raised: pledged, announced or closed, and no aggregate.</param>
/// <param name="Undisclosed">How many of these have an undisclosed amount.</param>
/// <param name="LatestValuation">Of the latest deal that has one.</param>
/// <param name="Sources">Articles that say something of the company or its deals.</param>
/// <param name="Position">Of the last event that changed the company or one of its deals.</param>
public sealed record CompanyRecord(
    string Id, string Name, PartyProfile Profile, IReadOnlyList<CompanyTotal> Totals, long Counted, long Undisclosed,
    LatestValuation? LatestValuation, IReadOnlyList<CompanyInvestor> Investors, IReadOnlyList<DealRecord> Deals,
    IReadOnlyList<string> Sources, long Position);

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
