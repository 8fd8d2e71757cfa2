using System.CommandLine;
using System.Text.Json;
using Ledger.App.Operations;
using Ledger.App.Operations.EmbeddedPostgres;
using Ledger.App.Operations.Logging;
using Ledger.App.Views;
using Ledger.EventStore;
using Npgsql;
using Serilog.Events;
using Spectre.Console;

namespace Ledger.App.CommandLine;

/// <summary>One run of a command: its options, its logs, the database once it is opened, and where it prints.</summary>
internal sealed class Invocation : IAsyncDisposable
{
    private const int WidthRedirected = 240;

    private LedgerDatabase? _database;
    private ServiceProvider? _services;

    public Invocation(ParseResult parsed, LogEventLevel quiet)
    {
        Parsed = parsed;
        Configuration = new ConfigurationBuilder()
            .AddJsonFile("appsettings.json", optional: true).AddEnvironmentVariables().Build();
        var connection = parsed.GetValue(CommonOptions.Connection) ?? Configuration.GetConnectionString("Ledger");
        Choice = new DatabaseChoice(connection, DataFolder.Choose(parsed.GetValue(CommonOptions.Data)));
        Logs = LogSetup.Create(Configuration, Choice.DataFolder, parsed.GetValue(CommonOptions.Verbose) ? LogEventLevel.Information : quiet);
    }

    public ParseResult Parsed { get; }

    public IConfiguration Configuration { get; }

    public DatabaseChoice Choice { get; }

    public ILoggerFactory Logs { get; }

    public bool Json => Parsed.GetValue(CommonOptions.Json);

    /// <summary>Who writes: the command line opens the database itself, so the operating system says who that is.</summary>
    public static string Author => Environment.UserName;

    public NpgsqlDataSource Database => _database?.Data ?? throw new InvalidOperationException("The database has not been opened.");

    public T Get<T>() where T : notnull => _services!.GetRequiredService<T>();

    /// <param name="migrate">Whether to bring another server's database to what this program needs.</param>
    public async Task Open(bool migrate, CancellationToken cancel)
    {
        _database = await LedgerDatabase.Open(Choice, migrate, Logs.CreateLogger("Ledger"), cancel);
        _services = new ServiceCollection().AddSingleton(Logs).AddLogging().AddLedger(_database.Data).BuildServiceProvider();
    }

    /// <summary>Folds what the views have not seen yet, so that a command shows all that was recorded before it began.</summary>
    public Task CatchUp(CancellationToken cancel) => Get<ProjectionRunner>().CatchUp(cancel);

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
        if (_services is not null)
            await _services.DisposeAsync();
        if (_database is not null)
            await _database.DisposeAsync();
        Logs.Dispose();
    }
}
