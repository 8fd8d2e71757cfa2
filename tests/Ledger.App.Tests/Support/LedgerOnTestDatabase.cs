using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ledger.App.Access;
using Ledger.App.Operations.Migrate;
using Ledger.EventStore;
using Ledger.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Ledger.App.Tests.Support;

/// <summary>A migrated ledger of a test's own, empty, used by the real program and by the program's own parts.</summary>
internal sealed class LedgerOnTestDatabase : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly TemporaryFolder _data = new();
    private readonly NpgsqlDataSource _source;
    private readonly ServiceProvider _services;
    private readonly List<AsyncServiceScope> _scopes = [];

    private LedgerOnTestDatabase(TestDatabase database)
    {
        _database = database;
        _source = NpgsqlDataSource.Create(database.AppConnectionString);
        _services = new ServiceCollection().AddLogging().AddLedger(_source).BuildServiceProvider();
    }

    /// <summary>The folder that holds <c>articles</c> and <c>announcements</c> of the repository.</summary>
    public static string Seeds => Path.Combine(AppContext.BaseDirectory, "seeds");

    public NpgsqlDataSource Database => _source;

    public string OwnerConnectionString => _database.OwnerConnectionString;

    /// <summary>As the role of the server.</summary>
    public string AppConnectionString => _database.AppConnectionString;

    public string DataFolder => _data.Path;

    public static async Task<LedgerOnTestDatabase> Create(CancellationToken cancel)
    {
        var template = "ledger-" + TestDatabase.Fingerprint([.. LedgerSchema.Migrations.Select(migration => migration.Sql)]);
        return new LedgerOnTestDatabase(await TestDatabase.Create(template, (owner, stop) => LedgerSchema.Migrate(owner, stop), cancel));
    }

    /// <summary>A part of the program; what it asks of views is answered as of the first question.</summary>
    public T Get<T>() where T : notnull
    {
        var scope = _services.CreateAsyncScope();
        _scopes.Add(scope);
        return scope.ServiceProvider.GetRequiredService<T>();
    }

    /// <summary>Brings the views to the head of the log.</summary>
    public async Task CatchUp(CancellationToken cancel)
    {
        var views = Get<ViewRuntime>();
        await views.Prepare(cancel: cancel);
        await views.CatchUp(cancel);
    }

    /// <summary>Runs the program to its end in the tests' own process, as the owner of the database, which works under the role of the server.</summary>
    public Task<LedgerRun> Run(params string[] arguments) => ProgramHere.Run(this, arguments);

    /// <summary>The same in a process of its own, for what it does beside others.</summary>
    public Task<LedgerRun> RunApart(params string[] arguments) => LedgerProgram.Run(arguments, Options);

    public LedgerProgram Start(params string[] arguments) => LedgerProgram.Start(arguments, Options);

    /// <summary>Makes a key, as its user gives it.</summary>
    public async Task<string> Key(Role role, IReadOnlyList<Area>? scope = null, string name = "Ada", DateTime? expiresAt = null)
    {
        await using var owner = new NpgsqlConnection(_database.OwnerConnectionString);
        await owner.OpenAsync();
        return (await KeyTable.Add(owner, name, role, scope, expiresAt, "the tests", CancellationToken.None)).Given;
    }

    /// <summary>Asks and writes over HTTP with the key of an editor who is called as on the command line, and follows no redirection.</summary>
    public async Task<HttpClient> Client(Uri address) => new(new HttpClientHandler { AllowAutoRedirect = false })
    {
        BaseAddress = address,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", await Key(Role.Editor, name: Environment.UserName)) },
    };

    /// <summary>The JSON that the program prints, which is all that it prints.</summary>
    public async Task<JsonNode> Ask(params string[] arguments) => Parse(await Run([.. arguments, "--json"]));

    /// <summary>What <c>ledger export</c> writes to a file.</summary>
    public async Task<string> Export(params string[] arguments)
    {
        var file = _data.Combine($"{Guid.NewGuid():N}");
        var run = await Run(["export", .. arguments, "--out", file]);
        Assert.True(run.ExitCode == 0, run.Errors);
        return await File.ReadAllTextAsync(file);
    }

    /// <summary>The versions of views, as <c>deal 1 kept, deal 2 live</c>.</summary>
    public async Task<string> Versions(params string[] views) => string.Join(", ", (await Ask("projections")).AsArray()
        .Where(version => views.Contains((string)version!["view"]!)).Select(version => $"{version!["view"]} {version["version"]} {version["state"]}"));

    public static JsonNode Parse(LedgerRun run)
    {
        Assert.True(run.ExitCode == 0, $"exit code {run.ExitCode}: {run.Errors}");
        Assert.Empty(run.Errors);
        return JsonNode.Parse(run.Output, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!;
    }

    /// <summary>Everything that the database holds outside the system's own schemas, a line a row.</summary>
    public Task<IReadOnlyList<string>> Contents(CancellationToken cancel, params string[] schemas) => Rows.Of(_database.OwnerConnectionString, cancel, schemas);

    public async ValueTask DisposeAsync()
    {
        foreach (var scope in _scopes)
            await scope.DisposeAsync();
        await _services.DisposeAsync();
        await _source.DisposeAsync();
        await _database.DisposeAsync();
        _data.Dispose();
    }

    private LedgerProgramOptions Options => new()
    {
        Environment = new Dictionary<string, string?> { ["ConnectionStrings__Ledger"] = _database.OwnerConnectionString, ["LEDGER_DATA"] = _data.Path },
    };
}
