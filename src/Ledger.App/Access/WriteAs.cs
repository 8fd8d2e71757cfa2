using System.CommandLine;
using Ledger.App.CommandLine;

namespace Ledger.App.Access;

/// <summary>
/// Who writes on the command line: it opens the database itself, so the operating system says who that is. Whoever owns the
/// database may write for somebody else.
/// </summary>
internal static class WriteAs
{
    public static readonly Option<string?> Option = new("--as") { Description = "Whom to write for; takes the connection of the database's owner.", HelpName = "NAME" };

    /// <summary>A command that writes.</summary>
    public static Command Writing(this Command command, Func<Invocation, CancellationToken, Task> run)
    {
        command.Options.Add(Option);
        return command.Doing(run);
    }
}
