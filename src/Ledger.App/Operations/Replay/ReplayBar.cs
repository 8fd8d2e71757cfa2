using Ledger.EventStore;
using Spectre.Console;

namespace Ledger.App.Operations.Replay;

/// <summary>How far a replay has come: a bar on a terminal, and elsewhere a line now and then; both on standard error.</summary>
public static class ReplayBar
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>Runs a replay and shows how far it is: events, events a second, the time that is left.</summary>
    public static async Task<T> Show<T>(Func<IProgress<ReplayProgress>, Task<T>> run)
    {
        var words = new ReplayWords();
        if (Console.IsErrorRedirected)
        {
            var told = TimeSpan.Zero;
            return await run(new Told(progress =>
            {
                var line = words.Of(progress);
                if (progress.Elapsed - told < Pause)
                    return;
                told = progress.Elapsed;
                Console.Error.WriteLine(line);
            }));
        }
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(async shown =>
            {
                var bar = shown.AddTask("replay", maxValue: 1);
                return await run(new Told(progress =>
                {
                    bar.MaxValue = Math.Max(1, progress.Of);
                    bar.Value = progress.Done;
                    bar.IsIndeterminate = progress.Phase is not "load";
                    bar.Description = Markup.Escape(words.Of(progress));
                }));
            });
    }

    /// <summary>Tells at once, on the thread that works.</summary>
    private sealed class Told(Action<ReplayProgress> tell) : IProgress<ReplayProgress>
    {
        public void Report(ReplayProgress value) => tell(value);
    }
}
