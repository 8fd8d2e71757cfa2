using System.Text.Json;

namespace Ledger.EventStore.Reading;

/// <summary>The headers of events as they are read. Those of one append are the same, and stand one after another.</summary>
internal sealed class LastHeaders
{
    private static readonly Dictionary<string, string> None = [];

    private byte[] _json = [];
    private Dictionary<string, string> _headers = None;

    /// <param name="json">The headers as they are stored, or nothing.</param>
    public IReadOnlyDictionary<string, string> Of(ReadOnlySpan<byte> json)
    {
        if (!json.SequenceEqual(_json))
            (_json, _headers) = (json.ToArray(), Parse(json));
        return _headers;
    }

    private static Dictionary<string, string> Parse(ReadOnlySpan<byte> stored)
    {
        if (stored.Length == 0)
            return None;
        var headers = new Dictionary<string, string>(StringComparer.Ordinal);
        var json = new Utf8JsonReader(stored);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string name = json.GetString()!;
            json.Read();
            headers[name] = json.TokenType == JsonTokenType.String ? json.GetString()! : "";
        }
        return headers;
    }
}
