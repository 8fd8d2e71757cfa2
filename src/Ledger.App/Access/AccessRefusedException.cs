namespace Ledger.App.Access;

/// <summary>Somebody may not do what they ask for. The message is a sentence for them; nothing was changed.</summary>
internal sealed class AccessRefusedException(int status, string type, string title, string message) : Exception(message)
{
    public int Status => status;

    public string Type => type;

    public string Title => title;

    /// <summary>When it may be worth while to ask again; null where it is not.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    public static AccessRefusedException NotSignedIn(bool isRead) => new(
        StatusCodes.Status401Unauthorized, "key-missing", "A key is needed",
        $"{(isRead ? "Reading" : "Writing")} takes a key: send it as 'Authorization: Bearer KEY', or sign in with it at /sign-in.");

    public static AccessRefusedException WrongKey() => new(
        StatusCodes.Status401Unauthorized, "key-wrong", "The key is not known", "The key is none of this ledger's, or was revoked, or has expired.");

    public static AccessRefusedException TooManyWrongKeys(TimeSpan after) => new(
        StatusCodes.Status429TooManyRequests, "too-many-wrong-keys", "Too many wrong keys", $"Too many wrong keys came from this address; try again in {after.TotalSeconds:0} seconds.")
    { RetryAfter = after };

    public static AccessRefusedException NotAllowed(string name, Role role, Area? area) => new(
        StatusCodes.Status403Forbidden, "not-allowed", "The key does not allow this",
        $"The key of {name} ({Views.Written.Name(role)}) does not allow this; it takes the role {Views.Written.Name(Visitors.Needed(area))}{(area is { } of ? $" and a scope with {Views.Written.Name(of)}" : "")}.");

    public static AccessRefusedException ForeignForm() => new(
        StatusCodes.Status403Forbidden, "foreign-form", "The form is not ours",
        "The form was not sent from a page of this ledger, or its page is older than the sign-in: open the page again.");

    public static AccessRefusedException NotOwner() => new(
        StatusCodes.Status403Forbidden, "not-owner", "Not the owner",
        "Keys are made and revoked, and --as is taken, over the connection of the database's owner only, and the one given is not.");
}
