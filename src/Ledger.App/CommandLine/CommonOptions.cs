using System.CommandLine;

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
    public static Option<int> Limit(int otherwise)
    {
        var limit = new Option<int>("--limit") { Description = "How many to show at the most.", HelpName = "N", DefaultValueFactory = _ => otherwise };
        limit.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError("--limit takes a number from 1.");
        });
        return limit;
    }
}
