using Ledger.Domain.Rules;
using Ledger.Domain.Values;

namespace Ledger.Domain.Alerts;

/// <summary>What a subscription follows. The set is closed: its cases live in this file.</summary>
public abstract record AlertTarget
{
    private AlertTarget() { }

    /// <summary>Deals in which somebody invests, before a change or after it.</summary>
    public sealed record Investor(PartyId Party) : AlertTarget;

    /// <summary>Deals of a company, before a change or after it.</summary>
    public sealed record Company(PartyId Party) : AlertTarget;

    /// <summary>Deals that are filed under a sector, before a change or after it.</summary>
    public sealed record Sector(string Slug) : AlertTarget
    {
        public string Slug { get; } = Values.Slug.Check("sector", Slug);
    }

    /// <summary>A list, and the deals of whoever is on it when a change is made.</summary>
    public sealed record Watchlist(WatchlistId List) : AlertTarget;

    /// <summary>
    /// Deals that a rule chooses, or whose companies or investors it chooses, before a change or after it; rules over time are asked of the
    /// day, UTC, on which the change was recorded.
    /// </summary>
    public sealed record Chosen(Rule Rule) : AlertTarget;
}

/// <summary>What a subscription is told of.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Target">What it follows.</param>
/// <param name="Kinds">The kinds of change; at least one.</param>
/// <param name="After">Changes after this position.</param>
/// <param name="Until">The last position; null while it goes on.</param>
public sealed record AlertSubscription(string Id, AlertTarget Target, AlertKinds Kinds, long After, long? Until);
