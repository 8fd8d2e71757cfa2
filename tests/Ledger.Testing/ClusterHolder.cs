using System.Runtime.InteropServices;
using Ledger.App.Operations.EmbeddedPostgres;

namespace Ledger.Testing;

/// <summary>
/// A process that opens the embedded cluster and holds it until it is told to go (SIGTERM) or is killed: what tests of sharing,
/// adoption and recovery need beside themselves.
/// </summary>
public static class ClusterHolder
{
    public static LedgerProgram Start(string dataFolder) =>
        LedgerProgram.StartAssembly("Ledger.Testing.dll", [dataFolder], new LedgerProgramOptions());

    internal static async Task<int> Main(string[] arguments)
    {
        var told = new TaskCompletionSource();
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            told.TrySetResult();
        });
        try
        {
            await using var cluster = await EmbeddedCluster.Open(arguments[0], CancellationToken.None);
            Console.WriteLine(cluster.ConnectionString(EmbeddedCluster.OwnerRole));
            await told.Task;
            return 0;
        }
        catch (ClusterUnavailableException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 2;
        }
    }
}
