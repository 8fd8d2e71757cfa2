using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Rates;
using Ledger.Domain.Sources;
using Ledger.Domain.Values;
using Ledger.Domain.Watchlists;

namespace Ledger.App.Log;

/// <summary>
/// How events and folded states are written as JSON: camel case, enums by name, and of every type what its constructor
/// takes, so that what was computed is never stored. What may be null is left out when it is, and may be missing.
/// </summary>
public static class StoredJson
{
    /// <summary>All of it by the serialiser.</summary>
    public static JsonSerializerOptions Plain { get; } = Make(null);

    /// <summary>The same, with claims read faster.</summary>
    public static JsonSerializerOptions Options { get; } = Make(new ClaimConverter(Plain));

    public static JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    private static JsonSerializerOptions Make(ClaimConverter? claims)
    {
        var options = new JsonSerializerOptions(StoredJsonContext.Default.Options)
        {
            TypeInfoResolver = StoredJsonContext.Default.WithAddedModifier(StoreConstructorParametersOnly).WithAddedModifier(NameClaimValues).WithAddedModifier(NameDealEvents),
            Converters =
            {
                new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false),
                new TextValueConverter<DealId>(text => new DealId(text), id => id.Value),
                new TextValueConverter<PartyId>(text => new PartyId(text), id => id.Value),
                new TextValueConverter<ArticleId>(text => new ArticleId(text), id => id.Value),
                new TextValueConverter<ClaimId>(text => new ClaimId(text), id => id.Value),
                new TextValueConverter<Reason>(text => new Reason(text), reason => reason.Text),
                new TextValueConverter<Currency>(text => new Currency(text), currency => currency.Code),
                new TextValueConverter<When>(text => When.Parse("date", text), when => when.ToString()),
            },
        };
        if (claims is not null)
            options.Converters.Add(claims);
        options.MakeReadOnly();
        return options;
    }

    private static void StoreConstructorParametersOnly(JsonTypeInfo type)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
            return;
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            var property = type.Properties[i];
            if (property.AssociatedParameter is not { } parameter)
                type.Properties.RemoveAt(i);
            else if (parameter.IsNullable || Nullable.GetUnderlyingType(property.PropertyType) is not null)
                property.IsRequired = false;
        }
    }

    /// <summary>
    /// The stored names of what claims say: a contract that does not follow the names of classes. The discriminator is
    /// called <c>is</c> because jsonb sorts keys by length, and a reader wants it first.
    /// </summary>
    private static void NameClaimValues(JsonTypeInfo type)
    {
        if (type.Type != typeof(ClaimValue))
            return;
        type.PolymorphismOptions = new JsonPolymorphismOptions
        {
            TypeDiscriminatorPropertyName = "is",
            UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization,
            DerivedTypes =
            {
                new(typeof(ClaimValue.Company), "company"),
                new(typeof(ClaimValue.Kind), "kind"),
                new(typeof(ClaimValue.Round), "round"),
                new(typeof(ClaimValue.Status), "status"),
                new(typeof(ClaimValue.Raised), "amount"),
                new(typeof(ClaimValue.UsdAsReported), "usd_as_reported"),
                new(typeof(ClaimValue.Valuation), "valuation"),
                new(typeof(ClaimValue.Investor), "investor"),
                new(typeof(ClaimValue.OthersUndisclosed), "others_undisclosed"),
                new(typeof(ClaimValue.Announced), "announced"),
                new(typeof(ClaimValue.UseOfProceeds), "use_of_proceeds"),
                new(typeof(ClaimValue.Period), "period"),
                new(typeof(ClaimValue.Sector), "sector"),
                new(typeof(ClaimValue.Place), "place"),
                new(typeof(ClaimValue.ReportedBy), "reported_by"),
                new(typeof(ClaimValue.Founded), "founded"),
                new(typeof(ClaimValue.InvestorKind), "investor_kind"),
                new(typeof(ClaimValue.Affiliation), "affiliation"),
                new(typeof(ClaimValue.Backer), "backer"),
                new(typeof(ClaimValue.MarketFigure), "market_figure"),
            },
        };
    }

    /// <summary>An event that stands inside another one is told by the name that it is stored under by itself.</summary>
    private static void NameDealEvents(JsonTypeInfo type)
    {
        if (type.Type != typeof(DealEvent))
            return;
        type.PolymorphismOptions = new JsonPolymorphismOptions
        {
            TypeDiscriminatorPropertyName = "is",
            UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization,
        };
        foreach (var (derived, name) in DealEventNames.All)
            type.PolymorphismOptions.DerivedTypes.Add(new JsonDerivedType(derived, name));
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(SourceEvent.SourceRanked))]
[JsonSerializable(typeof(BulkEvent.BulkMade))]
[JsonSerializable(typeof(BulkEvent.BulkTouched))]
[JsonSerializable(typeof(BulkEvent.BulkUndone))]
[JsonSerializable(typeof(RatesEvent.ReferenceRatesPublished))]
[JsonSerializable(typeof(RatesEvent.ReferenceRatesCorrected))]
[JsonSerializable(typeof(WatchlistEvent.WatchlistDefined))]
[JsonSerializable(typeof(WatchlistEvent.WatchlistRuleChanged))]
[JsonSerializable(typeof(WatchlistEvent.WatchlistRenamed))]
[JsonSerializable(typeof(WatchlistEvent.WatchlistMemberPinned))]
[JsonSerializable(typeof(WatchlistEvent.WatchlistMemberExcluded))]
[JsonSerializable(typeof(WatchlistEvent.WatchlistMemberReleased))]
[JsonSerializable(typeof(WatchlistEvent.WatchlistMembersJoined))]
[JsonSerializable(typeof(WatchlistEvent.WatchlistMembersLeft))]
[JsonSerializable(typeof(WatchlistEvent.WatchlistDeleted))]
[JsonSerializable(typeof(DealEvent))]
[JsonSerializable(typeof(DealEvent.DealAnnounced))]
[JsonSerializable(typeof(DealEvent.DealCorroborated))]
[JsonSerializable(typeof(DealEvent.DealStatusAdvanced))]
[JsonSerializable(typeof(DealEvent.DealClaimCorrected))]
[JsonSerializable(typeof(DealEvent.DealClaimWithdrawn))]
[JsonSerializable(typeof(DealEvent.DealClaimRestored))]
[JsonSerializable(typeof(DealEvent.DealClaimPreferred))]
[JsonSerializable(typeof(DealEvent.DealPreferenceEnded))]
[JsonSerializable(typeof(DealEvent.DealPartJoined))]
[JsonSerializable(typeof(DealEvent.DealPartLeft))]
[JsonSerializable(typeof(DealEvent.DealWholeJoined))]
[JsonSerializable(typeof(DealEvent.DealWholeLeft))]
[JsonSerializable(typeof(DealEvent.DealCovered))]
[JsonSerializable(typeof(DealEvent.DealUncovered))]
[JsonSerializable(typeof(DealEvent.DealCoverGained))]
[JsonSerializable(typeof(DealEvent.DealCoverLost))]
[JsonSerializable(typeof(DealEvent.DealMerged))]
[JsonSerializable(typeof(DealEvent.DealUnmerged))]
[JsonSerializable(typeof(DealEvent.DealAbsorbed))]
[JsonSerializable(typeof(DealEvent.DealReleased))]
[JsonSerializable(typeof(DealEvent.DealEchoed))]
[JsonSerializable(typeof(DealEvent.DealDistinguished))]
[JsonSerializable(typeof(DealEvent.DealDistinctionEnded))]
[JsonSerializable(typeof(DealEvent.DealRetracted))]
[JsonSerializable(typeof(DealEvent.DealReinstated))]
[JsonSerializable(typeof(DealEvent.DealTagged))]
[JsonSerializable(typeof(DealEvent.DealUntagged))]
[JsonSerializable(typeof(DealEvent.DealSourceRanked))]
[JsonSerializable(typeof(PartyEvent.PartyRegistered))]
[JsonSerializable(typeof(PartyEvent.PartyAliasAdded))]
[JsonSerializable(typeof(PartyEvent.PartyDescribed))]
[JsonSerializable(typeof(PartyEvent.PartyAliasRemoved))]
[JsonSerializable(typeof(PartyEvent.PartyRenamed))]
[JsonSerializable(typeof(PartyEvent.PartyAffiliated))]
[JsonSerializable(typeof(PartyEvent.PartyAffiliationEnded))]
[JsonSerializable(typeof(PartyEvent.PartyAffiliationRestored))]
[JsonSerializable(typeof(PartyEvent.PartyMerged))]
[JsonSerializable(typeof(PartyEvent.PartyUnmerged))]
[JsonSerializable(typeof(PartyEvent.PartyAbsorbed))]
[JsonSerializable(typeof(PartyEvent.PartyReleased))]
[JsonSerializable(typeof(ArticleEvent.ArticleRecorded))]
[JsonSerializable(typeof(ArticleEvent.ArticleDescribed))]
[JsonSerializable(typeof(ArticleEvent.ArticleClaimed))]
[JsonSerializable(typeof(Party))]
[JsonSerializable(typeof(Article))]
[JsonSerializable(typeof(ClaimValue))]
[JsonSerializable(typeof(ClaimValue.Company))]
[JsonSerializable(typeof(ClaimValue.Kind))]
[JsonSerializable(typeof(ClaimValue.Round))]
[JsonSerializable(typeof(ClaimValue.Status))]
[JsonSerializable(typeof(ClaimValue.Raised))]
[JsonSerializable(typeof(ClaimValue.UsdAsReported))]
[JsonSerializable(typeof(ClaimValue.Valuation))]
[JsonSerializable(typeof(ClaimValue.Investor))]
[JsonSerializable(typeof(ClaimValue.OthersUndisclosed))]
[JsonSerializable(typeof(ClaimValue.Announced))]
[JsonSerializable(typeof(ClaimValue.UseOfProceeds))]
[JsonSerializable(typeof(ClaimValue.Period))]
[JsonSerializable(typeof(ClaimValue.Sector))]
[JsonSerializable(typeof(ClaimValue.Place))]
[JsonSerializable(typeof(ClaimValue.ReportedBy))]
[JsonSerializable(typeof(ClaimValue.Founded))]
[JsonSerializable(typeof(ClaimValue.InvestorKind))]
[JsonSerializable(typeof(ClaimValue.Affiliation))]
[JsonSerializable(typeof(ClaimValue.Backer))]
[JsonSerializable(typeof(ClaimValue.MarketFigure))]
internal sealed partial class StoredJsonContext : JsonSerializerContext;
