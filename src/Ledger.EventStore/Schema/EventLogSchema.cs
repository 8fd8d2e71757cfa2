using System.Reflection;

namespace Ledger.EventStore;

/// <summary>A named SQL script that changes the database. Run once, in order, in a transaction of its own.</summary>
/// <param name="Name">Names the script for ever, for example <c>001_log</c>.</param>
/// <param name="Sql">The script, possibly of several statements.</param>
public sealed record Migration(string Name, string Sql);

/// <summary>What the log needs in a database: the schema <c>ledger</c> and the role <c>ledger_app</c>.</summary>
public static class EventLogSchema
{
    /// <summary>
    /// The scripts that make the schema, in order. They are run by the role which is to own the tables and may create
    /// roles; programs then log in as <c>ledger_app</c> or as a member of it, never as the owner.
    /// </summary>
    public static IReadOnlyList<Migration> Migrations { get; } = Read();

    private static List<Migration> Read()
    {
        const string Prefix = "Ledger.EventStore.Schema.";
        Assembly assembly = typeof(EventLogSchema).Assembly;
        var migrations = new List<Migration>();
        foreach (string resource in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            if (!resource.StartsWith(Prefix, StringComparison.Ordinal))
                continue;
            using var text = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            migrations.Add(new Migration(resource[Prefix.Length..^".sql".Length], text.ReadToEnd()));
        }
        return migrations;
    }
}
