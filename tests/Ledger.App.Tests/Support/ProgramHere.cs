using Ledger.Testing;

namespace Ledger.App.Tests.Support;

/// <summary>
/// The program inside the tests' own process, from its entry point on: a process takes a second to start, and tests ask many questions.
/// There is one console for all of them, so they take turns.
/// </summary>
internal static class ProgramHere
{
    private static readonly SemaphoreSlim Turn = new(1);

    public static Task<LedgerRun> Run(LedgerOnTestDatabase ledger, params string[] arguments) => Run(ledger, ledger.OwnerConnectionString, arguments);

    public static async Task<LedgerRun> Run(LedgerOnTestDatabase ledger, string connection, string[] arguments)
    {
        await Turn.WaitAsync();
        var (output, errors) = (Console.Out, Console.Error);
        using var printed = new StringWriter();
        using var complained = new StringWriter();
        try
        {
            Console.SetOut(printed);
            Console.SetError(complained);
            string[] all = [.. arguments, "--connection", connection, "--data", ledger.DataFolder];
            var exitCode = await Task.Run(() => (int)typeof(Composition).Assembly.EntryPoint!.Invoke(null, [all])!);
            return new LedgerRun(exitCode, printed.ToString(), complained.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(errors);
            Turn.Release();
        }
    }
}
