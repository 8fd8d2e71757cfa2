using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ledger.App.Log;

/// <summary>Values that are one string in JSON. A string that the value refuses is an error of its own, not of the JSON.</summary>
internal sealed class TextValueConverter<T>(Func<string, T> parse, Func<T, string> text) : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        parse(reader.GetString() ?? throw new JsonException($"null stands where a {typeof(T).Name} is expected."));

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(text(value));
}
