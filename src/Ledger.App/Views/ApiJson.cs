using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ledger.App.Log;
using Ledger.Domain.Claims;

namespace Ledger.App.Views;

/// <summary>How records are written for readers: camel case, nulls spelled out, and claims as they are stored but for the names of their sorts.</summary>
public static class ApiJson
{
    public static JsonSerializerOptions Options { get; } = Configure(new JsonSerializerOptions { WriteIndented = true });

    /// <summary>The same on one line, as it goes over HTTP.</summary>
    public static JsonSerializerOptions Compact { get; } = Configure(new JsonSerializerOptions());

    public static JsonSerializerOptions Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        // Names and quotes in other scripts stay readable; what is put into HTML is encoded there.
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        foreach (var converter in StoredJson.Plain.Converters)
            options.Converters.Add(converter);
        options.TypeInfoResolver = JsonTypeInfoResolver.Combine(StoredJson.Plain.TypeInfoResolver!, new DefaultJsonTypeInfoResolver()).WithAddedModifier(NameClaimsAsFields);
        options.DefaultIgnoreCondition = JsonIgnoreCondition.Never;
        return options;
    }

    /// <summary>A sort of claim is called as the field that it is of.</summary>
    private static void NameClaimsAsFields(JsonTypeInfo type)
    {
        if (type.Type != typeof(ClaimValue) || type.PolymorphismOptions is not { } stored)
            return;
        var named = stored.DerivedTypes.Select(derived => new JsonDerivedType(derived.DerivedType, CamelCase((string)derived.TypeDiscriminator!))).ToList();
        stored.DerivedTypes.Clear();
        foreach (var derived in named)
            stored.DerivedTypes.Add(derived);
    }

    private static string CamelCase(string stored) => string.Concat(stored.Split('_').Select((word, index) => index == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
}
