using Ledger.App.Views;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Operations.Migrate;

/// <summary>Everything that a ledger needs in its database: the log, what the views are kept by, and keys.</summary>
internal static class LedgerSchema
{
    public const string AppRole = "ledger_app";

    private const string Prefix = "schema/";

    /// <summary>The log's own, and after them those of the program's.</summary>
    public static IReadOnlyList<Migration> Migrations { get; } = [.. EventLogSchema.Migrations, .. Own()];

    /// <summary>Brings the database to what this program needs; nothing to do where it is so already.</summary>
    /// <param name="owner">Open, as the role that owns the ledger's tables or is to.</param>
    /// <param name="cancel">Ends the wait for another migrator, or the migration that runs.</param>
    /// <param name="log">Told of what is done.</param>
    /// <returns>The names of the migrations that ran.</returns>
    /// <exception cref="MigrationRefusedException">Program and database do not fit together, or a migration failed.</exception>
    public static async Task<IReadOnlyList<string>> Migrate(NpgsqlConnection owner, CancellationToken cancel, ILogger? log = null)
    {
        var ran = await Migrator.Run(owner, Migrations, cancel, log);
        await MakeMember(owner, cancel);
        return ran;
    }

    private static IEnumerable<Migration> Own()
    {
        var assembly = typeof(LedgerSchema).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var text = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return new Migration(name[Prefix.Length..], text.ReadToEnd());
        }
    }

    /// <summary>The owner may put on the server's role, so that one connection string is enough where nobody made two.</summary>
    private static Task MakeMember(NpgsqlConnection owner, CancellationToken cancel) => owner.Execute(
        """
        do $$ begin
            if not pg_has_role(current_user, 'ledger_app', 'member') then
                execute format('grant ledger_app to %I', current_user);
            end if;
        end $$
        """,
        cancel);
}
