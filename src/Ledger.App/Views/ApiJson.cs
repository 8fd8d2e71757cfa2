using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ledger.App.Log;

namespace Ledger.App.Views;

/// <summary>How records are written for readers: camel case, nulls spelled out, and claims as they are stored.</summary>
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
        foreach (var converter in StoredJson.Options.Converters)
            options.Converters.Add(converter);
        options.TypeInfoResolver = JsonTypeInfoResolver.Combine(StoredJson.Options.TypeInfoResolver!, new DefaultJsonTypeInfoResolver());
        options.DefaultIgnoreCondition = JsonIgnoreCondition.Never;
        return options;
    }
}
