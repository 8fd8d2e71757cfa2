using System.Collections.Immutable;
using Ledger.App.Intake.RecordArticle;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.App.Parties.Change;

/// <summary>What can be done to a party.</summary>
public enum PartyVerb
{
    Register,
    Alias,
    Unalias,
    Rename,
    Merge,
    Unmerge,
    Affiliate,
    Unaffiliate,
}

/// <summary>One change that somebody wants, checked as far as that goes without the record.</summary>
public sealed record PartyChange(PartyId Party, PartyVerb Verb)
{
    public string? Name { get; init; }

    public ImmutableArray<string> Aliases { get; init; } = [];

    public PartyId? Other { get; init; }

    public ClaimValue.Affiliation? Affiliation { get; init; }

    /// <summary>The passage of an article that says so; null where an editor's reason stands for it.</summary>
    public PartyEvidence? Evidence { get; init; }

    public Reason? Reason { get; init; }

    /// <summary>The version of the party that its editor has seen: should the same have been changed since, it is refused.</summary>
    public long? IfVersion { get; init; }

    /// <summary>Whether anything else that was done to the party since then stands in its way, too.</summary>
    public bool IfUntouched { get; init; }

    public static string Word(PartyVerb verb) => Views.Written.Name(verb);

    /// <summary>Reads the written form: every field that the change needs is there, and none that it has no use for.</summary>
    /// <exception cref="InvalidValueException">Names the field.</exception>
    public static PartyChange Read(string party, PartyVerb verb, PartyChangeFields fields)
    {
        var isNaming = verb is PartyVerb.Register or PartyVerb.Alias or PartyVerb.Unalias or PartyVerb.Rename;
        var isMerge = verb is PartyVerb.Merge or PartyVerb.Unmerge;
        var isAffiliation = verb is PartyVerb.Affiliate or PartyVerb.Unaffiliate;
        var isEvidence = verb == PartyVerb.Affiliate && (fields.Article ?? fields.Words ?? fields.Quote) is not null;
        Check("name", fields.Name, isNaming, verb);
        Check("aliases", fields.Aliases, false, verb, mayBe: verb == PartyVerb.Register);
        Check("other", fields.Other, isMerge, verb);
        Check("is", fields.Is, isAffiliation, verb);
        Check("with", fields.With, false, verb, mayBe: isAffiliation);
        Check("from", fields.From, false, verb, mayBe: verb == PartyVerb.Affiliate);
        Check("article", fields.Article, isEvidence, verb);
        Check("words", fields.Words, isEvidence, verb);
        Check("quote", fields.Quote, isEvidence, verb);
        if (isEvidence && fields.Reason is not null)
            throw new InvalidValueException("reason", "stands beside a quote; one of them says why");
        Check("reason", fields.Reason, verb != PartyVerb.Register && !isEvidence, verb);
        return new PartyChange(new PartyId(party), verb)
        {
            Name = isNaming ? Text.Line("name", fields.Name) : null,
            Aliases = [.. (fields.Aliases ?? []).Select(alias => Text.Line("aliases", alias))],
            Other = isMerge ? new PartyId(fields.Other!) : null,
            Affiliation = isAffiliation ? new ClaimValue.Affiliation(Views.Written.Parse<AffiliationKind>("is", fields.Is), fields.With is { } with ? new PartyId(with) : null, fields.From is { } from ? When.Parse("from", from) : null) : null,
            Evidence = isEvidence ? new PartyEvidence(new ArticleId(fields.Article!), fields.Words!, fields.Quote!) : null,
            Reason = fields.Reason is { } reason ? new Reason(reason) : null,
            IfVersion = Deals.Change.ChangeReader.Version(fields.IfVersion),
        };
    }

    private static void Check(string name, object? field, bool needed, PartyVerb verb, bool mayBe = false)
    {
        if (needed && field is null)
            throw new InvalidValueException(name, $"is missing; {Word(verb)} takes it");
        if (!needed && !mayBe && field is not null)
            throw new InvalidValueException(name, $"is of no use to {Word(verb)}");
    }
}

/// <param name="Words">The article's words for what it says, which stand in the quote.</param>
public sealed record PartyEvidence(ArticleId Article, string Words, string Quote)
{
    /// <summary>The article, to be recorded first; null where it is recorded already.</summary>
    public ArticleFile? File { get; init; }
}
