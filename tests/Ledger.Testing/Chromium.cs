namespace Ledger.Testing;

/// <summary>The browser that <c>deploy/test</c> makes sure is there.</summary>
public static class Chromium
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>The first of its names on PATH.</summary>
    public static string ExecutablePath { get; } =
        (from name in Names
         from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
         select Path.Combine(folder, name)).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException("Chromium is not on PATH: deploy/test installs it.");
}
