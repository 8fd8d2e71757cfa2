using System.Text;
using Ledger.Testing;

namespace Ledger.App.Tests.Support;

/// <summary>
/// The program inside the tests' own process, from its entry point on: a process takes a second to start, and tests ask many questions.
/// There is one console for all of them; what a run prints there is told apart by who called it, so that none waits for another.
/// </summary>
internal static class ProgramHere
{
    private static readonly AsyncLocal<Printed?> Running = new();

    static ProgramHere()
    {
        Console.SetOut(new OfItsRun(Console.Out, printed => printed.Output));
        Console.SetError(new OfItsRun(Console.Error, printed => printed.Errors));
    }

    public static Task<LedgerRun> Run(LedgerOnTestDatabase ledger, params string[] arguments) => Run(ledger, ledger.OwnerConnectionString, arguments);

    public static Task<LedgerRun> Run(LedgerOnTestDatabase ledger, string connection, string[] arguments) => Run([.. arguments, "--connection", connection, "--data", ledger.DataFolder]);

    /// <summary>On whatever ledger the arguments name.</summary>
    public static Task<LedgerRun> Run(string[] arguments) => Run(() => Task.FromResult((int)typeof(Composition).Assembly.EntryPoint!.Invoke(null, [arguments])!));

    /// <summary>Another program that is made of this one's parts.</summary>
    public static Task<LedgerRun> Run(Func<Task<int>> main) => Task.Run(async () =>
    {
        var printed = new Printed(new StringWriter(), new StringWriter());
        Running.Value = printed;
        var exitCode = await main();
        return new LedgerRun(exitCode, printed.Output.ToString(), printed.Errors.ToString());
    });

    private sealed record Printed(StringWriter Output, StringWriter Errors);

    private sealed class OfItsRun(TextWriter otherwise, Func<Printed, TextWriter> chosen) : TextWriter
    {
        public override Encoding Encoding => otherwise.Encoding;

        private TextWriter Writer => Running.Value is { } printed ? chosen(printed) : otherwise;

        public override void Write(char value) => Writer.Write(value);

        public override void Write(char[] buffer, int index, int count) => Writer.Write(buffer, index, count);

        public override void Write(ReadOnlySpan<char> buffer) => Writer.Write(buffer);

        public override void Write(string? value) => Writer.Write(value);

        public override void Flush() => Writer.Flush();
    }
}
