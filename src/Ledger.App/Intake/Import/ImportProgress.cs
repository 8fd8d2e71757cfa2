using System.Diagnostics;
using Spectre.Console;

namespace Ledger.App.Intake.Import;

/// <summary>How far an import has come: a bar on a terminal, and elsewhere a line now and then; both on standard error.</summary>
internal static class ImportProgress
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <param name="total">How many there will be, if that is known.</param>
    /// <param name="things">What is counted.</param>
    /// <param name="run">The import; it tells how many are done.</param>
    public static async Task<T> Show<T>(int? total, string things, Func<Action<long>, Task<T>> run)
    {
        var began = Stopwatch.StartNew();
        if (Console.IsErrorRedirected)
        {
            var told = TimeSpan.Zero;
            return await run(done =>
            {
                if (began.Elapsed - told < Pause)
                    return;
                told = began.Elapsed;
                Console.Error.WriteLine(Told(done));
            });
        }
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .StartAsync(async progress =>
            {
                var bar = progress.AddTask("Importing", maxValue: total ?? 1);
                bar.IsIndeterminate = total is null;
                var result = await run(done =>
                {
                    if (total is not null)
                        bar.Value = done;
                    bar.Description = Told(done);
                });
                bar.Value = bar.MaxValue;
                return result;
            });

        string Told(long done) => $"{done}{(total is null ? "" : $" of {total}")} {things}, {done / began.Elapsed.TotalSeconds:0} {things}/s";
    }
}
