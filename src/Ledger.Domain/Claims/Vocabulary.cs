namespace Ledger.Domain.Claims;

public enum DealKind
{
    /// <summary>A financing round of one company.</summary>
    Round,

    /// <summary>A sum over several rounds ("2.5bn this year"): recorded, and never counted as a round.</summary>
    Aggregate,

    /// <summary>Money set aside to be invested; its company is its sponsor.</summary>
    Fund,

    /// <summary>A public offering.</summary>
    Listing,
}

public enum DealStatus
{
    Rumoured,
    Planned,

    /// <summary>Promised by named or unnamed investors, not paid in.</summary>
    Pledged,

    /// <summary>"Raised", "secured": made known as done, with no word of its closing.</summary>
    Announced,

    /// <summary>Only where the text says closed, completed or carried out.</summary>
    Closed,
    Withdrawn,
    Postponed,
}

public static class DealStatuses
{
    /// <summary>Whether the sum of a deal that has come so far counts as money raised.</summary>
    public static bool IsRaised(this DealStatus status) => status is DealStatus.Pledged or DealStatus.Announced or DealStatus.Closed;
}

public enum Instrument
{
    Equity,
    Convertible,
    Debt,
    Grant,
    Secondary,
    Crowdfunding,
    Token,
}

public enum InvestorRole
{
    Lead,
    Participant,

    /// <summary>Backs the company; the article names no round in which it did.</summary>
    Backer,
}

public enum ValuationBasis
{
    /// <summary>After the money came in.</summary>
    Post,

    /// <summary>Before it did.</summary>
    Pre,
    Unknown,
}

public enum AffiliationKind
{
    FundOf,
    SubsidiaryOf,
    StateBacked,
    CorporateVentureOf,
}
