namespace Ledger.App.Views.Deals;

/// <summary>Which deals are asked for, in the words of whoever asks: those that fit everything that is given.</summary>
/// <param name="Company">Id, name or alias; null for all.</param>
/// <param name="Investor">Id, name or alias; null for all.</param>
/// <param name="Limit">How many at the most.</param>
/// <param name="Next">Where the page before ended.</param>
public sealed record DealFilter(string? Company = null, string? Investor = null, int Limit = 50, string? Next = null)
{
    /// <summary>"b", "Series B", "pre-ipo".</summary>
    public string? Series { get; init; }

    public string? Status { get; init; }

    /// <summary>ISO 4217; only amounts in it are asked for.</summary>
    public string? Currency { get; init; }

    /// <summary>In whole units of the currency: only deals whose amount, an interval, can be as much.</summary>
    public string? AmountFrom { get; init; }

    /// <summary>Only deals whose amount can be as little.</summary>
    public string? AmountTo { get; init; }

    /// <summary>A day, month, quarter or year: only deals that can have been announced in it or later.</summary>
    public string? AnnouncedFrom { get; init; }

    /// <summary>Only deals that can have been announced in it or before.</summary>
    public string? AnnouncedTo { get; init; }

    public string? Sector { get; init; }

    /// <summary>The id of an article that says something of the deal.</summary>
    public string? Source { get; init; }

    /// <summary>Whether the deal is contested: true, false, or a field that is.</summary>
    public string? Contested { get; init; }

    /// <summary>Whether anything is asked for.</summary>
    public bool IsEmpty => this == new DealFilter(Limit: Limit, Next: Next);
}
