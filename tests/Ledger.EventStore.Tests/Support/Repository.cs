namespace Ledger.EventStore.Tests.Support;

/// <summary>The source tree that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Ledger.sln")) ? folder : Find(Path.GetDirectoryName(folder)!);
}
