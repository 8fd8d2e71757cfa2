using Ledger.Domain.Values;

namespace Ledger.App.Shell;

/// <summary>A sort of error. Its address is for programs to tell errors apart by, and leads to what is explained of it.</summary>
/// <param name="Name">Stable; what a rule of the record refuses is called by the type of its refusal.</param>
/// <param name="Status">The status of every answer of this type.</param>
/// <param name="Title">The same for every error of the type.</param>
/// <param name="Explanation">When it comes, and what to do about it.</param>
public sealed record ProblemType(string Name, int Status, string Title, string Explanation)
{
    public const string Page = "/problems";

    public string Address => $"{Page}/{Name}";

    public static readonly ProblemType BadRequest = new("bad-request", 400, "The request cannot be read", "The request is no HTTP that makes sense, or its body is no JSON. Mend it; as it is it will never be taken.");
    public static readonly ProblemType InvalidValue = new("invalid-value", 400, "A value cannot be used", "A field is missing, not known, of another sort, or has a value that the record must never take in. The detail names the field, what is wrong and what would be right; field names it for programs. Nothing was changed.");
    public static readonly ProblemType KeyMissing = new("key-missing", 401, "A key is needed", "The request comes without a key, and what it asks for takes one. Send one as Authorization: Bearer KEY, or sign in.");
    public static readonly ProblemType KeyWrong = new("key-wrong", 401, "The key is not known", "The key is none of this ledger's, or was revoked, or has expired.");
    public static readonly ProblemType LinkUsed = new("link-used", 401, "The link leads nowhere any more", "A link to sign in works once, and for a quarter of an hour.");
    public static readonly ProblemType NotAllowed = new("not-allowed", 403, "The key does not allow this", "The role of the key, or its scope, does not cover what was asked for. The detail says what would.");
    public static readonly ProblemType ForeignForm = new("foreign-form", 403, "The form is not ours", "A browser sent the form, and it does not carry the token of a page of this ledger. Open the page anew and send it from there.");
    public static readonly ProblemType NotOwner = new("not-owner", 403, "Not the owner", "Keys are made and revoked over the connection of the database's owner.");
    public static readonly ProblemType TooManyWrongKeys = new("too-many-wrong-keys", 429, "Too many wrong keys", "Too many keys that do not work came from one address. Retry-After says when to try again.");
    public static readonly ProblemType NotFound = new("not-found", 404, "Not in the record", "Nothing in the record has this id, goes by this name, or stands at this position, at the moment that was asked for.");
    public static readonly ProblemType NoSuchAddress = new("no-such-address", 404, "Nothing here", "No page and no part of the API has this address.");
    public static readonly ProblemType MethodNotAllowed = new("method-not-allowed", 405, "The address takes other methods", "The address is there, and is asked with another method; the header Allow names those that it takes.");
    public static readonly ProblemType TooLarge = new("too-large", 413, "The request is too large", "The body is larger than a server takes, 30 million bytes. Send less at once.");
    public static readonly ProblemType UnsupportedMediaType = new("unsupported-media-type", 415, "The body is of another sort", "The API takes JSON, as application/json, and nothing else; what the pages post to takes forms.");
    public static readonly ProblemType Refused = new("refused", 409, "The record says no", "A rule of the record refuses the change; nothing was changed.");
    public static readonly ProblemType Fault = new("fault", 500, "The ledger failed", "Something went wrong on the server's side; its log says what.");
    public static readonly ProblemType ViewsBehind = new("views-behind", 503, "Not yet", "The views that the answer is read from are not there yet, or have not come to the position that was asked for. Ask again.");
    public static readonly ProblemType Busy = new("busy", 503, "Others were faster", "The change met changes of others again and again, and was given up; nothing was changed. Send it again.");
    public static readonly ProblemType OutcomeUnknown = new("outcome-unknown", 503, "It may have been recorded", "The database was lost while the change was on its way. Send it again; what is recorded already is not recorded twice.");

    /// <summary>All that there are: of requests, and of the record's own rules.</summary>
    public static IReadOnlyList<ProblemType> All { get; } =
    [
        BadRequest, InvalidValue, KeyMissing, KeyWrong, LinkUsed, NotAllowed, ForeignForm, NotOwner, TooManyWrongKeys, NotFound, NoSuchAddress, MethodNotAllowed, TooLarge, UnsupportedMediaType, Refused, Fault, ViewsBehind, Busy, OutcomeUnknown,
        .. RefusalTypes.All,
    ];

    private static readonly Dictionary<string, ProblemType> ByName = All.ToDictionary(type => type.Name, StringComparer.Ordinal);

    /// <summary>Null where there is no such type.</summary>
    public static ProblemType? Find(string name) => ByName.GetValueOrDefault(name);

    public static ProblemType Of(Refusal refusal) => Find(refusal.Type) ?? (refusal.IsOfInput ? InvalidValue : Refused);

    /// <summary>What a status that comes with nothing else means; null where there is no type for it.</summary>
    public static ProblemType? Of(int status) => status switch
    {
        400 => BadRequest,
        401 => KeyMissing,
        403 => NotAllowed,
        404 => NoSuchAddress,
        405 => MethodNotAllowed,
        412 => Find("changed-meanwhile"),
        413 => TooLarge,
        415 => UnsupportedMediaType,
        _ => null,
    };
}
