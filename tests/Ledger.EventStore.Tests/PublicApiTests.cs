using System.Reflection;
using System.Text;
using Ledger.EventStore.Tests.Support;

namespace Ledger.EventStore.Tests;

public sealed class PublicApiTests
{
    /// <summary>A change to the public surface shows as a change to <c>PublicApi.txt</c>, which <c>LEDGER_ACCEPT=1</c> writes anew.</summary>
    [Fact]
    public async Task The_public_surface_is_the_one_checked_in()
    {
        string path = Path.Combine(Repository.Root, "src/Ledger.EventStore/PublicApi.txt");
        string surface = Describe(typeof(EventLog).Assembly);
        if (Environment.GetEnvironmentVariable("LEDGER_ACCEPT") == "1")
            await File.WriteAllTextAsync(path, surface, TestContext.Current.CancellationToken);
        Assert.Equal(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken), surface);
    }

    private static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append($"{Kind(type)} {type.Name}{Bases(type)}\n");
            const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
            IEnumerable<string> members =
            [
                .. type.GetConstructors(Declared).Select(c => $"new({Parameters(c)})"),
                .. type.GetProperties(Declared).Where(p => p.Name != "EqualityContract").Select(Property),
                .. type.GetFields(Declared).Select(f => $"{Name(f.FieldType)} {f.Name}"),
                .. type.GetMethods(Declared).Where(m => !m.IsSpecialName && !IsOfRecord(m)).Select(Method),
            ];
            foreach (string member in members.Order(StringComparer.Ordinal))
                text.Append($"    {member}\n");
        }
        return text.ToString();
    }

    private static string Kind(Type type) => type switch
    {
        { IsAbstract: true, IsSealed: true } => "static class",
        _ when type.GetMethod("<Clone>$") is not null => "record",
        { IsAbstract: true } => "abstract class",
        _ => "class",
    };

    private static string Bases(Type type)
    {
        IEnumerable<Type> bases = type.BaseType is { } b && b != typeof(object) ? [b] : [];
        string[] names = [.. bases.Concat(type.GetInterfaces().Where(i => !i.Name.StartsWith("IEquatable", StringComparison.Ordinal)
            && (type.BaseType is null || !i.IsAssignableFrom(type.BaseType)))).Select(Name).Order(StringComparer.Ordinal)];
        return names.Length == 0 ? "" : " : " + string.Join(", ", names);
    }

    /// <summary>What the compiler writes for a record.</summary>
    private static bool IsOfRecord(MethodInfo method) =>
        method.Name is "<Clone>$" or "Deconstruct" or "Equals" or "GetHashCode" or "ToString" or "PrintMembers" && method.DeclaringType!.GetMethod("<Clone>$") is not null;

    private static string Property(PropertyInfo property)
    {
        bool isStatic = property.GetAccessors()[0].IsStatic;
        string set = property.SetMethod is not { IsPublic: true } setter ? ""
            : setter.ReturnParameter.GetRequiredCustomModifiers().Any(m => m.Name == "IsExternalInit") ? " init;" : " set;";
        string index = property.GetIndexParameters() is { Length: > 0 } of ? $"[{string.Join(", ", of.Select(p => Name(p.ParameterType)))}]" : "";
        return $"{(isStatic ? "static " : "")}{Name(new NullabilityInfoContext().Create(property))} {property.Name}{index} {{ get;{set} }}";
    }

    private static string Method(MethodInfo method)
    {
        string modifier = method.IsStatic ? "static " : method.IsAbstract ? "abstract " : "";
        string generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        return $"{modifier}{Name(new NullabilityInfoContext().Create(method.ReturnParameter))} {method.Name}{generic}({Parameters(method)})";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(p =>
        $"{Name(new NullabilityInfoContext().Create(p))} {p.Name}" + (p.HasDefaultValue ? $" = {p.DefaultValue ?? "default"}" : "")));

    private static string Name(NullabilityInfo info)
    {
        if (System.Nullable.GetUnderlyingType(info.Type) is not null)
            return Name(info.Type);
        string name = info.GenericTypeArguments.Length == 0 ? Name(info.Type)
            : $"{info.Type.Name.Split('`')[0]}<{string.Join(", ", info.GenericTypeArguments.Select(Name))}>";
        return info.ReadState == NullabilityState.Nullable ? name + "?" : name;
    }

    private static string Name(Type type) => type switch
    {
        _ when System.Nullable.GetUnderlyingType(type) is { } inner => Name(inner) + "?",
        { IsArray: true } => Name(type.GetElementType()!) + "[]",
        { IsGenericType: true } => $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>",
        _ when type == typeof(void) => "void",
        _ => Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => "bool",
            TypeCode.Byte => "byte",
            TypeCode.Int32 => "int",
            TypeCode.Int64 => "long",
            TypeCode.String => "string",
            _ => type == typeof(object) ? "object" : type.Name,
        },
    };
}
