using Ledger.App.Operations.Migrate;
using Ledger.App.Operations.Proof;
using Ledger.App.Views;
using Ledger.EventStore;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Ledger.App.Operations.Health;

/// <summary>
/// <c>/health/live</c> says that the process answers; <c>/health/ready</c> that it can do its work: the database is there and
/// fits, the views follow the log, and the server's role cannot rewrite it.
/// </summary>
internal static class HealthChecks
{
    public static void AddLedgerHealth(this IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<DatabaseCheck>("database", timeout: TimeSpan.FromSeconds(5))
        .AddCheck<ViewsCheck>("views", timeout: TimeSpan.FromSeconds(5))
        .AddCheck<RoleCheck>("role", timeout: TimeSpan.FromSeconds(5))
        .AddCheck<ProofCheck>("proof", timeout: TimeSpan.FromSeconds(5));

    public static void MapLedgerHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = Write });
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = Write });
    }

    private static Task Write(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new
        {
            Status = report.Status.ToString().ToLowerInvariant(),
            Checks = report.Entries.ToDictionary(check => check.Key, check => new
            {
                Status = check.Value.Status.ToString().ToLowerInvariant(),
                Description = check.Value.Description ?? check.Value.Exception?.Message,
                check.Value.Data,
            }),
        },
        ApiJson.Options);

    private sealed class DatabaseCheck(NpgsqlDataSource database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            var pending = await Migrator.Pending(connection, LedgerSchema.Migrations, cancellationToken);
            return pending.Count == 0
                ? HealthCheckResult.Healthy($"PostgreSQL {connection.PostgreSqlVersion}, migrated to {LedgerSchema.Migrations[^1].Name}.")
                : HealthCheckResult.Unhealthy($"The database lacks the migration {pending[0].Name}.");
        }
    }

    private sealed class ViewsCheck(ProjectionRunner views) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var status = await views.Status(cancellationToken);
            var data = new Dictionary<string, object> { ["position"] = status.Position, ["head"] = status.Head, ["lag"] = status.Lag };
            return status.Failure is { } failure
                ? HealthCheckResult.Unhealthy($"The views stand still before position {failure.Position}: {failure.Message}", data: data)
                : HealthCheckResult.Healthy($"The views hold at position {status.Position}.", data);
        }
    }

    private sealed class RoleCheck(NpgsqlDataSource database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            return await LedgerDatabase.OwnsTables(connection, cancellationToken)
                ? HealthCheckResult.Unhealthy("The server's role owns the log's tables and could rewrite them; let it log in as ledger_app.")
                : HealthCheckResult.Healthy("The server's role cannot rewrite the log.");
        }
    }

    private sealed class ProofCheck(IServiceProvider services) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(services.GetService<TreeSigner>() switch
            {
                null => HealthCheckResult.Healthy("The log is signed elsewhere: its key is not here."),
                { Fault: { } fault } => HealthCheckResult.Unhealthy($"Nothing more is signed: {fault}"),
                _ => HealthCheckResult.Healthy("The log is signed as it grows."),
            });
    }
}
