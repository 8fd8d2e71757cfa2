using Ledger.App.Views.Deals;
using Ledger.App.Views.Parties;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;

namespace Ledger.App.Views.Investors;

/// <summary>An investor as the command line, the API and the pages show it.</summary>
/// <param name="Companies">Whom it is known to have invested in, or to back.</param>
/// <param name="CoInvestors">Who is named in the same deals, most often first.</param>
/// <param name="Deals">Those that changed last first.</param>
/// <param name="Sources">Articles that say something of the investor or its deals.</param>
/// <param name="Position">Of the last event that changed the investor or one of its deals.</param>
public sealed record InvestorOverview(
    string Id, string Name, PartyProfile Profile, InvestorCounts Counts, IReadOnlyList<InvestorCompany> Companies,
    IReadOnlyList<CoInvestor> CoInvestors, IReadOnlyList<InvestorDeal> Deals, IReadOnlyList<string> Sources, long Position);

/// <param name="Deals">Led, joined and backed together.</param>
/// <param name="Backed">Deals that name it as a backer of the company, in no round of its own.</param>
public sealed record InvestorCounts(long Deals, long Led, long Joined, long Backed);

/// <param name="Roles">All roles it has had with the company.</param>
/// <param name="Deals">Ids; empty where it is a backer in no named round only.</param>
public sealed record InvestorCompany(string Id, string Name, IReadOnlyList<InvestorRole> Roles, IReadOnlyList<string> Deals);

/// <param name="Deals">How many deals name both.</param>
public sealed record CoInvestor(string Id, string Name, long Deals);

public sealed record InvestorDeal(InvestorRole Role, bool Existing, DealRecord Deal);
