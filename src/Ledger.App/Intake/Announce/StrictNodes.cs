using System.Collections;
using System.Globalization;
using Ledger.Domain.Values;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace Ledger.App.Intake.Announce;

/// <summary>
/// Refuses what is of another sort than its field takes, in words for whoever wrote the file: the library would name types of
/// the program, take nothing for an item of a list, and make a name of whatever an alias refers to.
/// </summary>
internal sealed class StrictNodes : INodeDeserializer
{
    public bool Deserialize(IParser reader, Type expectedType, Func<IParser, Type, object?> nestedObjectDeserializer, out object? value, ObjectDeserializer rootDeserializer)
    {
        value = null;
        if (!reader.Accept<NodeEvent>(out var node))
            return false;
        if (node is not Scalar && !node.Anchor.IsEmpty)
            throw Wrong(node, "an anchor (&) stands before fields or a list; only texts may be given one");
        if (expectedType.IsGenericType && expectedType.IsAssignableTo(typeof(ICollection)))
        {
            value = expectedType.IsAssignableTo(typeof(IDictionary))
                ? ReadMap(reader, node, expectedType, nestedObjectDeserializer)
                : ReadList(reader, node, expectedType, nestedObjectDeserializer);
            return true;
        }
        if (IsNothing(node))
            return false;
        if (expectedType.IsSubclassOf(typeof(Written)))
            return node is MappingStart ? false : throw Misplaced(node, "fields are");
        if (node is not Scalar scalar)
            throw Misplaced(node, "a text is");
        value = ReadScalar(scalar, Nullable.GetUnderlyingType(expectedType) ?? expectedType);
        if (value is not null)
            reader.MoveNext();
        return value is not null;
    }

    private static IList ReadList(IParser reader, NodeEvent node, Type type, Func<IParser, Type, object?> readItem)
    {
        var list = (IList)Activator.CreateInstance(type)!;
        var itemType = type.GetGenericArguments()[0];
        if (IsNothing(node))
        {
            reader.MoveNext();
            return list;
        }
        if (!reader.TryConsume<SequenceStart>(out _))
            throw Misplaced(node, "a list is");
        while (!reader.TryConsume<SequenceEnd>(out _))
            list.Add(ReadItem(reader, itemType, readItem));
        return list;
    }

    private static IDictionary ReadMap(IParser reader, NodeEvent node, Type type, Func<IParser, Type, object?> readItem)
    {
        var map = (IDictionary)Activator.CreateInstance(type)!;
        if (IsNothing(node))
        {
            reader.MoveNext();
            return map;
        }
        if (!reader.TryConsume<MappingStart>(out _))
            throw Misplaced(node, "fields are");
        while (!reader.TryConsume<MappingEnd>(out _))
        {
            var start = reader.Current!;
            var key = (string)ReadItem(reader, typeof(string), readItem);
            if (map.Contains(key))
                throw Wrong(start, $"'{key}' stands twice");
            map.Add(key, ReadItem(reader, type.GetGenericArguments()[1], readItem));
        }
        return map;
    }

    private static object ReadItem(IParser reader, Type type, Func<IParser, Type, object?> readItem)
    {
        var start = reader.Current!;
        return readItem(reader, type) ?? throw Wrong(start, $"nothing stands where {(type == typeof(string) ? "a text is" : "fields are")} expected");
    }

    /// <summary>Null for a type that needs no care: its text is its value.</summary>
    private static object? ReadScalar(Scalar scalar, Type type)
    {
        var text = scalar.Value;
        if (type == typeof(decimal))
        {
            return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var figure) ? figure
                : throw Wrong(scalar, $"'{Text.Shorten(text)}' is not a number such as 700000000");
        }
        if (type == typeof(int))
        {
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
                : throw Wrong(scalar, $"'{Text.Shorten(text)}' is not a whole number");
        }
        if (type == typeof(bool))
            return text is "true" or "false" ? text is "true" : throw Wrong(scalar, $"'{Text.Shorten(text)}' is not true or false");
        return null;
    }

    private static bool IsNothing(NodeEvent node) => node is Scalar { Style: ScalarStyle.Plain, Value: "" or "~" or "null" or "Null" or "NULL" };

    private static YamlException Misplaced(NodeEvent node, string expected) => Wrong(node, node switch
    {
        SequenceStart => $"a list stands where {expected} expected",
        MappingStart => $"fields stand where {expected} expected",
        Scalar scalar => $"'{Text.Shorten(scalar.Value)}' stands where {expected} expected",
        _ => $"{expected} expected",
    });

    private static YamlException Wrong(ParsingEvent node, string problem) => new(node.Start, node.End, problem);
}
