using System.Diagnostics;
using Ledger.EventStore.Tests.Support;
using Npgsql;

[assembly: AssemblyFixture(typeof(Cluster))]

namespace Ledger.EventStore.Tests.Support;

/// <summary>A private PostgreSQL for all tests of this assembly, with a template that holds the log's schema.</summary>
public sealed class Cluster : IAsyncLifetime
{
    private static int _databases;
    private readonly string _folder = Directory.CreateTempSubdirectory("es").FullName;

    /// <summary>The folder of the socket, which is the host to connect to.</summary>
    public string Folder => _folder;

    public async ValueTask InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
            Execute("chown", "postgres", _folder);
        await Tool("initdb", "-D", $"{_folder}/data", "-A", "trust", "-U", "postgres", "--no-locale", "-E", "UTF8", "--no-sync");
        await File.AppendAllTextAsync($"{_folder}/data/postgresql.conf", $"""
            listen_addresses = ''
            unix_socket_directories = '{_folder}'
            max_connections = 300
            shared_buffers = 128MB
            """);
        await Start();
        await using NpgsqlConnection template = await Open("postgres", "create database template_log", "template_log");
        foreach (Migration migration in EventLogSchema.Migrations)
            await Run(template, migration.Sql);
        await Run(template, "create role app login in role ledger_app; alter role app set role = ledger_app");
    }

    /// <summary>Starts the server, and returns when it takes connections.</summary>
    public Task Start() => Tool("pg_ctl", "-w", "-D", $"{_folder}/data", "-l", $"{_folder}/log", "start");

    /// <summary>Stops the server: <c>fast</c>, or <c>immediate</c>, which is a crash.</summary>
    public Task Stop(string mode) => Tool("pg_ctl", "-w", "-D", $"{_folder}/data", "-m", mode, "stop");

    /// <summary>Makes a database that holds an empty log.</summary>
    public async Task<string> Create()
    {
        string name = $"log{Interlocked.Increment(ref _databases)}";
        await using NpgsqlConnection _ = await Open("postgres", $"create database {name} template template_log", "postgres");
        return name;
    }

    /// <summary>How to connect: as the server does, or as another role.</summary>
    public string ConnectionString(string database, string user = "app") => new NpgsqlConnectionStringBuilder
    {
        Host = _folder,
        Username = user,
        Database = database,
        NoResetOnClose = true,
        MaxPoolSize = 50,
    }.ConnectionString;

    private async Task<NpgsqlConnection> Open(string first, string sql, string then)
    {
        await using (var connection = new NpgsqlConnection(ConnectionString(first, "postgres") + ";Pooling=false"))
        {
            await connection.OpenAsync();
            await Run(connection, sql);
        }
        var second = new NpgsqlConnection(ConnectionString(then, "postgres") + ";Pooling=false");
        await second.OpenAsync();
        return second;
    }

    private static async Task Run(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task Tool(string name, params string[] arguments)
    {
        string bin = Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().First() + "/bin/" + name;
        // PostgreSQL refuses to run as root.
        string[] all = Environment.IsPrivilegedProcess ? ["runuser", "-u", "postgres", "--", bin, .. arguments] : [bin, .. arguments];
        await Task.Run(() => Execute(all[0], all[1..]));
    }

    private static void Execute(string program, params string[] arguments)
    {
        // Not redirected: the server would inherit the pipe, and its reader would wait for the server to end.
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null 2>&1", "sh", program, .. arguments]))!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await Stop("immediate");
        Directory.Delete(_folder, recursive: true);
    }
}
