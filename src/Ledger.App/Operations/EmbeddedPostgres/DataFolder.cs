namespace Ledger.App.Operations.EmbeddedPostgres;

/// <summary>Where a ledger on this machine keeps what is its own: the embedded cluster, keys and logs.</summary>
internal static class DataFolder
{
    public const string Variable = "LEDGER_DATA";

    /// <summary>
    /// The folder named on the command line, else by <c>LEDGER_DATA</c>, else <c>/var/lib/ledger</c> for root (PostgreSQL does not
    /// run as root, and root's home is closed to the user that it runs as) and the user's own data home for others.
    /// </summary>
    public static string Choose(string? named)
    {
        if (!string.IsNullOrWhiteSpace(named)) return Path.GetFullPath(named);
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } configured) return Path.GetFullPath(configured);
        if (Environment.IsPrivilegedProcess) return "/var/lib/ledger";
        // LocalApplicationData is XDG_DATA_HOME, else ~/.local/share; it is empty for a user without a home.
        var home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        if (home.Length == 0)
            throw new ClusterUnavailableException($"This user has no home folder to keep the ledger in: name a folder with --data or {Variable}.");
        return Path.Combine(home, "ledger");
    }
}
