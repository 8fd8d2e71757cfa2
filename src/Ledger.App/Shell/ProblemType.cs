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
    public static readonly ProblemType Unauthenticated = new("unauthenticated", 401, "Who are you?", "The request says nothing, or nothing that holds, of who sends it.");
    public static readonly ProblemType Forbidden = new("forbidden", 403, "Not allowed", "Whoever sends the request may not do that, or a browser was sent here with it by the page of another site.");
    public static readonly ProblemType NotFound = new("not-found", 404, "Not in the record", "Nothing in the record has this id, goes by this name, or stands at this position, at the moment that was asked for.");
    public static readonly ProblemType NoSuchAddress = new("no-such-address", 404, "Nothing here", "No page and no part of the API has this address.");
    public static readonly ProblemType MethodNotAllowed = new("method-not-allowed", 405, "The address takes other methods", "The address is there, and is asked with another method; the header Allow names those that it takes.");
    public static readonly ProblemType TooLarge = new("too-large", 413, "The request is too large", "The body is larger than a server takes, 30 million bytes. Send less at once.");
    public static readonly ProblemType UnsupportedMediaType = new("unsupported-media-type", 415, "The body is of another sort", "The API takes JSON, as application/json, and nothing else.");
    public static readonly ProblemType Refused = new("refused", 409, "The record says no", "A rule of the record refuses the change; nothing was changed.");
    public static readonly ProblemType Fault = new("fault", 500, "The ledger failed", "Something went wrong on the server's side; its log says what.");
    public static readonly ProblemType ViewsBehind = new("views-behind", 503, "Not yet", "The views that the answer is read from are not there yet, or have not come to the position that was asked for. Ask again.");
    public static readonly ProblemType Busy = new("busy", 503, "Others were faster", "The change met changes of others again and again, and was given up; nothing was changed. Send it again.");
    public static readonly ProblemType OutcomeUnknown = new("outcome-unknown", 503, "It may have been recorded", "The database was lost while the change was on its way. Send it again; what is recorded already is not recorded twice.");

    /// <summary>All that there are: of requests, and of the record's own rules.</summary>
    public static IReadOnlyList<ProblemType> All { get; } =
    [
        BadRequest, InvalidValue, Unauthenticated, Forbidden, NotFound, NoSuchAddress, MethodNotAllowed, TooLarge, UnsupportedMediaType, Refused, Fault, ViewsBehind, Busy, OutcomeUnknown,
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
        401 => Unauthenticated,
        403 => Forbidden,
        404 => NoSuchAddress,
        405 => MethodNotAllowed,
        412 => Find("changed-meanwhile"),
        413 => TooLarge,
        415 => UnsupportedMediaType,
        _ => null,
    };
}
