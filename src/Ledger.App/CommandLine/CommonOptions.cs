using System.CommandLine;
using System.CommandLine.Parsing;

namespace Ledger.App.CommandLine;

/// <summary>Options that every command takes, before or after its name.</summary>
internal static class CommonOptions
{
    public static readonly Option<string?> Data = new("--data")
    {
        Description = "Folder of the embedded database, keys and logs (or LEDGER_DATA).",
        HelpName = "DIR",
        Recursive = true,
    };

    public static readonly Option<string?> Connection = new("--connection")
    {
        Description = "Connection string of another PostgreSQL to use instead of the embedded one (or ConnectionStrings__Ledger).",
        HelpName = "STRING",
        Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Print JSON, and nothing else, on standard output.",
        Recursive = true,
    };

    public static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Show on standard error what the program does.",
        Recursive = true,
    };

    public static void AddTo(RootCommand root)
    {
        root.Options.Add(Data);
        root.Options.Add(Connection);
        root.Options.Add(Json);
        root.Options.Add(Verbose);
    }

    /// <summary>How many items to show at the most; there is no upper bound.</summary>
    public static Option<int> Limit(int otherwise) => new("--limit")
    {
        Description = "How many to show at the most.",
        HelpName = "N",
        DefaultValueFactory = _ => otherwise,
        CustomParser = result => (int)Math.Min(Number(result, "--limit", 1), int.MaxValue),
    };

    /// <summary>Where to begin: a position in the log.</summary>
    public static Option<long> After() => new("--after")
    {
        Description = "Only events above this position.",
        HelpName = "N",
        CustomParser = result => Number(result, "--after", 0),
    };

    /// <summary>A number as large as somebody likes; what is larger than any count is as good as the largest.</summary>
    private static long Number(ArgumentResult result, string option, long min)
    {
        var text = result.Tokens[0].Value;
        var number = text.Length > 0 && text.All(char.IsAsciiDigit) ? long.TryParse(text, out var parsed) ? parsed : long.MaxValue : -1;
        if (number < min)
            result.AddError($"{option} takes a number from {min}, not '{text}'.");
        return number;
    }
}
