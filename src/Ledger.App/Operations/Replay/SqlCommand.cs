using System.CommandLine;
using Ledger.App.CommandLine;
using Ledger.App.Views;
using Npgsql;
using Spectre.Console;

namespace Ledger.App.Operations.Replay;

/// <summary><c>ledger sql</c>: how another program reads the views.</summary>
internal static class SqlCommand
{
    private const string Reader = "ledger_reader";

    public static Command Make() =>
        new Command("sql", "Say how a program for SQL connects to the views, as a role that can only read them.").Doing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            await ledger.CatchUp(cancel);
            var database = new NpgsqlConnectionStringBuilder(ledger.Database.ConnectionString);
            var tables = await ledger.Database.Query("select viewname from pg_views where schemaname = 'views' order by 1", row => row.GetString(0), cancel);
            var functions = await ledger.Database.Query("select format('%s(%s)', proname, pg_get_function_arguments(oid)) from pg_proc where pronamespace = 'views'::regnamespace order by 1", row => row.GetString(0), cancel);
            var isEmbedded = ledger.Choice.Connection is null;
            var reader = new SqlAccess(database.Host!, database.Port, database.Database!, Reader,
                $"psql \"host={database.Host} port={database.Port} dbname={database.Database} user={Reader}\"",
                isEmbedded ? null : $"alter role {Reader} password '…'", [.. tables.Select(name => $"views.{name}")], [.. functions.Select(name => $"views.{name}")]);
            ledger.Print(reader, Write);
        });

    private static void Write(SqlAccess access, IAnsiConsole console)
    {
        console.WriteLine(access.Command);
        if (access.First is { } first)
            console.WriteLine($"Once, as the database's owner: {first}");
        else
            console.WriteLine("The database is there as long as the server or another command runs.");
        console.WriteLine();
        console.WriteLine("select * from views.company order by deals desc limit 10;");
        console.WriteLine("\\d+ views.deal  shows what the columns mean. There are " + string.Join(", ", access.Tables) + ".");
        console.WriteLine("\\df+ views.* shows what functions give. There are " + string.Join(", ", access.Functions) + ".");
    }

    /// <param name="Command">Starts PostgreSQL's own terminal.</param>
    /// <param name="First">What the owner has to do before; null for the embedded database.</param>
    /// <param name="Tables">What there is to read.</param>
    /// <param name="Functions">What can be asked with arguments.</param>
    private sealed record SqlAccess(string Host, int Port, string Database, string User, string Command, string? First, IReadOnlyList<string> Tables, IReadOnlyList<string> Functions);
}
