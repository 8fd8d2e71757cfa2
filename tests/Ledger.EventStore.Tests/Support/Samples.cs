using System.Text.Json.Serialization;

namespace Ledger.EventStore.Tests.Support;

public sealed record CounterOpened(string Name, int Start = 0);

public sealed record CounterMoved(int By, string? Why = null);

/// <summary>Tells when it is serialised.</summary>
public sealed class Counted(Action serialised)
{
    public int Value
    {
        get
        {
            serialised();
            return 1;
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CounterOpened))]
[JsonSerializable(typeof(CounterMoved))]
[JsonSerializable(typeof(Counted))]
[JsonSerializable(typeof(System.Text.Json.Nodes.JsonObject))]
internal sealed partial class SamplesJson : JsonSerializerContext;

/// <summary>The events that the tests record.</summary>
internal static class Samples
{
    public static EventTypes Types() => new EventTypes()
        .Add("counter_opened", () => SamplesJson.Default.CounterOpened)
        .Add("counter_moved", () => SamplesJson.Default.CounterMoved)
        .Add("counted", () => SamplesJson.Default.Counted);

    public static NewEvent Moved(int by = 1, string? why = null) => new(Guid.CreateVersion7(), new CounterMoved(by, why));

    public static Append To(string stream, long expected, params NewEvent[] events) =>
        new("tester", [new StreamAppend(stream, expected, events)]);

    public static string Name(string prefix = "counter") => $"{prefix}-{Guid.CreateVersion7():N}";
}
