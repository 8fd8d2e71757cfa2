using System.CommandLine;
using Ledger.App.CommandLine;
using Serilog.Events;

namespace Ledger.App.Operations.Serve;

/// <summary><c>ledger serve</c>.</summary>
internal static class ServeCommand
{
    public static readonly Option<string> Urls = new("--urls")
    {
        Description = "Where to listen (or ASPNETCORE_URLS).",
        HelpName = "ADDRESSES",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ASPNETCORE_URLS") is { Length: > 0 } configured ? configured : LedgerServer.Address,
    };

    public static Command Make() => new Command("serve", "Serve the pages and the API.") { Urls }.Doing(
        async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            await LedgerServer.Run(ledger, ledger.Parsed.GetRequiredValue(Urls), Tell, cancel);
        },
        LogEventLevel.Information);

    public static void Tell(IEnumerable<string> addresses) => Console.WriteLine($"Ledger is at {string.Join(" and ", addresses)}");
}
