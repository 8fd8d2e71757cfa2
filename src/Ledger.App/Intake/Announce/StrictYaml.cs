using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;
using YamlDotNet.Serialization.NodeDeserializers;

namespace Ledger.App.Intake.Announce;

/// <summary>Reads YAML strictly: an unknown or doubled field, or a value of the wrong sort, names its line.</summary>
public static class StrictYaml
{
    private static readonly IDeserializer Yaml = new DeserializerBuilder()
        .WithNamingConvention(CamelCaseNamingConvention.Instance)
        .WithDuplicateKeyChecking()
        .WithNodeDeserializer(inner => new LineKeeper(inner), where => where.InsteadOf<ObjectNodeDeserializer>())
        .WithNodeDeserializer(new StrictNodes(), where => where.OnTop())
        .Build();

    public static T Parse<T>(string path, string text) where T : Written => (T)Parse(path, text, typeof(T));

    /// <exception cref="InputException">Names the file, the line and the field.</exception>
    public static Written Parse(string path, string text, Type type)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            var file = (Written?)Yaml.Deserialize(parser, type) ?? throw new InputException(path, "is empty");
            if (parser.Accept<DocumentStart>(out var second))
                throw new InputException($"{path}, line {second.Start.Line}", "a second document begins; a file holds one");
            return file;
        }
        catch (YamlException e)
        {
            throw new InputException($"{path}, line {e.Start.Line}", Reason(e));
        }
    }

    /// <summary>The innermost reason, as one phrase.</summary>
    private static string Reason(YamlException e)
    {
        Exception innermost = e;
        while (innermost.InnerException is { } inner)
            innermost = inner;
        var reason = innermost.Message.TrimEnd('.').ReplaceLineEndings(" ");
        const string unknown = "Property '";
        const string doubled = "Encountered duplicate key ";
        if (reason.StartsWith(unknown, StringComparison.Ordinal) && reason.Contains("not found on type", StringComparison.Ordinal))
            return $"'{reason[unknown.Length..reason.IndexOf('\'', unknown.Length)]}' is not a field that is known there";
        if (reason.StartsWith(doubled, StringComparison.Ordinal))
            return $"'{reason[doubled.Length..]}' stands twice";
        // What the library says of signs that do not fit together is about its own steps: "While parsing a flow mapping, did not find…".
        return innermost is SyntaxErrorException or SemanticErrorException or not YamlException ? "cannot be read as YAML: a bracket, a quotation mark, an indentation or a backslash does not fit" : reason;
    }

    private sealed class LineKeeper(INodeDeserializer inner) : INodeDeserializer
    {
        public bool Deserialize(IParser reader, Type expectedType, Func<IParser, Type, object?> nestedObjectDeserializer, out object? value, ObjectDeserializer rootDeserializer)
        {
            var line = reader.Current?.Start.Line ?? 0;
            if (!inner.Deserialize(reader, expectedType, nestedObjectDeserializer, out value, rootDeserializer))
                return false;
            if (value is Written written)
                written.Line = line;
            return true;
        }
    }
}
