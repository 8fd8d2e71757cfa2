namespace Ledger.App.Shell;

/// <summary>
/// What rules of the record refuse, by the types of the refusals: 404 where what is to be changed is not there, 412 where it was changed
/// since, 400 where what is asked makes no sense whatever the record holds, and 409 where the record stands in the way.
/// </summary>
internal static class RefusalTypes
{
    public static IReadOnlyList<ProblemType> All { get; } =
    [
        new("deal-unknown", 404, "Not in the record", "No deal has the id. A deal begins with an article that announces it."),
        new("changed-meanwhile", 412, "Changed meanwhile", "What you want to change was changed since the version that you have seen. The detail says by whom, when, and from what to what. Read it anew, and decide again."),

        new("watchlist-unknown", 404, "No such watchlist", "No watchlist has the id."),

        new("key-reused", 422, "The key stands for another request", "An Idempotency-Key names one request of its author's, for 30 days at least. Another request needs another key."),

        new("article-unknown", 400, "The article is not recorded", "A claim names an article that is not in the record. Record it first."),
        new("claim-unknown", 400, "The deal has no such claim", "Ask for the deal to see its claims with their ids."),
        new("party-unknown", 400, "The party is not registered", "Whoever is named in a claim or a change has to be registered before."),
        new("field-not-of-a-deal", 400, "No field of a deal", "A claim about a deal says something that only parties or articles have."),
        new("field-not-of-a-party", 400, "No field of a party", "A claim about a party says something that only deals or articles have."),
        new("field-not-of-an-article", 400, "No figure of an article", "What an article itself claims are figures of markets; the rest belongs to a deal or a party."),
        new("deal-without-claims", 400, "The announcement claims nothing", "A deal that is new needs claims of its company, its kind and its status."),
        new("deal-without-company", 400, "No claim says the company", "A deal that is new needs a claim of whose deal it is."),
        new("deal-without-kind", 400, "No claim says the kind", "A deal that is new needs a claim of whether it is a round, an aggregate, a fund or a listing."),
        new("deal-without-status", 400, "No claim says the status", "A deal that is new needs a claim of how far it has come."),
        new("correction-of-another-field", 400, "The correction is of another field", "A claim is corrected by one of the same field, and of an investor by one of the same investor."),
        new("correction-of-itself", 400, "The claim says that already", "A claim cannot be corrected by one that says the same with the same quote."),
        new("no-status", 400, "The claim is of no status", "A deal is advanced by a claim of its status."),
        new("no-tag", 400, "Neither a sector nor a place", "A deal is filed under sectors and places."),
        new("same-deal", 400, "One deal is named twice", "A tie is between two deals."),
        new("affiliated-with-itself", 400, "Affiliated with itself", "An affiliation is between two parties."),
        new("merged-into-itself", 400, "Merged into itself", "A merge is of two parties."),

        new("aggregate-has-no-parts", 409, "An aggregate has no parts", "A sum over several deals covers them; it is no part and no whole."),
        new("claim-corrected", 409, "The claim was corrected", "It counts for nothing any more; what corrected it can itself be corrected or withdrawn."),
        new("claim-needed", 409, "The claim is needed", "Without it nothing would say the company, the kind or the status of the deal. Correct it, or retract the deal."),
        new("claim-not-standing", 409, "The claim does not stand", "It was withdrawn or corrected. Restore it first."),
        new("claim-withdrawn", 409, "The claim was withdrawn", "Restore it first."),
        new("companies-differ", 409, "The deals are of two companies", "Ties are between deals of one company. Correct the company of one, or merge the companies."),
        new("correction-corrected", 409, "The correction was itself corrected", "A claim that says the same is there, and was corrected. Restore it."),
        new("deal-distinct", 409, "The deals were found to be two", "An editor has said that they are two, and why. Undo that first."),
        new("deal-merged", 409, "The deal was merged", "Its claims stand with another deal now. Name that one, or undo the merge."),
        new("deal-retracted", 409, "The deal was retracted", "Reinstate it first."),
        new("deal-tied", 409, "The deal is tied to another one", "It is a part, a whole, covered, or merged. End that first."),
        new("does-not-fit", 409, "The deals do not fit into the aggregate", "The least that the covered deals come to may not exceed the most that the aggregate does."),
        new("merge-of-a-changed-deal", 409, "Changed and merged at once", "A deal is merged in a step of its own, and not together with other changes of it."),
        new("name-not-alias", 409, "The name is no alias", "It is what the party is shown under. Rename it first."),
        new("not-an-aggregate", 409, "The deal is no aggregate", "An aggregate covers deals that are none."),
        new("party-merged", 409, "The party was merged", "It is another party now. Name that one, or undo the merge."),
        new("rates-differ", 409, "Other rates are recorded", "Rates of a day that are recorded differ from those given; one of the two is wrong. If it is what is recorded, say why with a reason."),
        new("rates-of-the-future", 400, "Rates of the future", "Rates are recorded when they are published, and not before."),
        new("status-not-advanced", 409, "No advance leads there", "The deal has come as far already, or has ended. If a claim of its status is wrong, correct or withdraw that."),
        new("status-not-preferred", 409, "A status goes by time", "Claims of the status are not preferred; correct or withdraw those that are wrong."),
        new("too-long", 409, "An event would be too long", "An event has at most 65,535 bytes, so that it can be proved; what is to be recorded at once comes to more. Record it in parts."),
        new("status-too-late", 409, "An earlier time than the status has", "The deal has its present status since a later time than the one that is claimed."),
        new("subscription-deleted", 409, "The subscription was deleted", "Its history stays; one that is to go on needs another name."),
        new("subscription-exists", 409, "The subscription is there already", "One has the name already, and is another one. Change that one, or choose another name."),
        new("watchlist-deleted", 409, "The watchlist was deleted", "Its history stays; a list that is to go on needs another name."),
        new("watchlist-exists", 409, "The watchlist is there already", "A list has the name already, with another rule. Change that one's rule, or choose another name."),
    ];
}
