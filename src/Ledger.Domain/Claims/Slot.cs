namespace Ledger.Domain.Claims;

/// <summary>The fields that claims are made about.</summary>
public enum Field
{
    Company,
    Kind,
    Round,
    Status,
    Amount,
    UsdAsReported,
    Valuation,
    Investor,
    OthersUndisclosed,
    Announced,
    UseOfProceeds,
    Period,
    Sector,
    Place,
    ReportedBy,
    Founded,
    InvestorKind,
    Affiliation,
    Backer,
    MarketFigure,
}

/// <summary>What one value is held in: a field, and for fields of many values which of them (the investor, the sector).</summary>
/// <param name="Key">Empty for a field of one value.</param>
public readonly record struct Slot(Field Field, string Key)
{
    public override string ToString()
    {
        var name = char.ToLowerInvariant(Field.ToString()[0]) + Field.ToString()[1..];
        return Key.Length == 0 ? name : $"{name}/{Key}";
    }
}
