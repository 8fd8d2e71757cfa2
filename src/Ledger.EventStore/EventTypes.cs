using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

namespace Ledger.EventStore;

/// <summary>
/// The names that events are stored under, each with the type it is read as, and the upcasters which bring old shapes
/// to the present one. Filled once at start, then read from any thread.
/// </summary>
/// <remarks>
/// A stored name is a contract: it is spelled out here, in snake case, and never follows a class that is renamed.
/// A new field is optional and has a default. Anything else is either a new event, or an upcaster.
/// </remarks>
public sealed partial class EventTypes
{
    private const int NameMax = 500;

    // What tells how a type is written takes milliseconds to make, and few of many types are met in a short run.
    private readonly Dictionary<string, (Type Type, Lazy<JsonTypeInfo> Json)> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, string> _names = [];
    private readonly Dictionary<string, (string To, Func<JsonObject, JsonObject> Change)> _renamed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(Func<JsonObject, bool> IsOld, Func<JsonObject, JsonObject> Change)>> _reshaped =
        new(StringComparer.Ordinal);

    /// <summary>Registers an event type.</summary>
    /// <param name="name">The name it is stored under: snake case, at most 500 characters.</param>
    /// <param name="json">Gives how it is written and read, from a source-generated context; asked when the first is met. Names are to be camel case.</param>
    /// <typeparam name="T">The type, which may have one stored name only.</typeparam>
    /// <exception cref="ArgumentException">The name is not snake case, or name or type are registered already.</exception>
    public EventTypes Add<T>(string name, Func<JsonTypeInfo<T>> json) where T : notnull
    {
        ArgumentNullException.ThrowIfNull(json);
        RefuseTaken(name);
        if (!_names.TryAdd(typeof(T), name))
            throw new ArgumentException($"{typeof(T)} is registered already, as '{_names[typeof(T)]}'.", nameof(name));
        _types.Add(name, (typeof(T), new Lazy<JsonTypeInfo>(json)));
        return this;
    }

    /// <summary>Reads events that are stored under an old name as events of a later one.</summary>
    /// <param name="oldName">A name that nothing is written under any more.</param>
    /// <param name="name">The name its data is brought to: a registered type's, or an old name again.</param>
    /// <param name="change">Makes the later shape from the old. It may change its argument. A pure function.</param>
    /// <exception cref="ArgumentException">The old name is not snake case, or is registered already.</exception>
    public EventTypes Upcast(string oldName, string name, Func<JsonObject, JsonObject> change)
    {
        ArgumentNullException.ThrowIfNull(change);
        RefuseTaken(oldName);
        _renamed.Add(oldName, (name, change));
        return this;
    }

    /// <summary>Reads events of an old shape under a name that has stayed. Upcasters of one name are tried in the order they were added.</summary>
    /// <param name="name">The name, registered or to be registered.</param>
    /// <param name="isOld">Tells the old shape by its properties.</param>
    /// <param name="change">Makes the later shape from the old. It may change its argument. A pure function.</param>
    public EventTypes Upcast(string name, Func<JsonObject, bool> isOld, Func<JsonObject, JsonObject> change)
    {
        ArgumentNullException.ThrowIfNull(isOld);
        ArgumentNullException.ThrowIfNull(change);
        if (!_reshaped.TryGetValue(name, out var upcasters))
            _reshaped.Add(name, upcasters = []);
        upcasters.Add((isOld, change));
        return this;
    }

    /// <summary>The names that are written, in no order.</summary>
    public IReadOnlyCollection<string> Names => _types.Keys;

    /// <summary>The name that events of a type are stored under.</summary>
    /// <exception cref="ArgumentException">The type is not registered.</exception>
    public string NameOf(Type type) => _names.TryGetValue(type, out string? name)
        ? name
        : throw new ArgumentException($"{type} is not a registered event type.", nameof(type));

    /// <summary>A name as it was registered: one text for all events that bear it.</summary>
    internal string Known(string name) => _types.TryGetValue(name, out var type) ? _names[type.Type] : name;

    /// <summary>An event's name and data as they are stored: UTF-8 JSON.</summary>
    internal (string Name, byte[] Json) Write(object data)
    {
        string name = NameOf(data.GetType());
        return (name, JsonSerializer.SerializeToUtf8Bytes(data, _types[name].Json.Value));
    }

    /// <summary>What an exception about an event's data carries its position by.</summary>
    internal const string PositionOf = "position";

    /// <summary>An event's data in its present shape.</summary>
    /// <exception cref="UnknownEventTypeException">No event is registered under the name.</exception>
    /// <exception cref="InvalidDataException">The data does not fit its type.</exception>
    internal object Read(string name, ReadOnlySpan<byte> json, long position)
    {
        try
        {
            if (_types.TryGetValue(name, out var type) && !_reshaped.ContainsKey(name))
                return JsonSerializer.Deserialize(json, type.Json.Value) ?? throw new JsonException("An object was expected.");
            return ReadOld(name, json, position);
        }
        // Also what the type itself refuses, and what an upcaster does.
        catch (Exception problem) when (problem is not UnknownEventTypeException)
        {
            throw new InvalidDataException($"The {name} at position {position} cannot be read: {problem.Message}", problem) { Data = { [PositionOf] = position } };
        }
    }

    private object ReadOld(string name, ReadOnlySpan<byte> json, long position)
    {
        string stored = name;
        JsonObject? data = null;
        while (true)
        {
            if (_reshaped.TryGetValue(name, out var upcasters))
            {
                data ??= Parse(json);
                foreach ((Func<JsonObject, bool> isOld, Func<JsonObject, JsonObject> change) in upcasters)
                    data = isOld(data) ? change(data) : data;
            }
            if (_types.TryGetValue(name, out var type))
                return data!.Deserialize(type.Json.Value) ?? throw new JsonException("An object was expected.");
            if (!_renamed.TryGetValue(name, out var renamed))
                throw new UnknownEventTypeException(stored, position);
            data = renamed.Change(data ?? Parse(json));
            name = renamed.To;
        }
    }

    /// <summary>The given names and every old name that is read as one of them.</summary>
    /// <exception cref="ArgumentException">A name is not registered.</exception>
    internal string[] WithOldNames(IEnumerable<string> names)
    {
        var all = names.ToHashSet(StringComparer.Ordinal);
        if (all.FirstOrDefault(n => !_types.ContainsKey(n) && !_renamed.ContainsKey(n)) is { } unknown)
            throw new ArgumentException($"'{unknown}' is not a registered event name.", nameof(names));
        int before;
        do
        {
            before = all.Count;
            all.UnionWith(_renamed.Where(r => all.Contains(r.Value.To)).Select(r => r.Key));
        }
        while (all.Count > before);
        return [.. all];
    }

    private static JsonObject Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return JsonNode.Parse(ref reader) as JsonObject ?? throw new JsonException("An object was expected.");
    }

    private void RefuseTaken(string name)
    {
        if (!SnakeCase().IsMatch(name) || name.Length > NameMax)
            throw new ArgumentException($"'{name}' is not snake case, or longer than {NameMax} characters.", nameof(name));
        if (_types.ContainsKey(name) || _renamed.ContainsKey(name))
            throw new ArgumentException($"'{name}' is registered already.", nameof(name));
    }

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$")]
    private static partial Regex SnakeCase();
}
