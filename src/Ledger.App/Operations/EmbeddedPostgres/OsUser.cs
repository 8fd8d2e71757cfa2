using System.Diagnostics;

namespace Ledger.App.Operations.EmbeddedPostgres;

/// <summary>The operating system's user that owns a cluster and runs its programs: PostgreSQL refuses to run as root.</summary>
/// <param name="Name">Null when it is the user that runs this process.</param>
internal sealed record OsUser(string? Name)
{
    private static readonly string[] Preferred = ["ledger", "postgres", "nobody"];

    public static OsUser Self { get; } = new((string?)null);

    /// <summary>The user that root starts a new cluster as: one of its own if there is one, else one that no person logs in as.</summary>
    public static OsUser ForRoot()
    {
        var known = File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0]).ToHashSet(StringComparer.Ordinal);
        return new OsUser(Preferred.FirstOrDefault(known.Contains) ?? throw new ClusterUnavailableException(
            "PostgreSQL does not run as root, and this machine has none of the users ledger, postgres and nobody to run it as: create one of them."));
    }

    /// <summary>The owner of a file or folder, to be asked by root.</summary>
    public static async Task<string> OwnerOf(string path, CancellationToken cancel)
    {
        var (exitCode, output) = await Self.Run("/", ["stat", "-c", "%U", path], cancel);
        return exitCode == 0 ? output.Trim() : throw new IOException(output.Trim());
    }

    /// <summary>What root puts into another's folder is to be usable by that user too.</summary>
    public static async Task GiveToOwnerOf(string folder, string path, CancellationToken cancel)
    {
        if (!Environment.IsPrivilegedProcess) return;
        var (exitCode, output) = await Self.Run("/", ["chown", "--recursive", $"--reference={folder}", path], cancel);
        if (exitCode != 0) throw new IOException(output.Trim());
    }

    public async Task Own(string path, CancellationToken cancel)
    {
        if (Name is null) return;
        var (exitCode, output) = await Self.Run("/", ["chown", $"{Name}:", path], cancel);
        if (exitCode != 0) throw new IOException(output.Trim());
    }

    /// <summary>Runs a program as this user to its end and answers all that it printed.</summary>
    public async Task<(int ExitCode, string Output)> Run(string folder, IReadOnlyList<string> command, CancellationToken cancel)
    {
        var start = Prepare(folder, command);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.RedirectStandardInput = true;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var errors = process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, await output + await errors);
    }

    /// <summary>
    /// Runs a program that leaves a server behind. What is printed goes to a file: a pipe would stay open as long as the server,
    /// and the terminal belongs to the command that the person gave.
    /// </summary>
    public async Task<int> RunDetached(string folder, IReadOnlyList<string> command, string outputFile)
    {
        using var process = Process.Start(Prepare(folder, ["sh", "-c", "exec \"$@\" </dev/null >\"$0\" 2>&1", outputFile, .. command]))!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    private ProcessStartInfo Prepare(string folder, IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { WorkingDirectory = folder };
        // The caller's own PostgreSQL and locale settings must not leak into a private cluster.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";
        if (Name is null) return start;
        start.UserName = Name;
        start.Environment["HOME"] = folder;
        return start;
    }
}
