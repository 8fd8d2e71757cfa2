using System.CommandLine;
using System.Text.Json;
using Ledger.App.Access;
using Ledger.App.Operations;
using Ledger.App.Operations.EmbeddedPostgres;
using Ledger.App.Operations.Logging;
using Ledger.App.Operations.Proof;
using Ledger.App.Views;
using Ledger.EventStore;
using Npgsql;
using Serilog.Events;
using Spectre.Console;
using Text = Ledger.Domain.Values.Text;

namespace Ledger.App.CommandLine;

/// <summary>One run of a command: its options, its logs, the database once it is opened, and where it prints.</summary>
internal sealed class Invocation : IAsyncDisposable
{
    private const int WidthRedirected = 240;

    private LedgerDatabase? _database;
    private ServiceProvider? _services;
    private AsyncServiceScope _scope;
    private LogKey? _key;
    private LogTree? _tree;

    public Invocation(ParseResult parsed, LogEventLevel quiet, DatabaseChoice? choice = null)
    {
        Parsed = parsed;
        Configuration = new ConfigurationBuilder()
            .AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().Build();
        var connection = parsed.GetValue(CommonOptions.Connection) ?? Configuration.GetConnectionString("Ledger");
        Choice = choice ?? new DatabaseChoice(connection, DataFolder.Choose(parsed.GetValue(CommonOptions.Data)));
        Logs = LogSetup.Create(Configuration, Choice.DataFolder, parsed.GetValue(CommonOptions.Verbose) ? LogEventLevel.Information : quiet);
    }

    public ParseResult Parsed { get; }

    public IConfiguration Configuration { get; }

    public DatabaseChoice Choice { get; }

    public ILoggerFactory Logs { get; }

    public bool Json => Parsed.GetValue(CommonOptions.Json);

    /// <summary>Who runs the command, as the operating system says.</summary>
    public static string OsUser => Environment.UserName;

    /// <summary>Who writes: whoever runs the command, unless it is told to write for somebody else.</summary>
    public string Author => Parsed.GetValue(WriteAs.Option) is { } other ? Text.Line("--as", other.Trim()) : OsUser;

    public NpgsqlDataSource Database => _database?.Data ?? throw new InvalidOperationException("The database has not been opened.");

    /// <exception cref="KeyElsewhereException">The ledger is signed with a key that is not on this machine.</exception>
    public LogKey Key => _key ?? throw new KeyElsewhereException(LedgerKey.FolderOf(Choice));

    /// <exception cref="KeyElsewhereException">The ledger is signed with a key that is not on this machine.</exception>
    public LogTree Tree => _tree ??= new LogTree(Database, Key, Logs.CreateLogger<LogTree>());

    /// <summary>Whether this machine holds the key that the ledger is signed with.</summary>
    public bool HoldsKey => _key is not null;

    public T Get<T>() where T : notnull => _scope.ServiceProvider.GetRequiredService<T>();

    /// <param name="migrate">Whether to bring another server's database to what this program needs.</param>
    public async Task Open(bool migrate, CancellationToken cancel)
    {
        _database = await LedgerDatabase.Open(Choice, migrate, Logs.CreateLogger("Ledger"), cancel);
        if (Author != OsUser && !_database.IsOwners)
            throw AccessRefusedException.NotOwner();
        _key = await LedgerKey.Open(Choice, Configuration, _database.Data, cancel);
        var services = new ServiceCollection().AddSingleton(Logs).AddLogging().AddLedger(_database.Data, Configuration, Choice);
        if (HoldsKey)
            services.AddSingleton(Tree);
        _services = services.BuildServiceProvider();
        _scope = _services.CreateAsyncScope();
    }

    /// <summary>Signs what is in the log: what a command has recorded is proven before the command ends.</summary>
    public async Task Sign(CancellationToken cancel)
    {
        if (HoldsKey)
            await Tree.Sign(cancel);
    }

    /// <summary>Writes text to a file where one is named, and otherwise to standard output, as it is or inside JSON.</summary>
    public async Task Write(string? file, string text, CancellationToken cancel)
    {
        if (file is not null)
            await File.WriteAllTextAsync(file, text, cancel);
        if (Json)
            Console.Out.WriteLine(JsonSerializer.Serialize(new { File = file, Text = text }, ApiJson.Options));
        else if (file is null)
            await Console.Out.WriteAsync(text);
    }

    /// <summary>
    /// Folds what the views have not seen yet, so that a command shows all that was recorded before it began. Where a view stands still
    /// that is said, and the others are read.
    /// </summary>
    /// <exception cref="ViewStoppedException">All of them do.</exception>
    public async Task CatchUp(CancellationToken cancel)
    {
        var views = Get<ViewRuntime>();
        foreach (var step in new Func<Task>[] { () => views.Prepare(cancel: cancel), () => views.CatchUp(cancel) })
        {
            try
            {
                await step();
            }
            catch (ViewStoppedException e)
            {
                var status = (await views.Status(cancel)).Where(view => views.Names.Contains(view.View) && view.State is ViewState.Live or ViewState.Frozen);
                if (status.All(view => view.Failure is not null))
                    throw;
                Console.Error.WriteLine(e.Message);
            }
        }
    }

    /// <summary>Prints the value as JSON where that was asked for, and otherwise for people.</summary>
    public void Print<T>(T value, Action<T, IAnsiConsole> forPeople)
    {
        if (Json)
            Console.Out.WriteLine(JsonSerializer.Serialize(value, ApiJson.Options));
        else
            forPeople(value, People());
    }

    /// <summary>A terminal as wide as it is; a file or a pipe as wide as a table may need, so that nothing is cut.</summary>
    public static IAnsiConsole People()
    {
        if (!Console.IsOutputRedirected)
            return AnsiConsole.Console;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors });
        console.Profile.Width = WidthRedirected;
        return console;
    }

    public async ValueTask DisposeAsync()
    {
        _tree?.Dispose();
        _key?.Dispose();
        if (_services is not null)
        {
            await _scope.DisposeAsync();
            await _services.DisposeAsync();
        }
        if (_database is not null)
            await _database.DisposeAsync();
        Logs.Dispose();
    }
}

/// <summary>A ledger's checkpoints are signed with one key, which is not here.</summary>
internal sealed class KeyElsewhereException(string folder) : Exception($"The ledger is signed with a key that is not in {folder}; run this where the key is.");
