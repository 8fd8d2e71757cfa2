using Ledger.Domain.Rules;
using Ledger.Domain.Values;

namespace Ledger.Domain.Alerts;

/// <summary>A change as far as subscriptions ask of it. Parties are those that the named ones are known to be.</summary>
public sealed class AlertFacts
{
    public required long Position { get; init; }

    public required AlertKinds Kinds { get; init; }

    /// <summary>Before or after the change.</summary>
    public IReadOnlyCollection<PartyId> Companies { get; init; } = [];

    /// <summary>Before or after the change.</summary>
    public IReadOnlyCollection<PartyId> Investors { get; init; } = [];

    /// <summary>Before or after the change.</summary>
    public IReadOnlyCollection<string> Sectors { get; init; } = [];

    /// <summary>The lists that themselves changed, or that hold one of the companies or investors, whichever they are of.</summary>
    public IReadOnlyCollection<WatchlistId> Lists { get; init; } = [];

    /// <summary>The deal before and after; without what no reader finds.</summary>
    public IReadOnlyList<DealFacts> Deals { get; init; } = [];

    /// <summary>
    /// The companies before and after; none where no rule asks. One may be there twice: with counts for the rules that count, and with its deals for the others.
    /// </summary>
    public IReadOnlyList<PartyFacts> CompanyFacts { get; init; } = [];

    /// <summary>The investors before and after, likewise.</summary>
    public IReadOnlyList<PartyFacts> InvestorFacts { get; init; } = [];
}
