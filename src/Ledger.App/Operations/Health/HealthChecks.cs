using Ledger.App.Alerts;
using Ledger.App.Jobs;
using Ledger.App.Operations.Migrate;
using Ledger.App.Operations.Proof;
using Ledger.App.Views;
using Ledger.App.Watchlists;
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
        .AddCheck<ProofCheck>("proof", timeout: TimeSpan.FromSeconds(5))
        .AddCheck<WatchlistsCheck>("watchlists", timeout: TimeSpan.FromSeconds(5))
        .AddCheck<JobsCheck>("jobs", timeout: TimeSpan.FromSeconds(5))
        .AddCheck<AlertsCheck>("alerts", timeout: TimeSpan.FromSeconds(5));

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

    private sealed class ViewsCheck(ViewRuntime views) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            var status = await views.Status(cancellationToken);
            var read = status.Where(view => view.State is ViewState.Live or ViewState.Frozen).ToList();
            var data = read.ToDictionary(view => view.View, view => (object)new { view.Position, view.Head, view.Lag, view.OldestWaiting });
            if (read.FirstOrDefault(view => view.Failure is not null) is { Failure: { } failure } stopped)
                return HealthCheckResult.Unhealthy($"View '{stopped.View}' stands still before position {failure.Position}: {failure.Message}", data: data);
            if (status.FirstOrDefault(view => view is { State: ViewState.Building, Failure: not null } && read.All(other => other.View != view.View || other.State == ViewState.Frozen)) is { Failure: { } reason } building)
                return HealthCheckResult.Unhealthy($"The new version of view '{building.View}' stands still before position {reason.Position}: {reason.Message}", data: data);
            if (views.Names.FirstOrDefault(name => read.All(view => view.View != name)) is { } missing)
                return HealthCheckResult.Degraded($"View '{missing}' is being built.", data: data);
            if ((await views.StaleNames(cancellationToken)).FirstOrDefault(name => name.OfOtherColumns || name.Users.Count > 0) is { } stale)
                return HealthCheckResult.Degraded(stale.Message, data: data);
            return read.FirstOrDefault(view => view.State == ViewState.Frozen) is { } frozen
                ? HealthCheckResult.Degraded($"View '{frozen.View}' is frozen at position {frozen.Position}: its definition has changed.", data: data)
                : HealthCheckResult.Healthy($"The views hold at position {read.Select(view => view.Position).DefaultIfEmpty().Min()}.", data);
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

    private sealed class WatchlistsCheck(WatchlistsFollowing following) : IHealthCheck
    {
        public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
            Task.FromResult(following.Fault is { } fault ? HealthCheckResult.Degraded($"The watchlists do not follow the log: {fault}") : HealthCheckResult.Healthy("The watchlists follow the log."));
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
