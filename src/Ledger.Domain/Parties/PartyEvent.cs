using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Parties;

/// <summary>A fact about one party: a company, an investor, or both. The set is closed: its cases live in this file.</summary>
public abstract record PartyEvent
{
    private PartyEvent() { }

    /// <summary>The party became known. Always its first event, never repeated.</summary>
    /// <param name="Name">The name to show it under.</param>
    public sealed record PartyRegistered(string Name) : PartyEvent
    {
        public string Name { get; } = Text.Line("party.name", Name);
    }

    /// <summary>The party is found under one more name; an article wrote it so, or an editor says so.</summary>
    public sealed record PartyAliasAdded(string Name) : PartyEvent
    {
        public string Name { get; } = Text.Line("party.alias", Name);
    }

    /// <summary>An article said something of the party outside any deal.</summary>
    public sealed record PartyDescribed(ArticleId Source, ImmutableArray<Claim> Claims) : PartyEvent;
}
