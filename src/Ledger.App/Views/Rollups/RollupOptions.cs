using System.CommandLine;
using Ledger.App.CommandLine;
using Ledger.App.Views.League;
using Spectre.Console;

namespace Ledger.App.Views.Rollups;

/// <summary>Options that everything has that is made of facts.</summary>
internal static class RollupOptions
{
    public static Option<string[]> Where() => new("--where")
    {
        Description = $"Only deals that fit, such as series=b; may be given several times. There are {string.Join(", ", RollupWhere.Fields)}; '{RollupWhere.None}' where a deal has no series, instrument, currency, sector, place or known kind of investor, '{RollupPeriod.Unknown}' where it has no known year.",
        HelpName = "FIELD=VALUE",
    };

    public static Option<string?> Dollars() => new("--dollars")
    {
        Description = "Where dollars come from: reported, from the sources only; or rates, reckoned by reference rates where no source has them.",
        HelpName = "FROM",
    };

    public static Option<bool> Csv() => new("--csv") { Description = "Print comma-separated values." };

    /// <summary>Prints in the form that was asked for.</summary>
    public static async Task Print<T>(this Invocation ledger, T value, Option<bool> csv, Func<T, Task<byte[]>> asCsv, Action<T, IAnsiConsole> forPeople)
    {
        if (ledger.Parsed.GetValue(csv) && !ledger.Json)
            Console.Out.Write(System.Text.Encoding.UTF8.GetString(await asCsv(value)));
        else
            ledger.Print(value, forPeople);
    }
}
