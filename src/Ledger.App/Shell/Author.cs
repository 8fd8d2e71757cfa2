using Ledger.App.CommandLine;

namespace Ledger.App.Shell;

/// <summary>Who writes over HTTP: whoever has signed in, and where nobody has to, whoever runs the server.</summary>
internal static class Author
{
    public static string Of(HttpContext context) => context.User.Identity is { IsAuthenticated: true, Name: { } name } ? name : Invocation.Author;
}
