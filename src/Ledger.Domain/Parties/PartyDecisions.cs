using System.Collections.Immutable;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.Domain.Parties;

/// <summary>Something that somebody wants recorded of a party. The set is closed.</summary>
public abstract record PartyCommand
{
    private PartyCommand() { }

    /// <summary>The party goes by these names. One that is known keeps the name it has; others become its aliases.</summary>
    public sealed record Register(string Name, ImmutableArray<string> Aliases) : PartyCommand;

    public sealed record Describe(ArticleId Source, ImmutableArray<Claim> Claims) : PartyCommand;

    public sealed record AddAlias(string Name, Reason Reason) : PartyCommand;

    public sealed record RemoveAlias(string Name, Reason Reason) : PartyCommand;

    public sealed record Rename(string Name, Reason Reason) : PartyCommand;

    /// <summary>The party is something to another one, for want of an article that says so.</summary>
    public sealed record Affiliate(ClaimValue.Affiliation Affiliation, Reason Reason) : PartyCommand;

    public sealed record EndAffiliation(AffiliationKind Value, PartyId? With, Reason Reason) : PartyCommand;

    /// <summary>An article's quote, which was taken back with the affiliation that it says, counts again.</summary>
    public sealed record RestoreAffiliation(ClaimId Claim) : PartyCommand;
}

public static class PartyDecisions
{
    private static readonly ImmutableHashSet<Field> OfParties =
        [Field.Founded, Field.InvestorKind, Field.Affiliation, Field.Backer, Field.Place, Field.Sector];

    /// <param name="party">Its history.</param>
    /// <param name="command">What is wanted of it.</param>
    /// <param name="root">The party that one is the same as; where it is left out, none was merged into another one.</param>
    public static Decision<PartyEvent> Decide(Party party, PartyCommand command, Func<PartyId, PartyId>? root = null) => command switch
    {
        PartyCommand.Register register => Register(party, register),
        _ when !party.IsKnown => Refuse(Unknown(party)),
        PartyCommand.Describe describe => Describe(party, describe),
        PartyCommand.AddAlias c => party.Name == c.Name || party.Aliases.Contains(c.Name) ? Decision<PartyEvent>.Nothing : Record(new PartyEvent.PartyAliasAdded(c.Name, c.Reason)),
        PartyCommand.RemoveAlias c when party.Name == c.Name => Refuse(new Refusal("name-not-alias", $"'{c.Name}' is the name of party {party.Id}, not an alias; rename it first.")),
        PartyCommand.RemoveAlias c => party.Aliases.Contains(c.Name) ? Record(new PartyEvent.PartyAliasRemoved(c.Name, c.Reason)) : Decision<PartyEvent>.Nothing,
        PartyCommand.Rename when party.MergedInto is { } into => Refuse(new Refusal("party-merged", $"Party {party.Id} was merged into {into.Party}; rename that one.")),
        PartyCommand.Rename c => party.Name == c.Name ? Decision<PartyEvent>.Nothing : Record(new PartyEvent.PartyRenamed(c.Name, c.Reason)),
        PartyCommand.Affiliate c when c.Affiliation.With == party.Id => Refuse(WithItself(party)),
        PartyCommand.Affiliate { Affiliation.With: { } with } when root is not null && root(with) == root(party.Id) =>
            Refuse(new Refusal("party-merged", $"Party {party.Id} cannot be affiliated with {with}: they were merged, and are one party.")),
        PartyCommand.Affiliate c => party.Edited.Any(edited => edited.Value == c.Affiliation) ? Decision<PartyEvent>.Nothing : Record(new PartyEvent.PartyAffiliated(c.Affiliation, c.Reason)),
        PartyCommand.EndAffiliation c => EndAffiliation(party, c),
        PartyCommand.RestoreAffiliation c => party.Claims.Any(claim => claim.Claim.Id == c.Claim && !claim.Stands) ? Record(new PartyEvent.PartyAffiliationRestored(c.Claim)) : Decision<PartyEvent>.Nothing,
        _ => throw new InvalidOperationException($"A party knows no command {command.GetType().Name}."),
    };

    /// <summary>Says that two parties are one. Both are told, so that nobody else can say at the same time what contradicts it.</summary>
    public static Decision<PartyFact> Merge(Party party, Party into, Reason reason)
    {
        if (party.Id == into.Id)
            return RefuseTie("merged-into-itself", $"Party {party.Id} cannot be merged into itself.", isOfInput: true);
        if ((party.IsKnown ? into.IsKnown ? null : into : party) is { } unknown)
            return new Decision<PartyFact>.Refuse(Unknown(unknown));
        if (party.MergedInto is { } already)
        {
            return already.Party == into.Id ? Decision<PartyFact>.Nothing
                : RefuseTie("party-merged", $"Party {party.Id} was merged into {already.Party} already; undo that first.");
        }
        if (into.MergedInto is { } further)
        {
            return RefuseTie("party-merged", further.Party == party.Id ? $"Party {into.Id} was merged into {party.Id} already; to turn that round, undo it first."
                : $"Party {into.Id} was itself merged into {further.Party}; merge into that one.");
        }
        return new Decision<PartyFact>.Record([new(party.Id, new PartyEvent.PartyMerged(into.Id, reason)), new(into.Id, new PartyEvent.PartyAbsorbed(party.Id, reason))]);
    }

    public static Decision<PartyFact> Unmerge(Party party, Party from, Reason reason) => party.MergedInto?.Party != from.Id ? Decision<PartyFact>.Nothing
        : new Decision<PartyFact>.Record([new(from.Id, new PartyEvent.PartyReleased(party.Id, reason)), new(party.Id, new PartyEvent.PartyUnmerged(from.Id, reason))]);

    private static Decision<PartyEvent> Register(Party party, PartyCommand.Register register)
    {
        var events = ImmutableArray.CreateBuilder<PartyEvent>();
        if (!party.IsKnown)
            events.Add(new PartyEvent.PartyRegistered(register.Name));
        var names = new HashSet<string>([party.Name ?? register.Name, .. party.Aliases], StringComparer.Ordinal);
        foreach (var alias in register.Aliases.Prepend(register.Name).Where(names.Add))
            events.Add(new PartyEvent.PartyAliasAdded(alias));
        return new Decision<PartyEvent>.Record(events.ToImmutable());
    }

    private static Decision<PartyEvent> Describe(Party party, PartyCommand.Describe describe)
    {
        if (describe.Claims.Misplaced(OfParties, $"Party {party.Id}", "a-party") is { } refusal)
            return Refuse(refusal);
        if (describe.Claims.Any(claim => claim.Value is ClaimValue.Affiliation affiliation && affiliation.With == party.Id))
            return Refuse(WithItself(party));
        var news = party.Claims.News(describe.Claims);
        return news.IsEmpty ? Decision<PartyEvent>.Nothing : Record(new PartyEvent.PartyDescribed(describe.Source, news));
    }

    private static Decision<PartyEvent> EndAffiliation(Party party, PartyCommand.EndAffiliation c)
    {
        var slot = new ClaimValue.Affiliation(c.Value, c.With).Slot;
        var stands = party.Edited.Any(edited => edited.Value.Slot == slot) || party.Claims.Any(claim => claim.Stands && claim.Claim.Value.Slot == slot);
        return stands ? Record(new PartyEvent.PartyAffiliationEnded(c.Value, c.With, c.Reason)) : Decision<PartyEvent>.Nothing;
    }

    private static Refusal WithItself(Party party) => new("affiliated-with-itself", $"Party {party.Id} cannot be affiliated with itself.", IsOfInput: true);

    private static Refusal Unknown(Party party) => new("party-unknown", $"Party {party.Id} is not registered.", IsOfInput: true);

    private static Decision<PartyEvent> Record(PartyEvent happened) => new Decision<PartyEvent>.Record([happened]);

    private static Decision<PartyEvent>.Refuse Refuse(Refusal refusal) => new(refusal);

    private static Decision<PartyFact>.Refuse RefuseTie(string type, string sentence, bool isOfInput = false) => new(new Refusal(type, sentence, isOfInput));
}

/// <summary>An event and the party that it is one of.</summary>
public sealed record PartyFact(PartyId Party, PartyEvent Happened);
