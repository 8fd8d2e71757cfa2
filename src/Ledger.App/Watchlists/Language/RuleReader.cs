using System.Globalization;
using Ledger.App.Views;
using Ledger.App.Views.Parties;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;
using Spectre.Console.Rendering;

namespace Ledger.App.Watchlists.Language;

/// <summary>What is wrong with a rule, and where.</summary>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in characters as people count them: a letter with its accent is one, however it is encoded.</param>
/// <param name="Says">What is wrong there, and what would be right.</param>
/// <param name="Text">The line.</param>
public sealed record RuleProblem(int Line, int Column, string Says, string Text)
{
    /// <summary>One sentence.</summary>
    public override string ToString() => $"line {Line}, column {Column}: {Says}";

    /// <summary>The line, and a mark below the place in a terminal, where some characters are as wide as two.</summary>
    internal string Shown() => $"{Text}\n{string.Join('\t', Text[..Place.Start].Split('\t').Select(part => new string(' ', new Segment(part).CellCount())))}^";

    /// <summary>Where in the line the character begins and ends that stands there.</summary>
    internal (int Start, int End) Place
    {
        get
        {
            int[] starts = [.. StringInfo.ParseCombiningCharacters(Text), Text.Length, Text.Length];
            var at = Math.Min(Column, starts.Length - 1) - 1;
            return (starts[at], starts[at + 1]);
        }
    }

    internal InvalidValueException Refused() => new("rule", ToString());
}

/// <summary>Reads rules.</summary>
internal static class RuleReader
{
    /// <summary>A rule that names parties by their ids, as recorded ones do.</summary>
    /// <exception cref="InvalidValueException">It is none.</exception>
    public static Rule Read(string text) => TryRead(text, out var rule, isRecorded: true) is { } problem ? throw problem.Refused() : rule!;

    /// <summary>The same; what is wrong is the answer, null where nothing is.</summary>
    public static RuleProblem? TryRead(string text, out Rule? rule, bool isRecorded = false) =>
        Guard(text, () => new RuleBinder(IdOf, isRecorded).Bind(Syntax(text)), out rule);

    /// <summary>A rule as people write it, who call parties by any of their names.</summary>
    public static async Task<(Rule? Rule, RuleProblem? Problem)> Read(string text, PartyNames names, CancellationToken cancel)
    {
        var named = new List<Word>();
        var problem = Guard(text, () => new RuleBinder(word =>
        {
            named.Add(word);
            return "somebody";
        }, isRecorded: false).Bind(Syntax(text)), out _);
        if (problem is not null)
            return (null, problem);
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in named)
        {
            try
            {
                ids[word.Text] = (await names.Find(word.Text, cancel)).Id.Value;
            }
            catch (NotFoundException e)
            {
                return (null, Problem(text, word.At, e.Message.TrimEnd('.')));
            }
        }
        problem = Guard(text, () => new RuleBinder(word => ids[word.Text], isRecorded: false).Bind(Syntax(text)), out var rule);
        return (rule, problem);
    }

    private static string IdOf(Word word) => Slug.Check("party", word.Text.ToLowerInvariant());

    private static RuleProblem? Guard(string text, Func<Rule> read, out Rule? rule)
    {
        rule = null;
        try
        {
            rule = read();
            return null;
        }
        catch (RuleException e)
        {
            return Problem(text, e.At, e.Message);
        }
    }

    private static Node.Whole Syntax(string text)
    {
        if (text.Length > Rule.LengthMax)
            throw new RuleException(Rule.LengthMax, $"the rule has {text.Length} characters; at most {Rule.LengthMax} are allowed");
        CheckDepth(text);
        var found = RuleGrammar.Read(text);
        if (found.WasSuccessful)
            return found.Value;
        var at = found.Remainder.Position;
        throw new RuleException(at, $"{(found.Remainder.AtEnd ? "the rule ends here" : $"'{WordAt(text, at)}' stands here")}; {string.Join(" or ", found.Expectations.Distinct())} is expected");
    }

    /// <summary>Brackets are read by functions that call each other: nobody may have them call each other without end.</summary>
    private static void CheckDepth(string text)
    {
        var (depth, isQuoted) = (0, false);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"' && (i == 0 || text[i - 1] != '\\'))
                isQuoted = !isQuoted;
            else if (!isQuoted && text[i] == '(' && ++depth > Rule.DepthMax)
                throw new RuleException(i, $"brackets stand in more than {Rule.DepthMax} others");
            else if (!isQuoted && text[i] == ')')
                depth--;
        }
    }

    private static string WordAt(string text, int at)
    {
        var end = at;
        while (end < text.Length && char.IsLetterOrDigit(text[end]))
            end++;
        // A sign that no word begins with stands for itself, be it of two units.
        return Domain.Values.Text.Shorten(text[at..Math.Max(end, at + (char.IsSurrogatePair(text, at) ? 2 : 1))], 30);
    }

    private static RuleProblem Problem(string text, int at, string says)
    {
        at = Math.Min(at, text.Length);
        var start = at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1;
        var end = text.IndexOf('\n', at);
        return new RuleProblem(text.AsSpan(0, start).Count('\n') + 1, new StringInfo(text[start..at]).LengthInTextElements + 1, says, text[start..(end < 0 ? text.Length : end)].TrimEnd('\r'));
    }
}
