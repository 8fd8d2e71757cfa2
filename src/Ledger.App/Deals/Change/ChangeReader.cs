using Ledger.App.Intake;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;

namespace Ledger.App.Deals.Change;

/// <summary>Reads the written form of changes: every field that one needs is there, and none that it has no use for.</summary>
internal static class ChangeReader
{
    private static readonly DealVerb[] OfAClaim = [DealVerb.Correct, DealVerb.Withdraw, DealVerb.Restore, DealVerb.Prefer, DealVerb.Unprefer];
    private static readonly DealVerb[] OfTwoDeals = [DealVerb.Join, DealVerb.Leave, DealVerb.Cover, DealVerb.Uncover, DealVerb.Merge, DealVerb.Unmerge, DealVerb.Distinguish, DealVerb.Undistinguish];

    /// <exception cref="InputException">Names the file, the line and the field.</exception>
    public static List<DealChangeRequest> Read(string path, ChangeListFields list)
    {
        if (list.Changes.Count == 0)
            throw new InputException(path, "changes: none are listed");
        return list.Changes.ConvertAll(change =>
        {
            if (change is null)
                throw new InputException(path, "changes: null stands in the list where a change is expected");
            var where = change.Line > 0 ? $"{path}, line {change.Line}" : path;
            try
            {
                change.Reason ??= list.Reason;
                return Read(where, change);
            }
            catch (InvalidValueException e)
            {
                throw new InputException(where, e.Message);
            }
        });
    }

    /// <exception cref="InvalidValueException">Names the field.</exception>
    public static DealChangeRequest Read(string where, ChangeFields fields)
    {
        var deal = new DealId(fields.Deal ?? throw new InvalidValueException("deal", "is missing; a change names its deal"));
        var verb = Views.Written.Parse<DealVerb>("do", fields.Do);
        var isOfClaim = OfAClaim.Contains(verb);
        var isOfTwo = OfTwoDeals.Contains(verb);
        var isOfTag = verb is DealVerb.Tag or DealVerb.Untag;
        var hasEvidence = verb is DealVerb.Correct or DealVerb.Advance;
        Check("claim", fields.Claim, isOfClaim, verb);
        Check("by", fields.By, hasEvidence, verb);
        Check("other", fields.Other, isOfTwo, verb);
        Check("as", fields.As, verb == DealVerb.Join, verb);
        Check("article", fields.Article, verb == DealVerb.Advance, verb, mayBe: hasEvidence);
        Check("reason", fields.Reason, verb != DealVerb.Advance, verb, mayBe: true);
        if (fields is { Sector: not null, Place: not null } || isOfTag != (fields.Sector is not null || fields.Place is not null))
            throw new InvalidValueException("sector", isOfTag ? $"or place is missing; {Word(verb)} takes one of them" : $"and place belong to tag and untag, not to {Word(verb)}");
        return new DealChangeRequest(deal, verb, where)
        {
            Claim = fields.Claim is { } claim ? new ClaimId(claim) : null,
            By = fields.By,
            Article = fields.Article is { } article ? new ArticleId(article) : null,
            Other = fields.Other is { } other ? new DealId(other) : null,
            As = fields.As is { } kind ? Views.Written.Parse<PartKind>("as", kind) : null,
            Tag = fields.Sector is { } sector ? new ClaimValue.Sector(sector) : fields.Place is { } place ? new ClaimValue.Place(place) : null,
            Reason = fields.Reason is { } reason ? new Reason(reason) : null,
            IfVersion = Version(fields.IfVersion),
        };
    }

    /// <summary>The version that an editor has seen, which is 0 of what was not there yet.</summary>
    /// <exception cref="InvalidValueException">There is no such version.</exception>
    public static long? Version(long? given) => given is null or >= 0 ? given : throw new InvalidValueException("ifVersion", $"{given} is no version; a number from 0 is expected");

    public static string Word(DealVerb verb) => Views.Written.Name(verb);

    private static void Check(string name, object? field, bool needed, DealVerb verb, bool mayBe = false)
    {
        if (needed && field is null)
            throw new InvalidValueException(name, $"is missing; {Word(verb)} takes it");
        if (!needed && !mayBe && field is not null)
            throw new InvalidValueException(name, $"is of no use to {Word(verb)}");
    }
}
