using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.App.Intake.RecordArticle;
using Ledger.App.Log;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.App.Intake.Announce;

/// <summary>Reads one claim: which value it carries, its words, and where its quote stands.</summary>
internal static class ClaimReader
{
    public static Claim Read(ClaimFields fields, ArticleFile article, string subject)
    {
        var passage = fields.Quote ?? throw new InvalidValueException("quote", "is missing; a claim gives the passage that carries it");
        return Read(fields, article.Id, subject, () => article.Text.Locate(passage, fields.Occurrence));
    }

    /// <summary>Reads a claim whose quote is found by whoever asks.</summary>
    public static Claim Read(ClaimFields fields, ArticleId article, string subject, Func<Quote> locate)
    {
        var words = fields.Words ?? throw new InvalidValueException("words", "are missing; a claim gives the words of the article for its value");
        var value = ReadValue(fields, words);
        var quote = locate();
        return new Claim(Identify(article, subject, value, words, quote.Start), value, words, quote);
    }

    private static ClaimValue ReadValue(ClaimFields c, string words)
    {
        var values = new List<ClaimValue>(1);
        Add(c.Company, id => new ClaimValue.Company(new PartyId(id)));
        Add(c.Kind, kind => new ClaimValue.Kind(Name<DealKind>("kind", kind)));
        Add(c.Round, round => new ClaimValue.Round(round.Series, round.Modifier,
            round.Instrument is { } instrument ? Name<Instrument>("round.instrument", instrument) : null));
        Add(c.Status, status => new ClaimValue.Status(Name<DealStatus>("status", status),
            c.Effective is { } effective ? When.Parse("effective", effective) : When.Unknown));
        Add(c.Amount, amount => new ClaimValue.Raised(ReadAmount("amount", amount, null)));
        Add(c.UsdAsReported, amount => new ClaimValue.UsdAsReported(ReadAmount("usdAsReported", amount, Currency.Usd)));
        Add(c.Valuation, amount => new ClaimValue.Valuation(ReadAmount("valuation", amount, null),
            Name<ValuationBasis>("basis", c.Basis ?? "unknown")));
        Add(c.Investor, id => new ClaimValue.Investor(new PartyId(id), Name<InvestorRole>("role", c.Role), c.Existing ?? false));
        Add(c.UnnamedInvestors, role => new ClaimValue.Investor(null, Name<InvestorRole>("unnamedInvestors", role), c.Existing ?? false, words));
        AddFlag("othersUndisclosed", c.OthersUndisclosed, new ClaimValue.OthersUndisclosed());
        Add(c.Announced, when => new ClaimValue.Announced(When.Parse("announced", when)));
        AddFlag("useOfProceeds", c.UseOfProceeds, new ClaimValue.UseOfProceeds());
        Add(c.Period, when => new ClaimValue.Period(When.Parse("period", when)));
        Add(c.Sector, sector => new ClaimValue.Sector(sector));
        Add(c.Place, place => new ClaimValue.Place(place));
        Add(c.ReportedBy, name => new ClaimValue.ReportedBy(name));
        Add(c.Founded, when => new ClaimValue.Founded(When.Parse("founded", when)));
        Add(c.InvestorKind, kind => new ClaimValue.InvestorKind(kind));
        Add(c.Affiliation, affiliation => new ClaimValue.Affiliation(Name<AffiliationKind>("affiliation.is", affiliation.Is),
            affiliation.With is { } with ? new PartyId(with) : null, affiliation.From is { } from ? When.Parse("affiliation.from", from) : null));
        Add(c.Backer, id => new ClaimValue.Backer(new PartyId(id)));
        Add(c.MarketFigure, figure => new ClaimValue.MarketFigure(figure.Measure ?? "", When.Parse("marketFigure.period", figure.Period),
            ReadAmount("marketFigure.amount", figure.Amount ?? throw new InvalidValueException("marketFigure.amount", "is missing"), null)));
        CheckCompanions(c);
        return values.Count == 1 ? values[0]
            : throw new InvalidValueException("claim", values.Count == 0 ? "has no value field" : $"has {values.Count} value fields; one claim says one thing");

        void Add<T>(T? field, Func<T, ClaimValue> read) where T : class
        {
            if (field is not null)
                values.Add(read(field));
        }

        void AddFlag(string name, bool? field, ClaimValue value)
        {
            if (field is false)
                throw new InvalidValueException(name, "is false; a claim is made or left out");
            if (field is true)
                values.Add(value);
        }
    }

    /// <summary>A field that qualifies another one is refused without it: it would be dropped in silence.</summary>
    private static void CheckCompanions(ClaimFields c)
    {
        Check("effective", c.Effective, c.Status is not null, "status");
        Check("basis", c.Basis, c.Valuation is not null, "valuation");
        Check("role", c.Role, c.Investor is not null, "investor");
        Check("existing", c.Existing, c.Investor is not null || c.UnnamedInvestors is not null, "investor");

        static void Check(string name, object? field, bool belongs, string owner)
        {
            if (field is not null && !belongs)
                throw new InvalidValueException(name, $"belongs to a claim of {owner} only");
        }
    }

    private static Amount ReadAmount(string field, AmountFields amount, Currency? currency)
    {
        try
        {
            var qualifier = Name<AmountQualifier>("amount.qualifier", amount.Qualifier);
            var implied = qualifier == AmountQualifier.Undisclosed ? null : currency;
            return new Amount(qualifier, amount.Currency is { } code ? new Currency(code) : implied, amount.Low, amount.High);
        }
        catch (InvalidValueException e)
        {
            throw new InvalidValueException(e.Field.Replace("amount", field, StringComparison.Ordinal), e.Problem);
        }
    }

    private static T Name<T>(string field, string? name) where T : struct, Enum
    {
        var known = Enum.GetValues<T>().ToDictionary(value => JsonNamingPolicy.CamelCase.ConvertName(value.ToString()), StringComparer.Ordinal);
        if (name is null)
            throw new InvalidValueException(field, $"is missing; it is one of {string.Join(", ", known.Keys)}");
        return known.TryGetValue(name, out var value) ? value
            : throw new InvalidValueException(field, $"'{name}' is not one of {string.Join(", ", known.Keys)}");
    }

    /// <summary>Sixteen hexadecimal digits of the SHA-256 of what the claim says, of whom, in which article and where in it.</summary>
    private static ClaimId Identify(ArticleId article, string subject, ClaimValue value, string words, int start)
    {
        var said = string.Join('\n', article, subject, JsonSerializer.Serialize(value, StoredJson.TypeInfo<ClaimValue>()), words, start);
        return new ClaimId(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said)))[..16]);
    }
}
