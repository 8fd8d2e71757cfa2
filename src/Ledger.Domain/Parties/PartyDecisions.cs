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
}

public static class PartyDecisions
{
    private static readonly ImmutableHashSet<Field> OfParties =
        [Field.Founded, Field.InvestorKind, Field.Affiliation, Field.Backer, Field.Place, Field.Sector];

    public static Decision<PartyEvent> Decide(Party party, PartyCommand command) => command switch
    {
        PartyCommand.Register register => Register(party, register),
        PartyCommand.Describe describe => Describe(party, describe),
        _ => throw new InvalidOperationException($"A party knows no command {command.GetType().Name}."),
    };

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
        if (!party.IsKnown)
            return Refuse(new Refusal("party-unknown", $"Party {party.Id} is not registered."));
        if (describe.Claims.Misplaced(OfParties, $"Party {party.Id}", "a-party") is { } refusal)
            return Refuse(refusal);
        var news = party.Claims.News(describe.Claims);
        return news.IsEmpty ? Decision<PartyEvent>.Nothing
            : new Decision<PartyEvent>.Record([new PartyEvent.PartyDescribed(describe.Source, news)]);
    }

    private static Decision<PartyEvent>.Refuse Refuse(Refusal refusal) => new(refusal);
}
