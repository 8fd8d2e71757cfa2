using System.Text.Json.Serialization;
using Ledger.EventStore;

namespace Ledger.Benchmarks.Log;

internal sealed record SampleClaim(string Field, string Value, string Quote);

internal sealed record DealChanged(string Company, string Source, int Number, decimal Low, decimal High, string Currency, SampleClaim[] Claims);

internal sealed record DealOpened(string Name);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DealChanged))]
[JsonSerializable(typeof(DealOpened))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class SampleEventsJson : JsonSerializerContext;

/// <summary>Events of the size of a ledger's, 340 to 420 bytes.</summary>
internal static class SampleEvents
{
    public const string OpeningJson = """{"name": "opened"}""";

    public static EventTypes Types { get; } = new EventTypes()
        .Add("deal_changed", () => SampleEventsJson.Default.DealChanged)
        .Add("deal_opened", () => SampleEventsJson.Default.DealOpened);

    public static DealChanged Event(int number) => new(
        $"company-{number % 40_000}", $"https://news.example/{number}", number, 1_000_000m + number, 2_000_000m + number, "CNY",
        [
            new SampleClaim("amount", "over", $"has raised over {number} million yuan in its latest round"),
            new SampleClaim("lead", $"investor-{number % 8_000}", $"led by Investor {number % 8_000}, an existing backer of it"),
        ]);

    public static NewEvent New(int number) => new(Guid.CreateVersion7(), Event(number));
}
