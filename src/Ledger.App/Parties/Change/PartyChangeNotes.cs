using Ledger.App.Shell;

namespace Ledger.App.Parties.Change;

/// <summary>What the document of the API says of each change of a party.</summary>
internal static class PartyChangeNotes
{
    public static ChangeNote Of(PartyVerb verb)
    {
        var note = Note(verb);
        return note with { Problems = ["changed-meanwhile", .. note.Problems] };
    }

    private static ChangeNote Note(PartyVerb verb) => verb switch
    {
        PartyVerb.Register => new("Makes a party known", "If another one goes by a name, the answer warns of it.", """{"name": "Tencent", "aliases": ["腾讯"]}"""),
        PartyVerb.Alias => new("Adds a name", "In any script. Undone by unalias.", """{"name": "腾讯", "reason": "Its name at home."}""", "party-unknown"),
        PartyVerb.Unalias => new("Takes a name away", "Undoes alias. The name that it is shown under stays.", """{"name": "腾讯", "reason": "It is another one's."}""", "party-unknown", "name-not-alias"),
        PartyVerb.Rename => new("Shows a party under another name", "The old one stays as an alias.", """{"name": "Tencent Holdings", "reason": "Its full name."}""", "party-unknown", "party-merged"),
        PartyVerb.Merge => new("Says that two parties are one", "It is shown as other from then on; what names it goes on doing so. Undone by unmerge, exactly.", """{"other": "alibaba", "reason": "They are one house."}""", "party-unknown", "party-merged", "merged-into-itself"),
        PartyVerb.Unmerge => new("Says that two parties are two after all", "Undoes merge.", """{"other": "alibaba", "reason": "They are two."}""", "party-unknown"),
        PartyVerb.Affiliate => new("Says what a party is to another one", "By the quote of an article (article, words, quote), or for a reason. Undone by unaffiliate.",
            """{"is": "subsidiaryOf", "with": "alibaba", "from": "2020-04", "reason": "Its register says so."}""", "party-unknown", "article-unknown", "affiliated-with-itself", "party-merged"),
        PartyVerb.Unaffiliate => new("Says that a party is that to another one no more", "Whatever said so, an article or an editor.", """{"is": "subsidiaryOf", "with": "alibaba", "reason": "It was sold."}""", "party-unknown"),
        _ => throw new InvalidOperationException($"Nothing is told of {verb}."),
    };
}
