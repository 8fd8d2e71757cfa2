using System.Text;
using System.Text.Json;

namespace Ledger.EventStore.Proof;

/// <summary>How long the canonical bytes of an event can become, known before PostgreSQL has normalised its JSON.</summary>
internal static class LeafSize
{
    /// <summary>The names of the fields, the numbers, the id and the time.</summary>
    private const int FixedMax = 256;

    /// <summary>What is left for the data of an event, beside the rest of its leaf at its longest.</summary>
    public static int RoomForData(Append append, string stream, string type, ReadOnlySpan<byte> headers) => Leaf.BytesMax - FixedMax
        - Text(stream) - Text(type) - Text(append.CorrelationId) - Text(append.CausationId) - AtMost(headers);

    /// <summary>The most bytes that JSON takes as jsonb's text, or <see cref="int.MaxValue"/> if only PostgreSQL can tell.</summary>
    public static int AtMost(ReadOnlySpan<byte> json)
    {
        // A space follows every comma and colon. Strings never grow, and numbers only where an exponent is written out.
        return HasExponent(json) ? int.MaxValue : json.Length + json.Count((byte)',') + json.Count((byte)':');
    }

    /// <summary>A control character takes six bytes.</summary>
    private static int Text(string? text) => text is null ? 0 : 6 * Encoding.UTF8.GetByteCount(text);

    private static bool HasExponent(ReadOnlySpan<byte> json)
    {
        if (!MayHaveExponent(json))
            return false;
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number && reader.ValueSpan.IndexOfAny((byte)'e', (byte)'E') >= 0)
                return true;
        }
        return false;
    }

    /// <summary>A digit before an e, also where it stands in a string.</summary>
    private static bool MayHaveExponent(ReadOnlySpan<byte> json)
    {
        for (int i = 1; i < json.Length; i++)
        {
            if ((json[i] | 0x20) == 'e' && char.IsAsciiDigit((char)json[i - 1]))
                return true;
        }
        return false;
    }
}
