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
    /// <param name="Reason">The editor's; null of an article's.</param>
    public sealed record PartyAliasAdded(string Name, Reason? Reason = null) : PartyEvent
    {
        public string Name { get; } = Text.Line("party.alias", Name);
    }

    /// <summary>The party is not found under this name any more.</summary>
    public sealed record PartyAliasRemoved(string Name, Reason Reason) : PartyEvent
    {
        public string Name { get; } = Text.Line("party.alias", Name);
    }

    /// <summary>The party is shown under another name; the one that it had stays as an alias.</summary>
    public sealed record PartyRenamed(string Name, Reason Reason) : PartyEvent
    {
        public string Name { get; } = Text.Line("party.name", Name);
    }

    /// <summary>An article said something of the party outside any deal.</summary>
    public sealed record PartyDescribed(ArticleId Source, ImmutableArray<Claim> Claims) : PartyEvent;

    /// <summary>An editor says what the party is to another one, in place of what an editor said of the same before.</summary>
    public sealed record PartyAffiliated(ClaimValue.Affiliation Affiliation, Reason Reason) : PartyEvent;

    /// <summary>It is no such thing to that other one any more, whoever said so; what is recorded after it counts again.</summary>
    public sealed record PartyAffiliationEnded(AffiliationKind Value, PartyId? With, Reason Reason) : PartyEvent;

    /// <summary>What a quote says of its being something to another one counts again, after an editor had ended that.</summary>
    /// <param name="Claim">The claim that the quote carries.</param>
    public sealed record PartyAffiliationRestored(ClaimId Claim) : PartyEvent;

    /// <summary>The party is the same as another one. Whatever names it goes on doing so; readers follow.</summary>
    public sealed record PartyMerged(PartyId Into, Reason Reason) : PartyEvent;

    /// <summary>It stands for itself again.</summary>
    public sealed record PartyUnmerged(PartyId From, Reason Reason) : PartyEvent;

    /// <summary>Of the other one: the counterpart of <see cref="PartyMerged"/>.</summary>
    public sealed record PartyAbsorbed(PartyId Party, Reason Reason) : PartyEvent;

    /// <summary>Of the other one: the counterpart of <see cref="PartyUnmerged"/>.</summary>
    public sealed record PartyReleased(PartyId Party, Reason Reason) : PartyEvent;
}
