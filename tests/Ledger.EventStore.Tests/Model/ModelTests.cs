using FsCheck;
using FsCheck.Fluent;
using Ledger.EventStore.Tests.Support;

namespace Ledger.EventStore.Tests.Model;

public sealed class ModelTests(LogFixture fixture) : IClassFixture<LogFixture>
{
    /// <summary>
    /// Random programs against the log and against a model of a few dictionaries. A failure prints its seed:
    /// <c>LEDGER_REPLAY=seed,gamma,size</c> runs the failing program again.
    /// </summary>
    [Fact]
    public void The_log_does_what_a_simple_model_of_it_does()
    {
        Config config = Config.QuickThrowOnFailure.WithMaxTest(Soak.Of(1_000)).WithEndSize(60);
        if (Environment.GetEnvironmentVariable("LEDGER_REPLAY")?.Split(',') is [string seed, string gamma, string size])
            config = config.WithReplay(ulong.Parse(seed), ulong.Parse(gamma), int.Parse(size));
        Check.One(config, Prop.ForAll(Programs.Arbitrary, program => Task.Run(() => Run(program)).GetAwaiter().GetResult()));
    }

    private async Task Run(Step[] program)
    {
        var machine = await Machine.Start(fixture);
        try
        {
            foreach (Step step in program)
                await machine.Take(step);
            await machine.CheckAll();
        }
        finally
        {
            await machine.DisposeAsync();
        }
    }
}
