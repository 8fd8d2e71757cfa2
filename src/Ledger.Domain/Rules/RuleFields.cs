using System.Collections.Frozen;
using Ledger.Domain.Claims;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;

namespace Ledger.Domain.Rules;

/// <summary>Where a condition stands: what it is asked of.</summary>
public enum Scope
{
    Company,
    Investor,
    Deal,

    /// <summary>A deal of an investor, who has a role in it.</summary>
    InvestorDeal,

    /// <summary>An investor of a company or of a deal: what it is itself, and its role there.</summary>
    Holder,

    /// <summary>The company of a deal, or one that an investor is in: what it is itself.</summary>
    Holding,
}

/// <summary>The fields of the language: where they are, how they are called, and what values they take.</summary>
public static class RuleFields
{
    private static readonly FrozenDictionary<Scope, RuleField[]> ByScope = new Dictionary<Scope, RuleField[]>
    {
        [Scope.Company] = [RuleField.Id, RuleField.Kind, RuleField.Sector, RuleField.Place, RuleField.Investor, RuleField.Lead, RuleField.Series, RuleField.Instrument, RuleField.Status],
        [Scope.Investor] = [RuleField.Id, RuleField.Kind, RuleField.Sector, RuleField.Place, RuleField.Company, RuleField.Series, RuleField.Instrument, RuleField.Status],
        [Scope.Deal] = [RuleField.Id, RuleField.DealKind, RuleField.Sector, RuleField.Place, RuleField.Company, RuleField.Investor, RuleField.Lead, RuleField.Series, RuleField.Instrument, RuleField.Status],
        [Scope.InvestorDeal] = [RuleField.Id, RuleField.DealKind, RuleField.Sector, RuleField.Place, RuleField.Company, RuleField.Investor, RuleField.Lead, RuleField.Series, RuleField.Instrument, RuleField.Status, RuleField.Role],
        [Scope.Holder] = [RuleField.Id, RuleField.Kind, RuleField.Sector, RuleField.Place, RuleField.Role],
        [Scope.Holding] = [RuleField.Id, RuleField.Kind, RuleField.Sector, RuleField.Place],
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<RuleField, string[]> Vocabularies = new Dictionary<RuleField, string[]>
    {
        [RuleField.DealKind] = Names<DealKind>(),
        [RuleField.Instrument] = Names<Instrument>(),
        [RuleField.Status] = Names<DealStatus>(),
        [RuleField.Role] = Names<InvestorRole>(),
    }.ToFrozenDictionary();

    public static IReadOnlyList<RuleField> Of(Scope scope) => ByScope[scope];

    public static Scope ScopeOf(Subject over) => over switch
    {
        Subject.Companies => Scope.Company,
        Subject.Investors => Scope.Investor,
        _ => Scope.Deal,
    };

    /// <summary>What can be counted of it, and as what it is then asked; null where it has none.</summary>
    public static Scope? Inside(Scope scope, Related of) => (scope, of) switch
    {
        (Scope.Company, Related.Deal) => Scope.Deal,
        (Scope.Investor, Related.Deal) => Scope.InvestorDeal,
        (Scope.Company or Scope.Deal or Scope.InvestorDeal, Related.Investor) => Scope.Holder,
        (Scope.Investor or Scope.Deal or Scope.InvestorDeal, Related.Company) => Scope.Holding,
        _ => null,
    };

    /// <summary>Whether it has sums, dates and what else deals have: of itself, or of one of its deals.</summary>
    public static bool HasDeals(Scope scope) => scope is not (Scope.Holder or Scope.Holding);

    public static bool IsParty(Scope scope) => scope is not (Scope.Deal or Scope.InvestorDeal);

    /// <summary>Whether the values are ids of parties.</summary>
    public static bool NamesParties(Scope scope, RuleField field) => field is RuleField.Company or RuleField.Investor or RuleField.Lead || field is RuleField.Id && IsParty(scope);

    public static string Name(RuleField field) => field is RuleField.DealKind ? "kind" : Name<RuleField>(field);

    public static string Name<T>(T value) where T : struct, Enum
    {
        var name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    /// <summary>A value as it is recorded.</summary>
    /// <exception cref="InvalidValueException">The field never has it.</exception>
    public static string Check(RuleField field, string value)
    {
        if (Vocabularies.TryGetValue(field, out var known))
            return Array.Find(known, name => string.Equals(name, value, StringComparison.OrdinalIgnoreCase))
                ?? throw new InvalidValueException(Name(field), $"'{Text.Shorten(value)}' is not one of {string.Join(", ", known)}");
        if (field is RuleField.Place)
            return Text.Line("place", value).Trim();
        var slug = NameKey.Of(value).Replace(' ', '-');
        return Slug.Check(Name(field), field is RuleField.Series && slug.StartsWith("series-", StringComparison.Ordinal) ? slug["series-".Length..] : slug);
    }

    internal static string[] Names<T>() where T : struct, Enum => [.. Enum.GetValues<T>().Select(Name)];
}
