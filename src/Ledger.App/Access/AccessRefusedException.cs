using Ledger.App.Shell;

namespace Ledger.App.Access;

/// <summary>Somebody may not do what they ask for. The message is a sentence for them; nothing was changed.</summary>
internal sealed class AccessRefusedException(ProblemType type, string message) : Exception(message)
{
    public ProblemType Type => type;

    /// <summary>When it may be worth while to ask again; null where it is not.</summary>
    public TimeSpan? RetryAfter { get; private init; }

    public static AccessRefusedException NotSignedIn(bool isRead) => new(ProblemType.KeyMissing,
        $"{(isRead ? "Reading" : "Writing")} takes a key: send it as 'Authorization: Bearer KEY', or sign in with it at /sign-in.");

    public static AccessRefusedException WrongKey() => new(ProblemType.KeyWrong, "The key is none of this ledger's, or was revoked, or has expired.");

    public static AccessRefusedException TooManyWrongKeys(TimeSpan after) => new(
        ProblemType.TooManyWrongKeys, $"Too many wrong keys came from this address; try again in {after.TotalSeconds:0} seconds.")
    { RetryAfter = after };

    public static AccessRefusedException NotAllowed(string name, Role role, Area? area) => new(ProblemType.NotAllowed,
        $"The key of {name} ({Views.Written.Name(role)}) does not allow this; it takes the role {Views.Written.Name(Visitors.Needed(area))}{(area is { } of ? $" and a scope with {Views.Written.Name(of)}" : "")}.");

    public static AccessRefusedException ForeignForm() => new(ProblemType.ForeignForm,
        "The form was not sent from a page of this ledger, or its page is older than the sign-in: open the page again.");

    public static AccessRefusedException NotOwner() => new(ProblemType.NotOwner,
        "Keys are made and revoked, and --as is taken, over the connection of the database's owner only, and the one given is not.");
}
