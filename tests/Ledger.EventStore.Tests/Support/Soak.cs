namespace Ledger.EventStore.Tests.Support;

/// <summary>The size of long tests: a tenth, unless the environment says <c>LEDGER_SOAK=1</c>.</summary>
internal static class Soak
{
    public static int Of(int full) => Environment.GetEnvironmentVariable("LEDGER_SOAK") == "1" ? full : Math.Max(1, full / 10);
}
