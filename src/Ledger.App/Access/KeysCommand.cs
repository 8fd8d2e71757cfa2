using System.CommandLine;
using System.Globalization;
using Ledger.App.CommandLine;
using Ledger.App.Operations;
using Ledger.App.Views;
using Ledger.Domain.Values;
using Npgsql;
using Spectre.Console;
using Text = Ledger.Domain.Values.Text;

namespace Ledger.App.Access;

/// <summary><c>ledger keys</c>: who may write over HTTP, and where reading takes a key, read.</summary>
internal static class KeysCommand
{
    public static Command Make() => new("keys", "Make, list and revoke the keys that the server knows.") { Add(), List(), Revoke() };

    private static Command Add()
    {
        var name = new Argument<string>("NAME") { Description = "Whom all that is written with the key is by." };
        var role = new Option<string>("--role") { Description = "reader, editor or admin.", HelpName = "ROLE", Required = true };
        var scope = new Option<string[]>("--scope") { Description = "Limits what it may change to articles, deals, parties, watchlists, alerts, views or jobs; may be given several times.", HelpName = "AREA" };
        var expires = new Option<string?>("--expires") { Description = "The last day, UTC, on which it works.", HelpName = "DATE" };
        return new Command("add", "Make a key, and print it this once.") { name, role, scope, expires }.Doing(async (ledger, cancel) =>
        {
            var parsed = ledger.Parsed;
            var areas = parsed.GetValue(scope)?.Select(area => Named<Area>("--scope", area)).Distinct().Order().ToList();
            var end = parsed.GetValue(expires) is { } date ? EndOf(date) : (DateTime?)null;
            var author = Text.Line("NAME", parsed.GetRequiredValue(name).Trim());
            await using var owner = await Open(ledger, cancel);
            var (key, given) = await KeyTable.Add(owner.Connection, author, Named<Role>("--role", parsed.GetRequiredValue(role)), areas is { Count: > 0 } ? areas : null, end, Invocation.OsUser, cancel);
            ledger.Print(new NewKey(given, key), Write);
        });
    }

    private static Command List() => new Command("list", "List all keys, those made last first; the keys themselves are known to their users only.").Doing(async (ledger, cancel) =>
    {
        await using var database = await LedgerDatabase.Open(ledger.Choice, migrate: false, ledger.Logs.CreateLogger("Ledger"), cancel);
        ledger.Print(new Page<AccessKey>(await KeyTable.List(database.Data, cancel), null), Write);
    });

    private static Command Revoke()
    {
        var id = new Argument<string>("ID") { Description = "The key's id, as ledger keys list shows it." };
        return new Command("revoke", "Have a key, and every session begun with it, be good for nothing from now on.") { id }.Doing(async (ledger, cancel) =>
        {
            var wanted = ledger.Parsed.GetRequiredValue(id);
            await using var owner = await Open(ledger, cancel);
            var key = await KeyTable.Revoke(owner.Connection, wanted, Invocation.OsUser, cancel) ?? throw new NotFoundException($"No key has the id '{Text.Shorten(wanted)}'.");
            ledger.Print(key, (one, console) => console.WriteLine($"Key {one.Id} of {one.Name}: {one.State(DateTime.UtcNow)}."));
        });
    }

    /// <summary>The owner's connection to a database that has what this program needs.</summary>
    private static async Task<OwnerConnection> Open(Invocation ledger, CancellationToken cancel)
    {
        var log = ledger.Logs.CreateLogger("Ledger");
        await using (var database = await LedgerDatabase.Open(ledger.Choice, migrate: false, log, cancel))
        {
            if (!database.IsOwners)
                throw AccessRefusedException.NotOwner();
        }
        return await OwnerConnection.Open(ledger.Choice, log, cancel);
    }

    private static T Named<T>(string option, string name) where T : struct, Enum
    {
        var known = Enum.GetValues<T>().ToDictionary(Written.Name, StringComparer.Ordinal);
        return known.TryGetValue(name, out var value) ? value : throw new InvalidValueException(option, $"'{Text.Shorten(name)}' is not one of {string.Join(", ", known.Keys)}");
    }

    private static DateTime EndOf(string date)
    {
        if (!DateOnly.TryParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) || day == DateOnly.MaxValue)
            throw new InvalidValueException("--expires", $"'{date}' is no date; 2027-03-31 would be one");
        var end = day.AddDays(1).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        return end > DateTime.UtcNow ? end : throw new InvalidValueException("--expires", $"'{date}' is over");
    }

    private static void Write(NewKey made, IAnsiConsole console)
    {
        console.WriteLine(made.Key);
        console.WriteLine($"This is the key of {made.Of.Name} ({Written.Name(made.Of.Role)}), id {made.Of.Id}. It is shown this once: the ledger keeps only its hash.");
    }

    private static void Write(Page<AccessKey> keys, IAnsiConsole console)
    {
        var table = Tables.Of("Id", "Name", "Role", "Scope", "State", "Made", "Last used");
        foreach (var key in keys.Items)
        {
            table.Row(key.Id, key.Name, Written.Name(key.Role), key.Scope is null ? "" : string.Join(", ", key.Scope.Select(Written.Name)), key.State(DateTime.UtcNow),
                $"{Shown.Time(key.MadeAt)} by {key.MadeBy}", key.LastUsedOn is { } day ? Shown.Date(day) : "never");
        }
        console.Write(table);
    }

    /// <param name="Key">As its user gives it.</param>
    /// <param name="Of">All else about it.</param>
    private sealed record NewKey(string Key, AccessKey Of);
}
