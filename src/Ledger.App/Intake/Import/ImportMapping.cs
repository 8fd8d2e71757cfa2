using Ledger.App.Intake.Announce;

namespace Ledger.App.Intake.Import;

// How the columns of a table become claims: the written form of a mapping. A row of the table announces one deal.

/// <summary>A column, and what its cells stand for.</summary>
public sealed class ColumnMapping : Written
{
    /// <summary>The column's heading.</summary>
    public string? Column { get; set; }

    /// <summary>Stands for every row; instead of a column.</summary>
    public string? Always { get; set; }

    /// <summary>What cells are written as, where the table has words of its own; a cell that is not here is taken as it is.</summary>
    public Dictionary<string, string> Values { get; set; } = [];
}

public sealed class ImportMapping : Written
{
    public ArticleFields? Source { get; set; }

    /// <summary>The name of a character set: utf-8, windows-1252, macintosh.</summary>
    public string Encoding { get; set; } = "utf-8";

    /// <summary>Repairs names whose UTF-8 was once read as Windows-1252 and written again.</summary>
    public bool RepairNames { get; set; }

    /// <summary>Begins the ids of the table's companies and deals, so that they meet nobody else's.</summary>
    public string? IdPrefix { get; set; }

    public ColumnMapping? CompanyName { get; set; }

    /// <summary>Identifies a company where names do not; what stands behind its last slash is taken. Left out: the name does.</summary>
    public ColumnMapping? CompanyId { get; set; }

    /// <summary>What a spreadsheet has put in place of a company's name: the company goes by its id then.</summary>
    public List<string> NoName { get; set; } = [];

    public ColumnMapping? Kind { get; set; }

    public ColumnMapping? Status { get; set; }

    public RoundMapping? Round { get; set; }

    public AmountMapping? Amount { get; set; }

    public DateMapping? Announced { get; set; }

    public ColumnMapping? Sector { get; set; }

    public ColumnMapping? Place { get; set; }

    public List<InvestorMapping> Investors { get; set; } = [];
}

public sealed class RoundMapping : Written
{
    public string? Column { get; set; }

    /// <summary>The axes that each word of the column stands for; a word that is not here leaves them all open.</summary>
    public Dictionary<string, RoundFields> Values { get; set; } = [];
}

public sealed class AmountMapping : Written
{
    /// <summary>Whole units, digits only; an empty cell is an undisclosed amount.</summary>
    public string? Column { get; set; }

    public ColumnMapping? Currency { get; set; }
}

public sealed class DateMapping : Written
{
    /// <summary>Dates as precisely as known: 2012-08-29, 2012-08, 2012-Q3, 2012.</summary>
    public string? Column { get; set; }

    /// <summary>1 January stands for a year of which nothing else is known, and is recorded as the year.</summary>
    public bool FirstOfJanuaryIsTheYear { get; set; }
}

public sealed class InvestorMapping : Written
{
    public string? Column { get; set; }

    /// <summary>What stands between the names in a cell.</summary>
    public string Separator { get; set; } = ";";

    public string? Role { get; set; }
}
