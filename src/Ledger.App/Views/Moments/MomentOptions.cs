using System.CommandLine;

namespace Ledger.App.Views.Moments;

/// <summary>How commands that ask take the moment that they are asked as of.</summary>
internal static class MomentOptions
{
    private static readonly Option<string?> AsOf = new("--as-of") { Description = "As the record was at the end of a day, UTC, or at a time.", HelpName = "DATE" };
    private static readonly Option<string?> At = new("--at") { Description = "As the record was when the log ended at this position.", HelpName = "N" };
    private static readonly Option<string?> Effective = new("--effective") { Description = "Only deals that are dated, and not later than this, with the status that held then.", HelpName = "DATE" };
    private static readonly Option<string?> After = new("--after") { Description = "Wait until the views hold this position.", HelpName = "N" };

    public static void AddTo(Command command)
    {
        foreach (var option in new[] { AsOf, At, Effective, After })
            command.Options.Add(option);
    }

    public static Moment Read(ParseResult parsed) => new(parsed.GetValue(AsOf), parsed.GetValue(At), parsed.GetValue(Effective), parsed.GetValue(After));
}
