using System.CommandLine;
using Ledger.App.CommandLine;
using Spectre.Console;

namespace Ledger.App.Views.Explain;

/// <summary><c>ledger explain VIEW KEY [FIELD]</c>.</summary>
internal static class ExplainCommand
{
    public static Command Make()
    {
        var view = new Argument<string>("VIEW") { Description = "deal, company, investor or party." };
        var key = new Argument<string>("KEY") { Description = "An id; of a company, an investor or a party a name too." };
        var field = new Argument<string?>("FIELD") { Description = "amount, investor/tencent, totals/CNY, led, sectors …; all where it is left out.", Arity = ArgumentArity.ZeroOrOne };
        return new Command("explain", "Show the events, claims and quotes behind a row or a figure.") { view, key, field }.Asking(async (ledger, cancel) =>
            ledger.Print(await ledger.Get<Explanations>().Explain(
                ledger.Parsed.GetRequiredValue(view), ledger.Parsed.GetRequiredValue(key), ledger.Parsed.GetValue(field), cancel), Write));
    }

    private static void Write(Explanation explanation, IAnsiConsole console)
    {
        console.WriteFacts((Shown.Capital(explanation.View), explanation.Key), (explanation.Field is null ? "" : Shown.Capital(explanation.Field), explanation.Value),
            ("As of", $"position {explanation.Position}"));
        foreach (var of in explanation.Reasons.GroupBy(reason => reason.Of))
        {
            console.WriteHeading(of.Key + (of.First().Gives is { } gives ? $", which gives {gives}" : ""));
            var table = Tables.Of("Position", "Event", "Recorded (UTC)", "By", "Field", "Standing", "As written", "Quote", "Article");
            foreach (var reason in of)
            {
                table.Row($"{reason.Position}", Shown.Words(reason.Event), Shown.Time(reason.RecordedAt), reason.Author,
                    reason.Current ? reason.Field : $"({reason.Field})", Standing(reason), reason.AsWritten ?? reason.Says, reason.Quote is { } quote ? $"“{quote}”" : null, reason.Source);
            }
            console.Write(table);
        }
    }

    private static string Standing(Reason reason) => (reason.Standing is { } standing ? Shown.Words(standing) : "")
        + (reason.Decided is { } decided ? $" by {decided.Author}, because: {decided.Reason}" : "");
}
