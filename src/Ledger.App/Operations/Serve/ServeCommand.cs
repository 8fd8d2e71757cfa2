using System.CommandLine;
using Ledger.App.Access;
using Ledger.App.CommandLine;
using Microsoft.AspNetCore.Http;
using Serilog.Events;
using Spectre.Console;

namespace Ledger.App.Operations.Serve;

/// <summary><c>ledger serve</c>.</summary>
internal static class ServeCommand
{
    public static readonly Option<string> Urls = MakeUrls();

    public static Command Make() => new Command("serve", "Serve the pages and the API.") { Urls }.Doing(
        async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            await LedgerServer.Run(ledger, ledger.Parsed.GetRequiredValue(Urls), serving => ledger.Print(serving, Write), cancel);
        },
        LogEventLevel.Information);

    public static void Write(Serving serving, IAnsiConsole console)
    {
        console.WriteLine($"Ledger is at {string.Join(" and ", serving.Addresses)}");
        if (serving.SignIn is { } link)
            console.WriteLine($"To write as {SignInLink.Name}, open this once within {SignInLink.Life.TotalMinutes:0} minutes: {link}");
    }

    private static Option<string> MakeUrls()
    {
        var urls = new Option<string>("--urls")
        {
            Description = "Where to listen (or ASPNETCORE_URLS).",
            HelpName = "ADDRESSES",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ASPNETCORE_URLS") is { Length: > 0 } configured ? configured : LedgerServer.Address,
        };
        urls.Validators.Add(result =>
        {
            foreach (var url in result.GetValueOrDefault<string>().Split(';').Where(url => !IsAddress(url)))
                result.AddError($"--urls takes addresses such as {LedgerServer.Address}, separated by semicolons, not '{url}'.");
        });
        return urls;
    }

    private static bool IsAddress(string url)
    {
        try
        {
            return BindingAddress.Parse(url) is { Scheme: "http", PathBase: "", Port: >= 0 and <= ushort.MaxValue };
        }
        catch (FormatException)
        {
            return false;
        }
    }
}

/// <summary>Where the ledger is served.</summary>
/// <param name="SignIn">Signs in whoever opens it first; null where it takes a key.</param>
internal sealed record Serving(IReadOnlyList<string> Addresses, string? SignIn);
