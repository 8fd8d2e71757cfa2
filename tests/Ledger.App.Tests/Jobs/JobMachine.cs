using Ledger.App.Jobs;
using Ledger.App.Operations;
using Ledger.App.Views;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Ledger.App.Tests.Jobs;

/// <summary>What runs jobs, and nothing else of a server, with jobs of a test's own.</summary>
internal sealed class JobMachine : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly NpgsqlDataSource _database;

    private JobMachine(IHost host, NpgsqlDataSource database) => (_host, _database) = (host, database);

    public string Name => Get<JobServer>().Name;

    /// <param name="connection">As the role of the server.</param>
    /// <param name="jobs">Instead of the ledger's.</param>
    /// <param name="time">The machine's clock; null for the real one.</param>
    /// <param name="settings">Configuration.</param>
    public static JobMachine Make(string connection, IEnumerable<LedgerJob> jobs, TimeProvider? time = null, params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        foreach (var (key, value) in settings)
            configuration[key] = value;
        var database = NpgsqlDataSource.Create(connection);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging().AddLedger(database, configuration, new DatabaseChoice(connection, "")).AddJobServer();
        builder.Services.AddSingleton(_ => new JobList(jobs, configuration, ""));
        if (time is not null)
            builder.Services.AddSingleton(time);
        return new JobMachine(builder.Build(), database);
    }

    /// <summary>One that works already.</summary>
    public static async Task<JobMachine> Start(string connection, IEnumerable<LedgerJob> jobs, CancellationToken cancel, TimeProvider? time = null, params (string Key, string Value)[] settings)
    {
        var machine = Make(connection, jobs, time, settings);
        await machine.Start(cancel);
        return machine;
    }

    public Task Start(CancellationToken cancel) => _host.StartAsync(cancel);

    public T Get<T>() where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Has a job run, by itself: the machine need not be started.</summary>
    public async Task<RunRecord> RunHere(string job)
    {
        var id = await Get<JobOrders>().Run(job, "Ada", null, CancellationToken.None);
        var claimed = await Get<JobRuns>().Claim("here", id, CancellationToken.None);
        await Get<JobRunner>().Run(claimed!, CancellationToken.None);
        return (await Get<JobQueries>().Run(id, 0, CancellationToken.None)).Run;
    }

    /// <summary>The first answer of a question that is one.</summary>
    public static async Task<T> Until<T>(Func<Task<T?>> ask, CancellationToken cancel) where T : class
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(TimeSpan.FromMinutes(2));
        while (true)
        {
            if (await ask() is { } answer)
                return answer;
            await Task.Delay(50, patience.Token);
        }
    }

    public Task<List<T>> Ask<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancel, params object?[] parameters) => _database.Query(sql, read, cancel, parameters);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        await _database.DisposeAsync();
    }
}

/// <summary>A job of a test.</summary>
internal sealed class TestJob(string name, Func<JobRun, CancellationToken, Task<string>> work, string? cron = null, string zone = "Etc/UTC", bool needsKey = false) : LedgerJob
{
    public override string Name => name;

    public override string Does => "Does what a test wants.";

    /// <summary>Else at no time that comes.</summary>
    public override string Cron => cron ?? "0 0 0 1 1 ? 2099";

    public override string TimeZone => zone;

    public override bool NeedsKey => needsKey;

    public override Task<string> Run(JobRun run, CancellationToken cancellation) => work(run, cancellation);
}
