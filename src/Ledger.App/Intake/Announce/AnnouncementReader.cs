using System.Collections.Immutable;
using Ledger.App.Deals.Change;
using Ledger.App.Intake.RecordArticle;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;

namespace Ledger.App.Intake.Announce;

/// <summary>Turns the written form of an announcement into commands, each value checked and each quote found in the article.</summary>
public static class AnnouncementReader
{
    /// <exception cref="InputException">Names the file, the line and the field.</exception>
    public static Announcement Read(string path, AnnouncementFile file, ArticleFile article)
    {
        CheckEachOnce(path, "party", file.Parties.Select(party => (party.Id, party.Line)));
        CheckEachOnce(path, "deal", file.Deals.Select(deal => (deal.Id, deal.Line)));
        return new Announcement(path, article, Describe(path, file.Article),
            Claims(path, file.Figures, article, $"article {article.Id}"),
            [.. file.Parties.Select(party => ReadParty(path, party, article))],
            [.. file.Deals.Select(deal => ReadDeal(path, deal, article))]);
    }

    /// <summary>The particulars of a source; none where nothing is written of it.</summary>
    public static ArticleDescription Describe(string path, ArticleFields? fields) => fields is null ? ArticleDescription.Empty
        : At(path, fields, () => new ArticleDescription(fields.Title, fields.Publisher, fields.Author, fields.Address,
            fields.Published is { } published ? When.Parse("article.published", published) : When.Unknown));

    private static PartyAnnouncement ReadParty(string path, PartyFields fields, ArticleFile article)
    {
        var (id, register) = At(path, fields, () =>
        {
            var id = new PartyId(fields.Id ?? throw new InvalidValueException("party.id", "is missing"));
            return (id, new PartyCommand.Register(
                Text.Line("party.name", fields.Name), [.. fields.Aliases.Select(alias => Text.Line("party.aliases", alias))]));
        });
        return new PartyAnnouncement(id, register, Claims(path, fields.Claims, article, $"party {id}"), Place(path, fields));
    }

    private static DealAnnouncement ReadDeal(string path, DealFields fields, ArticleFile article)
    {
        var id = At(path, fields, () => new DealId(fields.Id ?? throw new InvalidValueException("deal.id", "is missing")));
        var command = new DealCommand.Announce(article.Id, Claims(path, fields.Claims, article, $"deal {id}"));
        // Against an unknown deal every rule of an announcement applies; whether this one is known is seen when it is recorded.
        if (DealDecisions.Decide(Deal.Unknown(id), command) is Decision<DealEvent>.Refuse(var refusal) && !IsAboutAFirst(refusal))
            throw new InputException(Place(path, fields), refusal.Sentence.TrimEnd('.'));
        return new DealAnnouncement(id, command, Place(path, fields))
        {
            Ties = [.. new[] { Tie(path, id, fields.PartOf, DealVerb.Join), Tie(path, id, fields.CoveredBy, DealVerb.Cover) }.OfType<DealChangeRequest>()],
        };

        static bool IsAboutAFirst(Refusal refusal) => refusal.Type.StartsWith("deal-without-", StringComparison.Ordinal);
    }

    private static DealChangeRequest? Tie(string path, DealId deal, TieFields? fields, DealVerb verb) => fields is null ? null
        : At(path, fields, () => ChangeReader.Read(Place(path, fields),
            new ChangeFields { Deal = deal.Value, Do = ChangeReader.Word(verb), Other = fields.Deal, As = fields.As, Reason = fields.Reason }));

    private static ImmutableArray<Claim> Claims(string path, List<ClaimFields> fields, ArticleFile article, string subject) =>
        [.. fields.Select(claim => At(path, claim, () => ClaimReader.Read(claim, article, subject)))];

    /// <summary>Adds to the refusal of a value the file and the line where it was written.</summary>
    private static T At<T>(string path, Written written, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidValueException e)
        {
            throw new InputException(Place(path, written), e.Message);
        }
    }

    private static string Place(string path, Written written) => written.Line > 0 ? $"{path}, line {written.Line}" : path;

    private static void CheckEachOnce(string path, string kind, IEnumerable<(string? Id, long Line)> written)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, line) in written)
        {
            if (id is not null && !seen.Add(id))
                throw new InputException($"{path}, line {line}", $"{kind} {id} stands twice");
        }
    }
}
