using System.Globalization;
using Ledger.App.Views;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Rules;
using Ledger.Domain.Values;
using Condition = Ledger.Domain.Rules.Condition;
using Span = Ledger.Domain.Rules.Span;

namespace Ledger.App.Watchlists.Language;

/// <summary>What the words of a rule mean: which fields there are where they stand, and which values these take.</summary>
/// <param name="party">The id of the party that a word names.</param>
/// <param name="isRecorded">Whether the rule stands in the record already, from a time at which it may have been taken though it can choose nobody.</param>
internal sealed class RuleBinder(Func<Word, string> party, bool isRecorded)
{
    private int _conditions;

    /// <exception cref="RuleException">A word means nothing where it stands.</exception>
    public Rule Bind(Node.Whole whole)
    {
        var over = Named<Subject>(whole.Over, "is nothing that a rule is over");
        return new Rule(over, whole.Condition is { } condition ? Bind(condition, RuleFields.ScopeOf(over)) : null);
    }

    private Condition Bind(Node node, Scope scope)
    {
        switch (node)
        {
            case Node.All n:
                return Condition.AllOf([.. n.Nodes.Select(one => Bind(one, scope))]);
            case Node.Any n:
                return Condition.AnyOf([.. n.Nodes.Select(one => Bind(one, scope))]);
            case Node.Not n:
                return new Condition.Not(Bind(n.Inside, scope));
            case Node.Counted n:
                return Counted(n, scope);
            case Node.Contested n:
                Count(n.At);
                OfDeals(n.At, scope);
                return new Condition.Contested(n.Field is null ? null : Named<Field>(n.Field, "is no field of deals", isRecorded ? Enum.GetValues<Field>() : [.. DealDecisions.OfDeals.Order()]));
            case Node.Pledged n:
                Count(n.At);
                OfDeals(n.At, scope);
                return new Condition.PledgedFor(Time(n.Time));
            case Node.Affiliated n:
                Count(n.At);
                if (!RuleFields.IsParty(scope))
                    throw Wrong(n.At, "a deal is not affiliated; ask for any company or any investor that is");
                return new Condition.Affiliated(n.Kind is null ? null : Named<AffiliationKind>(n.Kind, "is no kind of affiliation"), n.With is null ? null : At(n.With, () => (PartyId?)new PartyId(party(n.With))));
            case Node.Test n:
                Count(n.Field);
                return Test(n, scope);
            default:
                throw new InvalidOperationException($"Rules have no {node.GetType().Name}.");
        }
    }

    private Condition Counted(Node.Counted n, Scope scope)
    {
        Related[] there = [.. Enum.GetValues<Related>().Where(one => RuleFields.Inside(scope, one) is not null)];
        var of = Array.FindIndex(there, one => n.Of.Is(Written.Name(one)) || n.Of.Is(Several(one))) is >= 0 and var found ? there[found]
            : throw Wrong(n.Of, $"'{n.Of.Text}' cannot be counted of {Of(scope)}" + (there.Length == 0 ? "" : $"; {string.Join(" or ", there.Select(Written.Name))} can"));
        var inside = Bind(n.Inside, RuleFields.Inside(scope, of)!.Value);
        if (n.Count.Is("no"))
            return new Condition.Not(new Condition.Has(1, of, inside));
        return At(n.Count, () => new Condition.Has(n.Count.Is("any") ? 1 : int.Parse(n.Count.Text, CultureInfo.InvariantCulture), of, inside));
    }

    private Condition Test(Node.Test n, Scope scope)
    {
        if (n.Field.Is("raised") || n.Field.Is("invested"))
            return Raised(n, scope);
        if (n.Field.Is("announced"))
        {
            OfDeals(n.Field, scope);
            return n.Time is { } time ? new Condition.AnnouncedWithin(Time(time))
                : Compared(n, By(n), by => At(n.Values[0], () => new Condition.Announced(by, When.ParseInYear("announced", n.Values[0].Text.ToUpperInvariant()))));
        }
        foreach (var sum in Enum.GetValues<SumField>())
        {
            if (n.Field.Is(Written.Name(sum)))
            {
                OfDeals(n.Field, scope);
                return Compared(n, By(n), by => Sum(sum, by, n.Values[0]));
            }
        }
        var fields = RuleFields.Of(scope);
        var field = fields.Select(known => (RuleField?)known).FirstOrDefault(known => n.Field.Is(RuleFields.Name(known!.Value)))
            ?? throw Wrong(n.Field, $"{Of(scope)} has no '{n.Field.Text}'; it has {string.Join(", ", Asked(scope))}");
        if (n.Time is not null || n.By.Text is "<" or "<=" or ">" or ">=")
            throw Wrong(n.By, $"{RuleFields.Name(field)} is compared with =, != and in only");
        if (field is RuleField.Kind && !isRecorded)
            CheckKinds(n, scope);
        var values = n.Values.Select(word => At(word, () => RuleFields.NamesParties(scope, field) ? party(word) : RuleFields.Check(field, word.Text))).ToList();
        var test = new Condition.Is(field, [.. values]);
        return n.By.Text == "!=" ? new Condition.Not(test) : test;
    }

    /// <summary>What no investor ever is, but deals are.</summary>
    private static void CheckKinds(Node.Test n, Scope scope)
    {
        foreach (var word in n.Values)
        {
            var kind = Enum.GetValues<DealKind>().Where(kind => kind is not DealKind.Fund).Select(Written.Name).FirstOrDefault(name => string.Equals(name, word.Text, StringComparison.OrdinalIgnoreCase));
            if (kind is not null)
                throw Wrong(word, $"kind is what sort of investor it is here, and '{kind}' is a sort of deal" + (RuleFields.HasDeals(scope) ? $"; any deal (kind = {kind}) asks that" : ""));
        }
    }

    private static Condition.RaisedWithin Raised(Node.Test n, Scope scope)
    {
        var who = n.Field.Is("raised") ? Scope.Company : Scope.Investor;
        if (scope != who)
            throw Wrong(n.Field, $"'{n.Field.Text}' is asked of {Of(who)}, not of {Of(scope)}");
        return new Condition.RaisedWithin(Time(n.Time!.Value));
    }

    private static Condition.Sum Sum(SumField field, Comparison by, Word value)
    {
        if (value.Text.Split(' ') is not [var figure, var currency])
            throw Wrong(value, $"'{value.Text}' is no sum; a figure and a currency are expected: 10m USD");
        var (digits, size) = figure.ToLowerInvariant() switch
        {
            [.. var number, 'b', 'n'] => (number, 1_000_000_000m),
            [.. var number, 'm'] => (number, 1_000_000m),
            [.. var number, 'k'] => (number, 1000m),
            var number => (number, 1m),
        };
        return digits.Length <= 18 && decimal.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var units)
            ? At(value, () => new Condition.Sum(field, by, units * size / 1.0000000000000000000000000000m, new Currency(currency.ToUpperInvariant())))
            : throw Wrong(value, $"'{figure}' is no figure; 500k, 10m, 1.5bn or 10000000 is expected");
    }

    private static Condition Compared(Node.Test n, Comparison? by, Func<Comparison, Condition> make) => by is { } known ? make(known) : new Condition.Not(make(Comparison.Equal));

    /// <summary>Null of what is not equal.</summary>
    private static Comparison? By(Node.Test n) => n.By.Text switch
    {
        "=" => Comparison.Equal,
        "<" => Comparison.Less,
        "<=" => Comparison.AtMost,
        ">" => Comparison.More,
        ">=" => Comparison.AtLeast,
        "!=" => null,
        _ => throw Wrong(n.By, $"{n.Field.Text.ToLowerInvariant()} is compared with =, !=, <, <=, > and >="),
    };

    private static Span Time((Word Count, Word Unit) time) =>
        At(time.Count, () => new Span(int.Parse(time.Count.Text, CultureInfo.InvariantCulture), RuleGrammar.UnitOf(time.Unit)!.Value));

    private static void OfDeals(Word at, Scope scope)
    {
        if (!RuleFields.HasDeals(scope))
            throw Wrong(at, $"'{at.Text}' is asked of deals, not of {Of(scope)}");
    }

    private void Count(Word at)
    {
        if (++_conditions > Rule.ConditionsMax)
            throw Wrong(at, $"there are more than {Rule.ConditionsMax} conditions");
    }

    /// <summary>What can be asked of it by name.</summary>
    private static IEnumerable<string> Asked(Scope scope) => RuleFields.Of(scope).Select(RuleFields.Name)
        .Concat(RuleFields.HasDeals(scope) ? ["amount", "valuation", "announced", "contested", "pledged"] : [])
        .Concat(scope is Scope.Company ? ["raised"] : scope is Scope.Investor ? ["invested"] : [])
        .Concat(RuleFields.IsParty(scope) ? ["affiliated"] : []);

    private static string Of(Scope scope) => scope switch
    {
        Scope.Company => "a company",
        Scope.Investor => "an investor",
        Scope.Holder => "an investor of something",
        Scope.Holding => "a company inside brackets",
        _ => "a deal",
    };

    private static string Several(Related of) => of is Related.Company ? "companies" : Written.Name(of) + "s";

    private static T Named<T>(Word word, string problem, params T[] of) where T : struct, Enum
    {
        of = of is [] ? Enum.GetValues<T>() : of;
        foreach (var value in of)
        {
            if (string.Equals(Written.Name(value), word.Text, StringComparison.OrdinalIgnoreCase))
                return value;
        }
        throw Wrong(word, $"'{word.Text}' {problem}; one of {string.Join(", ", of.Select(Written.Name))} is expected");
    }

    private static T At<T>(Word word, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (InvalidValueException e)
        {
            throw Wrong(word, $"{e.Field} {e.Problem}");
        }
    }

    private static RuleException Wrong(Word at, string problem) => new(at.At, problem);
}

/// <param name="at">Where in the text, from 0.</param>
/// <param name="problem">What is wrong there, and what would be right, in one sentence without its end.</param>
internal sealed class RuleException(int at, string problem) : Exception(problem)
{
    public int At { get; } = at;
}
