using System.CommandLine;
using System.Runtime.CompilerServices;
using Ledger.App.CommandLine;
using Ledger.App.Intake.Import;
using Ledger.App.Operations;
using Ledger.App.Operations.EmbeddedPostgres;
using Ledger.App.Operations.Replay;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Views.Own;

/// <summary>
/// A view of one's own, in one file outside the ledger: it is replayed with a progress bar, follows the log, has tables of its own
/// in the ledger's database, and writes its rows as lines of JSON or as CSV.
/// </summary>
public static class OwnView
{
    private const string Csv = "csv";

    /// <summary>Stands beside the tables of views in their schema.</summary>
    private const string PartyRoot = "party_root";

    private const string History = "_history";

    private static readonly Option<string> Format = new("--format") { Description = "How to write rows: jsonl or csv.", DefaultValueFactory = _ => "jsonl" };
    private static readonly Option<string?> Table = new("--table") { Description = "Which table to write; the last one that the view names where this is left out.", HelpName = "NAME" };
    private static readonly Option<string?> Address = new("--address") { Description = "Address of a ledger that is served elsewhere, whose log is copied to this machine first.", HelpName = "URL" };
    private static readonly Option<bool> Replay = new("--replay") { Description = "Build the view anew from the whole log, and say what differs." };
    private static readonly Option<bool> Follow = new("--follow") { Description = "Then go on, and write rows as they begin and end to hold, until it is stopped." };

    /// <summary>Runs a view's program: its whole <c>Main</c>.</summary>
    /// <param name="args">The command line: <c>--data</c> or <c>--connection</c> say which ledger, as for the ledger's own commands; or <c>--address</c> does.</param>
    /// <param name="view">The view.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> Run(string[] args, View view)
    {
        Format.AcceptOnlyFromAmong("jsonl", Csv);
        var root = new RootCommand($"The view '{view.Name}' of a ledger.") { Address, Format, Table, Replay, Follow };
        CommonOptions.AddTo(root);
        root.Doing((ledger, cancel) => Run(ledger, view, cancel), choose: Choose);
        return LedgerCommand.Run(root, args);
    }

    /// <summary>What a definition is known by: the text of the file that calls this, and what the record is folded by.</summary>
    public static string Source([CallerFilePath] string file = "") =>
        (File.Exists(file) ? File.ReadAllText(file) : file) + RecordViews.SourceOf("");

    /// <summary>A view that is called as one of the ledger's own would take its place.</summary>
    /// <exception cref="InvalidValueException">It is, or one of its tables.</exception>
    private static void Check(View view)
    {
        if (RecordViews.All.Any(own => own.Name == view.Name))
            throw new InvalidValueException("the view's name", $"'{view.Name}' is that of a view of the ledger; name yours another way");
        string[] names = [PartyRoot, .. RecordViews.All.SelectMany(own => own.TableNames)];
        if (view.TableNames.SelectMany(table => new[] { table, table + History }).Intersect(names.SelectMany(table => new[] { table, table + History })).FirstOrDefault() is { } taken)
            throw new InvalidValueException("a table's name", $"'{taken}' is that of a table of the ledger; name yours another way");
    }

    /// <summary>A ledger elsewhere is copied into a folder of its own; null where this machine's database is meant.</summary>
    private static DatabaseChoice? Choose(ParseResult parsed)
    {
        if (parsed.GetValue(Address) is not { } address)
            return null;
        if (parsed.GetValue(CommonOptions.Connection) is not null)
            throw new InvalidValueException("--address", "stands beside --connection; one ledger is enough");
        using var remote = new RemoteLog(address);
        var data = parsed.GetValue(CommonOptions.Data);
        return new DatabaseChoice(null, data is not null ? DataFolder.Choose(data) : $"{DataFolder.Choose(null)}-of-{remote.Name}");
    }

    private static async Task Run(Invocation ledger, View view, CancellationToken cancel)
    {
        Check(view);
        if (ledger.Parsed.GetValue(Follow) && ledger.Parsed.GetValue(Format) == Csv)
            throw new InvalidValueException("--follow", "writes lines of JSON; leave --format csv out");
        await ledger.Open(migrate: false, cancel);
        if (ledger.Parsed.GetValue(Address) is not { } address)
        {
            await Work(ledger, view, null, cancel);
            return;
        }
        using var remote = new RemoteLog(address, Environment.GetEnvironmentVariable(RemoteLog.KeyVariable));
        await using var owner = await OwnerConnection.Open(ledger.Choice, ledger.Logs.CreateLogger("Ledger"), cancel);
        var copy = new LogCopy(remote, ledger.Get<EventLog>(), owner.Connection, ledger.Choice.DataFolder);
        await ImportProgress.Show(total: null, "events", async tell =>
        {
            await copy.Bring(tell, cancel);
            return true;
        });
        await Work(ledger, view, copy, cancel);
    }

    private static async Task Work(Invocation ledger, View view, LogCopy? copy, CancellationToken cancel)
    {
        var views = new ViewRuntime(ledger.Get<EventLog>(), ledger.Database, [view], ledger.Logs.CreateLogger<ViewRuntime>());
        var outcomes = await ReplayBar.Show(async progress => ledger.Parsed.GetValue(Replay)
            ? await views.Replay([view.Name], progress, cancel)
            : await views.Prepare(progress, cancel));
        foreach (var line in outcomes.SelectMany(ReplayCommand.Told))
            Console.Error.WriteLine(line);
        await views.CatchUp(cancel);
        var table = ledger.Parsed.GetValue(Table) ?? view.TableNames[^1];
        if (!view.TableNames.Contains(table))
            throw new InvalidValueException("--table", $"'{table}' is none of the view's; there are {string.Join(", ", view.TableNames)}");
        if (ledger.Parsed.GetValue(Format) == Csv)
        {
            await WriteCsv(ledger.Database, table, cancel);
            return;
        }
        var (position, rows) = await Rows(ledger.Database, view, table, cancel);
        foreach (var row in rows)
            Console.Out.WriteLine(row);
        if (ledger.Parsed.GetValue(Follow))
            await All(cancel, views.Run, stop => Tail(ledger.Database, views, view, table, position, rows, stop), stop => copy?.Follow(Console.Error.WriteLine, stop) ?? Task.CompletedTask);
    }

    /// <summary>Until all have ended; the first that fails ends the others.</summary>
    private static async Task All(CancellationToken cancel, params Func<CancellationToken, Task>[] works)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var failed = new List<Exception>();
        await Task.WhenAll(works.Select(async work =>
        {
            try
            {
                await work(stop.Token);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                // It has been stopped, which is how this ends.
            }
            catch (Exception e)
            {
                lock (failed)
                    failed.Add(e);
                await stop.CancelAsync();
            }
        }));
        if (failed.Count > 0)
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failed[0]);
    }

    private static async Task WriteCsv(NpgsqlDataSource database, string table, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        using var rows = await connection.BeginTextExportAsync($"copy (select * from views.{table} order by 1, 2) to stdout (format csv, header)", cancel);
        while (await rows.ReadLineAsync(cancel) is { } line)
            Console.Out.WriteLine(line);
    }

    /// <summary>The rows of a table as lines of JSON, and the position in the log that they hold at: both of one moment.</summary>
    private static async Task<(long Position, List<string> Rows)> Rows(NpgsqlDataSource database, View view, string table, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var moment = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        var position = await connection.Query("select p.position from ledger.view_positions p join ledger.view_versions v using (view, version) where view = $1 and v.state = 'live'",
            row => row.GetInt64(0), cancel, view.Name);
        return (position.Single(), await connection.Query($"select row_to_json(t)::text from views.{table} t order by 1", row => row.GetString(0), cancel));
    }

    /// <summary>Rows of a table, or the sums that changed, as the log grows after a position.</summary>
    private static async Task Tail(NpgsqlDataSource database, ViewRuntime views, View view, string table, long position, List<string> rows, CancellationToken cancel)
    {
        for (var seen = new HashSet<string>(rows); !cancel.IsCancellationRequested;)
        {
            await views.WaitFor(position + 1, cancel);
            (position, rows) = await Rows(database, view, table, cancel);
            var now = new HashSet<string>(rows);
            foreach (var row in now.Except(seen))
                Console.Out.WriteLine($"{{\"begins\":{row}}}");
            foreach (var row in seen.Except(now))
                Console.Out.WriteLine($"{{\"ends\":{row}}}");
            seen = now;
        }
    }
}
