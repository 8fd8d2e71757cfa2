using System.Globalization;
using Ledger.Domain.Rules;
using Sprache;

namespace Ledger.App.Watchlists.Language;

/// <summary>
/// The grammar of rules: what stands where, whatever the words mean. Words are told apart by white space and signs, and in any case;
/// several that belong together need no quotes where only one value can stand.
/// </summary>
internal static class RuleGrammar
{
    private static readonly Parser<IEnumerable<char>> Space = Parse.WhiteSpace.Many();

    private static readonly Parser<Word> Bare = Lexeme(Parse.Regex(@"[\p{L}\p{N}][\p{L}\p{N}\p{M}._'&-]*"), isQuoted: false);

    private static readonly Parser<Word> Quoted = Lexeme(
        from open in Parse.Char('"')
        from text in Parse.Regex("""(?:[^"\\\r\n]|\\["\\])+""").Named("some words")
        from close in Parse.Char('"').Named("a closing '\"'")
        select text.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal),
        isQuoted: true);

    private static readonly Parser<Word> Operator = Lexeme(Parse.Regex("!=|<=|>=|=|<|>"), isQuoted: false);

    private static readonly Parser<Word> Open = Sign('(');
    private static readonly Parser<Word> Close = Sign(')').Named("'and', 'or' or ')'");
    private static readonly Parser<Word> Plain = Bare.Where(word => !word.Is("and") && !word.Is("or"));
    private static readonly Parser<Word> Number = Bare.Where(word => word.Text.All(char.IsAsciiDigit) && word.Text.Length < 9).Named("a number");
    private static readonly Parser<Word> Unit = Bare.Where(word => UnitOf(word) is not null).Named("days, weeks, months or years");

    /// <summary>What a condition begins or goes on with: after a value's first word, such a word is no more of the value, or a forgotten <c>and</c> would be.</summary>
    private static readonly string[] Keywords = ["and", "or", "not", "where", "contested", "pledged", "affiliated", "raised", "invested", "any", "no", "at", "within", "in", "is"];

    private static readonly Parser<Word> Value = Quoted.XOr(
        from first in Plain
        from more in Bare.Where(word => !Keywords.Any(word.Is)).Many()
        select first with { Text = string.Join(' ', more.Select(word => word.Text).Prepend(first.Text)) }).Named("a value");

    private static readonly Parser<Node.Test> Within =
        from keyword in Keyword("within")
        from time in Time()
        select new Node.Test(default!, keyword, []) { Time = time };

    private static readonly Parser<Node.Test> OneOf =
        from keyword in Keyword("in")
        from open in Open.Named("'('")
        from values in Separated(Value, Sign(','))
        from close in Sign(')').Named("',' or ')'")
        select new Node.Test(default!, keyword, values);

    private static readonly Parser<Node.Test> Compared =
        from sign in Operator
        from value in Value
        select new Node.Test(default!, sign, [value]);

    private static readonly Parser<Node> Field =
        from field in Plain.Named("a condition")
        from test in Compared.XOr(OneOf).XOr(Within).Named("=, !=, <, <=, >, >=, 'in' or 'within'")
        select test with { Field = field };

    private static readonly Parser<Node> Raised =
        from field in Keyword("raised").XOr(Keyword("invested"))
        from test in Within.Named("'within', as in within 12 months,")
        select test with { Field = field };

    private static readonly Parser<Node> Contested =
        from keyword in Keyword("contested")
        from field in Optional(Lexeme(Parse.String("=").Text(), isQuoted: false), Value)
        select new Node.Contested(keyword, field);

    private static readonly Parser<Node> Affiliated =
        from keyword in Keyword("affiliated")
        from kind in Optional(Keyword("as"), Plain.Named("a kind of affiliation"))
        from with in Optional(Keyword("with"), Value)
        select new Node.Affiliated(keyword, kind, with);

    private static readonly Parser<Node> Pledged =
        from keyword in Keyword("pledged")
        from words in Keyword("and").Then(_ => Keyword("not")).Then(_ => Keyword("closed")).Then(_ => Keyword("for")).Named("'and not closed for'")
        from time in Time()
        select new Node.Pledged(keyword, time);

    private static readonly Parser<Node> Group =
        from open in Open
        from inside in Parse.Ref(() => Condition!)
        from close in Close
        select inside;

    private static readonly Parser<Node> Counted =
        from count in Keyword("any").XOr(Keyword("no")).XOr(from at in Keyword("at") from least in Keyword("least") from number in Number select number)
        from of in Bare.Named("'deal', 'investor' or 'company'")
        from open in Open.Named("'('")
        from inside in Parse.Ref(() => Condition!)
        from close in Close
        select new Node.Counted(count, of, inside);

    private static readonly Parser<Node> Single = Group.XOr(Counted).XOr(Pledged).XOr(Affiliated).XOr(Contested).XOr(Raised).XOr(Field).Named("a condition");

    private static readonly Parser<Node> Negated =
        from nots in Keyword("not").Many()
        from single in Single
        select nots.Aggregate(single, (inside, _) => new Node.Not(inside));

    private static readonly Parser<Node> Conjunction = Separated(Negated, Keyword("and")).Select(all => all.Count == 1 ? all[0] : new Node.All(all));

    private static readonly Parser<Node> Condition = Separated(Conjunction, Keyword("or")).Select(any => any.Count == 1 ? any[0] : new Node.Any(any));

    private static readonly Parser<Node.Whole> Whole =
        from space in Space
        from over in Bare.Named("'companies', 'investors' or 'deals'")
        from condition in Optional(Keyword("where"), Condition)
        from end in End(condition is null ? "'where' or the end" : "'and', 'or' or the end")
        select new Node.Whole(over, condition);

    /// <summary>What stands where; or where something else was expected, and what.</summary>
    public static IResult<Node.Whole> Read(string text) => Whole(new Input(text));

    public static TimeUnit? UnitOf(Word word) => Enum.GetValues<TimeUnit>().Select(unit => (TimeUnit?)unit)
        .FirstOrDefault(unit => word.Is(RuleFields.Name(unit!.Value)) || word.Is(RuleFields.Name(unit.Value)[..^1]));

    private static Parser<(Word Count, Word Unit)> Time() => from count in Number from unit in Unit select (count, unit);

    private static Parser<Word> Keyword(string word) => Bare.Where(found => found.Is(word)).Named($"'{word}'");

    private static Parser<Word> Sign(char sign) => Lexeme(Parse.Char(sign).Select(c => c.ToString(CultureInfo.InvariantCulture)), isQuoted: false).Named($"'{sign}'");

    /// <summary>What follows a word, where that word is there; then it has to.</summary>
    private static Parser<T?> Optional<T>(Parser<Word> word, Parser<T> what) where T : class => input =>
    {
        var found = word(input);
        return found.WasSuccessful ? what(found.Remainder) : Result.Success<T?>(null, input);
    };

    /// <summary>One or more. After the joint there has to be another one, and what is wrong with it is told where it stands.</summary>
    private static Parser<IReadOnlyList<T>> Separated<T>(Parser<T> item, Parser<Word> joint) => input =>
    {
        var items = new List<T>();
        for (var rest = input; ;)
        {
            var found = item(rest);
            if (!found.WasSuccessful)
                return Result.Failure<IReadOnlyList<T>>(found.Remainder, found.Message, found.Expectations);
            items.Add(found.Value);
            var joined = joint(found.Remainder);
            if (!joined.WasSuccessful)
                return Result.Success<IReadOnlyList<T>>(items, found.Remainder);
            rest = joined.Remainder;
        }
    };

    private static Parser<bool> End(string expected) => input =>
        input.AtEnd ? Result.Success(true, input) : Result.Failure<bool>(input, "unexpected", [expected]);

    private static Parser<Word> Lexeme(Parser<string> text, bool isQuoted) => input =>
    {
        var found = text(input);
        return found.WasSuccessful ? Result.Success(new Word(found.Value, isQuoted, input.Position), Space(found.Remainder).Remainder)
            : Result.Failure<Word>(found.Remainder, found.Message, found.Expectations);
    };
}

/// <param name="At">Its place in the text, from 0.</param>
internal sealed record Word(string Text, bool IsQuoted, int At)
{
    public bool Is(string keyword) => !IsQuoted && string.Equals(Text, keyword, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A rule as it is written, before its words are known to mean anything.</summary>
internal abstract record Node
{
    private Node() { }

    public sealed record Whole(Word Over, Node? Condition) : Node;

    public sealed record All(IReadOnlyList<Node> Nodes) : Node;

    public sealed record Any(IReadOnlyList<Node> Nodes) : Node;

    public sealed record Not(Node Inside) : Node;

    /// <param name="Count">any, no, or a number.</param>
    public sealed record Counted(Word Count, Word Of, Node Inside) : Node;

    /// <param name="By">An operator, or in, or within.</param>
    public sealed record Test(Word Field, Word By, IReadOnlyList<Word> Values) : Node
    {
        public (Word Count, Word Unit)? Time { get; init; }
    }

    public sealed record Contested(Word At, Word? Field) : Node;

    public sealed record Affiliated(Word At, Word? Kind, Word? With) : Node;

    public sealed record Pledged(Word At, (Word Count, Word Unit) Time) : Node;
}
