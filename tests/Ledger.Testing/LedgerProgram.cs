using System.Diagnostics;
using System.Text;

namespace Ledger.Testing;

/// <summary>How a run of the program ended.</summary>
public sealed record LedgerRun(int ExitCode, string Output, string Errors);

/// <summary>
/// The built program in a process of its own, as a person or a service would run it. Disposing kills it if it still runs.
/// </summary>
public sealed class LedgerProgram : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly string _arguments;

    private LedgerProgram(Process process, string arguments) => (_process, _arguments) = (process, arguments);

    public int ProcessId => _process.Id;

    public bool HasEnded => _process.HasExited;

    /// <summary>What the program has printed so far.</summary>
    public string Output { get { lock (_output) return _output.ToString(); } }

    public string Errors { get { lock (_errors) return _errors.ToString(); } }

    /// <summary>Runs the program to its end.</summary>
    public static async Task<LedgerRun> Run(IReadOnlyList<string> arguments, LedgerProgramOptions? options = null)
    {
        await using var program = Start(arguments, options);
        return await program.End(options?.Timeout);
    }

    public static LedgerProgram Start(IReadOnlyList<string> arguments, LedgerProgramOptions? options = null) =>
        StartAssembly(Path.Combine(Built, "ledger.dll"), arguments, options ?? new LedgerProgramOptions());

    /// <summary>Where the program was built: a release is compiled for the machine there, and not where it is copied to beside the tests.</summary>
    private static string Built => Path.Combine([Repository.Root, "src", "Ledger.App", "bin", .. AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar).Split(Path.DirectorySeparatorChar)[^2..]]);

    /// <summary>Waits for the program's end.</summary>
    public async Task<LedgerRun> End(TimeSpan? timeout = null)
    {
        await Within(timeout ?? Patience, "did not end", cancel => _process.WaitForExitAsync(cancel));
        return new LedgerRun(_process.ExitCode, Output, Errors);
    }

    /// <summary>Waits until the program has printed this text on standard output, and answers the line that holds it.</summary>
    public async Task<string> Printed(string text, TimeSpan? timeout = null)
    {
        string? line = null;
        await Within(timeout ?? Patience, $"did not print '{text}'", async cancel =>
        {
            while ((line = Output.Split('\n').FirstOrDefault(one => one.Contains(text, StringComparison.Ordinal))) is null)
            {
                if (_process.HasExited) throw new InvalidOperationException($"'{_arguments}' ended with {_process.ExitCode} before it printed '{text}'.\n{Output}\n{Errors}");
                await Task.Delay(20, cancel);
            }
        });
        return line!;
    }

    /// <summary>SIGKILL: the program gets no chance to tidy up.</summary>
    public async Task Kill()
    {
        _process.Kill();
        await End();
    }

    /// <summary>SIGTERM, as a service manager stops a program.</summary>
    public async Task<LedgerRun> Terminate()
    {
        await Signal("TERM");
        return await End();
    }

    /// <param name="signal">By its name: STOP pauses the program, CONT has it go on.</param>
    public async Task Signal(string signal)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -{signal} {_process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await Kill();
        _process.Dispose();
    }

    /// <summary>Any executable assembly; by its name alone, one that lies beside the tests.</summary>
    internal static LedgerProgram StartAssembly(string assembly, IReadOnlyList<string> arguments, LedgerProgramOptions options)
    {
        var path = Path.Combine(AppContext.BaseDirectory, assembly);
        if (!File.Exists(path)) throw new FileNotFoundException($"{path} was not built: the tests' project must refer to Ledger.Testing.", path);
        var start = new ProcessStartInfo("dotnet", [path, .. arguments])
        {
            WorkingDirectory = options.Folder ?? AppContext.BaseDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        // Nothing is to run by the clock while a test looks.
        start.Environment["Ledger__Jobs__Enabled"] = "false";
        foreach (var (name, value) in options.Environment ?? new Dictionary<string, string?>())
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }

        var program = new LedgerProgram(new Process { StartInfo = start }, string.Join(' ', arguments));
        program._process.OutputDataReceived += (_, line) => Collect(program._output, line.Data);
        program._process.ErrorDataReceived += (_, line) => Collect(program._errors, line.Data);
        program._process.Start();
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        if (options.Input is { } input) program._process.StandardInput.Write(input);
        program._process.StandardInput.Close();
        return program;
    }

    private static void Collect(StringBuilder lines, string? line)
    {
        if (line is null) return;
        lock (lines) lines.Append(line).Append('\n');
    }

    private async Task Within(TimeSpan time, string complaint, Func<CancellationToken, Task> wait)
    {
        using var timeout = new CancellationTokenSource(time);
        try
        {
            await wait(timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            if (!_process.HasExited) _process.Kill();
            throw new TimeoutException($"'{_arguments}' {complaint} within {time.TotalSeconds:0} s.\n{Output}\n{Errors}");
        }
    }
}
