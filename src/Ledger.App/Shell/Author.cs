using Ledger.App.Access;

namespace Ledger.App.Shell;

/// <summary>Who writes over HTTP: whose key it is.</summary>
internal static class Author
{
    public static string Of(HttpContext context) => context.User.IsKnown() ? context.User.Identity!.Name! : throw new InvalidOperationException("Somebody without a key was let through to where something is written.");
}
