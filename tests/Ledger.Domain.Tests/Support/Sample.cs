using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Support;

/// <summary>Values that specifications are made of. Claims are the same where they say the same from the same article.</summary>
internal static class Sample
{
    public static readonly ArticleId Article = new("article-one");
    public static readonly ArticleId Other = new("article-two");
    public static readonly DealId Deal = new("enflame-series-b");
    public static readonly PartyId Enflame = new("enflame");
    public static readonly PartyId Tencent = new("tencent");
    public static readonly PartyId Summitview = new("summitview");

    public static Claim Claim(ClaimValue value, string words = "words", ArticleId? article = null)
    {
        var said = $"{article ?? Article} {value} {words}";
        var id = new ClaimId(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(said)))[..16]);
        return new Claim(id, value, words, new Quote($"A quote with {words} in it.", 1, 0));
    }

    public static ImmutableArray<Claim> Claims(params ClaimValue[] values) => [.. values.Select(value => Claim(value))];

    public static Cause Cause(long position) =>
        new(position, position, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(position), "somebody");

    public static ClaimValue.Company Company => new(Enflame);

    public static ClaimValue.Kind Round => new(DealKind.Round);

    public static ClaimValue.Status Announced => new(DealStatus.Announced, When.Unknown);

    public static ClaimValue.Status Status(DealStatus status, string effective = "unknown") => new(status, When.Parse("effective", effective));

    public static ClaimValue.Raised Raised(decimal figure, string currency = "CNY") => new(Exact(figure, currency));

    public static ClaimValue.Announced On(string when) => new(When.Parse("announced", when));

    public static ClaimValue.Investor Led(PartyId party) => new(party, InvestorRole.Lead);

    public static ClaimValue.Investor Joined(PartyId party) => new(party, InvestorRole.Participant);

    public static Amount Exact(decimal figure, string currency = "CNY") => new(AmountQualifier.Exact, new Currency(currency), figure, figure);

    /// <summary>A deal on which each group of claims was recorded by an event of its own; the first one is the announcement.</summary>
    public static Deal DealOf(params ClaimValue[][] events)
    {
        var deal = Domain.Deals.Deal.Unknown(Deal).Evolve(new DealEvent.DealAnnounced(Article, Claims(Company, Round, Announced)), Cause(1));
        foreach (var values in events)
            deal = deal.Evolve(new DealEvent.DealCorroborated(Other, [.. values.Select(value => Claim(value, article: Other))]), Cause(deal.Version + 1));
        return deal;
    }
}
