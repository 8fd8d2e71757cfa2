using System.Globalization;
using Ledger.App.Views.Parties;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;

namespace Ledger.App.Views.Deals;

/// <summary>
/// What a filter asks of the rows of deals, in SQL that names only what is given: one plan for every filter would read every deal.
/// What rows do not tell, since it depends on the moment or on which parties are one, is asked of the deals themselves.
/// </summary>
internal sealed class DealConditions
{
    private readonly List<Func<Func<string, string>, string>> _sql = [];
    private readonly List<Func<Deal, bool>> _fits = [];
    private readonly List<object?> _parameters = [];

    /// <exception cref="InvalidValueException">Something that is asked for makes no sense.</exception>
    public DealConditions(DealFilter filter, Merges merges, DateOnly? effectiveUntil) : this(filter, effectiveUntil)
    {
        Ask("merged_into is null");
        Ask("not retracted");
        if (filter.Source is { } source)
            Ask($"{Parameter(new ArticleId(source).Value)} = any(sources)");
        if (filter.Contested is { } contested)
            AskContested(contested, merges);
    }

    private DealConditions(DealFilter filter, DateOnly? effectiveUntil)
    {
        if (filter.Series is { } series)
            Ask($"series = {Parameter(Slug.Check("series", SeriesOf(series)))}");
        if (filter.Status is { } named)
            AskStatus(Written.Parse<DealStatus>("status", named), effectiveUntil);
        AskAmount(filter);
        AskAnnounced(filter);
        if (filter.Sector is { } sector)
            Ask($"{Parameter(Slug.Check("sector", sector))} = any(sectors)");
    }

    /// <summary>The same of rows of listed deals which have the status that is asked about, and no sources or contests.</summary>
    /// <exception cref="InvalidValueException">Something that is asked for makes no sense.</exception>
    public static DealConditions OfListed(DealFilter filter) => new(filter, effectiveUntil: null);

    /// <summary>For a command, by their numbers.</summary>
    public object?[] Parameters => [.. _parameters];

    /// <summary>The same, one of them with another value.</summary>
    public object?[] With(string parameter, object value) => [.. _parameters.Select((held, index) => Name(index + 1) == parameter ? value : held)];

    /// <param name="now">What says that a row of a table holds.</param>
    public string Sql(Func<string, string> now) => string.Join(" and ", _sql.Select(condition => condition(now)));

    public bool Fit(Deal deal) => _fits.TrueForAll(fits => fits(deal));

    public void Ask(string condition) => _sql.Add(_ => condition);

    /// <summary>How SQL refers to a value.</summary>
    public string Parameter(object value)
    {
        _parameters.Add(value);
        return Name(_parameters.Count);
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"${number}");

    /// <summary>As it is filed, however people write it: "Series B", "B", "Pre-IPO".</summary>
    private static string SeriesOf(string given)
    {
        var words = given.Trim().ToLowerInvariant();
        return (words.StartsWith("series ", StringComparison.Ordinal) ? words["series ".Length..] : words).Replace(' ', '-');
    }

    /// <summary>The status that held on a day is not the row's.</summary>
    private void AskStatus(DealStatus status, DateOnly? effectiveUntil)
    {
        if (effectiveUntil is null)
            Ask($"status = {Parameter(Written.Name(status))}");
        _fits.Add(deal => deal.Status == status);
    }

    /// <summary>Amounts are intervals, of which one end may be open: a deal fits if its amount can be one that is asked for.</summary>
    private void AskAmount(DealFilter filter)
    {
        var (from, to) = (Figure("amountFrom", filter.AmountFrom), Figure("amountTo", filter.AmountTo));
        if (filter.Currency is null && (from ?? to) is not null)
            throw new InvalidValueException("currency", "is missing; amounts are told apart in one currency");
        if (filter.Currency is { } currency)
            Ask($"currency = {Parameter(new Currency(currency.ToUpperInvariant()).Code)}");
        if (from > to)
            throw new InvalidValueException("amountTo", $"{filter.AmountTo} is less than amountFrom, {filter.AmountFrom}");
        if (from is { } low)
            Ask($"(amount_high is null or amount_high > {Parameter(low)} or amount_high = {Parameter(low)} and qualifier <> '{Written.Name(AmountQualifier.OrderOfMagnitude)}')");
        if (to is { } high)
            Ask($"(amount_low is null or amount_low <= {Parameter(high)})");
    }

    /// <summary>A date is as precise as its source: a deal of a month fits if any day of the month does.</summary>
    private void AskAnnounced(DealFilter filter)
    {
        var (from, to) = (Date("announcedFrom", filter.AnnouncedFrom)?.From, Date("announcedTo", filter.AnnouncedTo)?.To);
        if (from > to)
            throw new InvalidValueException("announcedTo", $"{filter.AnnouncedTo} is before announcedFrom, {filter.AnnouncedFrom}");
        if (from is { } first)
            Ask($"announced_to >= {Parameter(first)}");
        if (to is { } last)
            Ask($"announced_from <= {Parameter(last)}");
    }

    /// <summary>
    /// Rows count two ids of one party as two. Once merges are followed, the contest of some is none; and a deal that names an investor by
    /// two ids may be contested by the roles that it gives them.
    /// </summary>
    private void AskContested(string what, Merges merges)
    {
        if (what is "true" or "false")
        {
            var wanted = what == "true";
            if (wanted)
                AskOrNamedTwice("cardinality(contested) > 0", merges);
            else if (merges.IsEmpty)
                Ask("cardinality(contested) = 0");
            _fits.Add(deal => deal.Contested.Any() == wanted);
            return;
        }
        var field = Enum.GetValues<Field>().Where(field => Written.Name(field) == what).Select(field => (Field?)field).FirstOrDefault()
            ?? throw new InvalidValueException("contested", $"'{what}' is neither true nor false nor a field such as amount or round");
        var isContested = $"{Parameter(Written.Name(field))} = any(contested)";
        if (field == Field.Investor)
            AskOrNamedTwice(isContested, merges);
        else
            Ask(isContested);
        _fits.Add(deal => deal.Contested.Contains(field));
    }

    private void AskOrNamedTwice(string condition, Merges merges)
    {
        if (merges.IsEmpty)
        {
            Ask(condition);
            return;
        }
        var merged = Parameter(merges.Ids(merges.Merged.Select(merges.Root)));
        _sql.Add(now => $"({condition} or deal.id in (select deal_id from investor_deal where {now("investor_deal")} and investor_id = any({merged}) group by deal_id, {merges.Sql("investor_id")} having count(distinct investor_id) > 1))");
    }

    private static decimal? Figure(string name, string? text) => text is null ? null
        : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var figure) && figure <= Amount.Max ? figure
        : throw new InvalidValueException(name, $"'{text}' is no figure in whole units of the currency; 100000000 would be one");

    private static When? Date(string name, string? text) => text is null ? null : When.ParseInYear(name, text);
}
