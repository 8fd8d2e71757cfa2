namespace Ledger.App.Intake.Announce;

// The written form of an announcement, as a file or a request body. Property names are the names of its fields;
// a field that is not here is refused. What the values mean stands with Ledger.Domain.Claims.ClaimValue.

/// <summary>Something that knows on which line it was written.</summary>
public abstract class Written
{
    /// <summary>Counted from 1; 0 where it was not read from a file.</summary>
    internal long Line { get; set; }
}

public sealed class AnnouncementFile : Written
{
    public ArticleFields? Article { get; set; }

    public List<PartyFields> Parties { get; set; } = [];

    public List<DealFields> Deals { get; set; } = [];

    public List<ClaimFields> Figures { get; set; } = [];
}

public sealed class ArticleFields : Written
{
    public string? File { get; set; }

    public string? Title { get; set; }

    public string? Publisher { get; set; }

    public string? Author { get; set; }

    public string? Address { get; set; }

    public string? Published { get; set; }
}

public sealed class PartyFields : Written
{
    public string? Id { get; set; }

    public string? Name { get; set; }

    public List<string> Aliases { get; set; } = [];

    public List<ClaimFields> Claims { get; set; } = [];
}

public sealed class DealFields : Written
{
    public string? Id { get; set; }

    public List<ClaimFields> Claims { get; set; } = [];

    /// <summary>The deal that it is a part of.</summary>
    public TieFields? PartOf { get; set; }

    /// <summary>The aggregate that sums it up.</summary>
    public TieFields? CoveredBy { get; set; }
}

/// <summary>What a deal is to another one.</summary>
public sealed class TieFields : Written
{
    public string? Deal { get; set; }

    public string? As { get; set; }

    public string? Reason { get; set; }
}

/// <summary>One claim: exactly one of the value fields, the words and the quote that carry it.</summary>
public sealed class ClaimFields : Written
{
    public string? Words { get; set; }

    public string? Quote { get; set; }

    public int? Occurrence { get; set; }

    public string? Company { get; set; }

    public string? Kind { get; set; }

    public RoundFields? Round { get; set; }

    public string? Status { get; set; }

    public string? Effective { get; set; }

    public AmountFields? Amount { get; set; }

    public AmountFields? UsdAsReported { get; set; }

    public AmountFields? Valuation { get; set; }

    public string? Basis { get; set; }

    public string? Investor { get; set; }

    public string? UnnamedInvestors { get; set; }

    public string? Role { get; set; }

    public bool? Existing { get; set; }

    public bool? OthersUndisclosed { get; set; }

    public string? Announced { get; set; }

    public bool? UseOfProceeds { get; set; }

    public string? Period { get; set; }

    public string? Sector { get; set; }

    public string? Place { get; set; }

    public string? ReportedBy { get; set; }

    public string? Founded { get; set; }

    public string? InvestorKind { get; set; }

    public AffiliationFields? Affiliation { get; set; }

    public string? Backer { get; set; }

    public MarketFigureFields? MarketFigure { get; set; }
}

public sealed class RoundFields : Written
{
    public string? Series { get; set; }

    public string? Modifier { get; set; }

    public string? Instrument { get; set; }
}

public sealed class AmountFields : Written
{
    public string? Qualifier { get; set; }

    public string? Currency { get; set; }

    public decimal? Low { get; set; }

    public decimal? High { get; set; }
}

public sealed class AffiliationFields : Written
{
    public string? Is { get; set; }

    public string? With { get; set; }

    public string? From { get; set; }
}

public sealed class MarketFigureFields : Written
{
    public string? Measure { get; set; }

    public string? Period { get; set; }

    public AmountFields? Amount { get; set; }
}
