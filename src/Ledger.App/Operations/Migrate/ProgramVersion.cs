using System.Reflection;

namespace Ledger.App.Operations.Migrate;

/// <summary>The version of this build, with the commit it was built from where that is known.</summary>
internal static class ProgramVersion
{
    public static string Current { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
