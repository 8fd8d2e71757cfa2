namespace Ledger.Testing;

/// <summary>The clone that the tests were built from.</summary>
public static class Repository
{
    /// <summary>The folder that holds Ledger.sln.</summary>
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    private static string Find(DirectoryInfo? folder) => folder is null
        ? throw new DirectoryNotFoundException("No folder above the tests holds Ledger.sln.")
        : File.Exists(Path.Combine(folder.FullName, "Ledger.sln")) ? folder.FullName : Find(folder.Parent);
}
