using Ledger.App.Alerts.Atom;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Json;
using Serilog.Settings.Configuration;

namespace Ledger.App.Operations.Logging;

/// <summary>
/// Logs go to the console's error stream, so that standard output stays what was asked for, and as JSON to a file a day in the
/// data folder, of which two weeks are kept.
/// </summary>
internal static class LogSetup
{
    private const int DaysKept = 14;

    /// <param name="console">The least level that the console shows; the file has all from information up.</param>
    public static SerilogLoggerFactory Create(IConfiguration configuration, string dataFolder, LogEventLevel console)
    {
        var logger = new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
            // It warns that what seals sessions lies in a file, which is where it is meant to lie.
            .MinimumLevel.Override("Microsoft.AspNetCore.DataProtection", LogEventLevel.Error)
            .MinimumLevel.Override("Npgsql", LogEventLevel.Warning)
            .MinimumLevel.Override("Quartz", LogEventLevel.Warning)
            .ReadFrom.Configuration(configuration, new ConfigurationReaderOptions(typeof(ConsoleLoggerConfigurationExtensions).Assembly, typeof(FileLoggerConfigurationExtensions).Assembly))
            .Enrich.FromLogContext()
            .Enrich.With(new SecretPaths())
            .WriteTo.Console(console, "{Timestamp:HH:mm:ss} {Level:u3} {Message:lj}{NewLine}{Exception}", standardErrorFromLevel: LogEventLevel.Verbose)
            .WriteTo.File(new JsonFormatter(renderMessage: true), Path.Combine(dataFolder, "logs", "ledger-.json"),
                rollingInterval: RollingInterval.Day, retainedFileCountLimit: DaysKept, shared: true)
            .CreateLogger();
        return new SerilogLoggerFactory(logger, dispose: true);
    }

    /// <summary>The server says with every line which path was asked for; that of a feed is a secret.</summary>
    private sealed class SecretPaths : ILogEventEnricher
    {
        private const string RequestPath = "RequestPath";

        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
        {
            if (logEvent.Properties.GetValueOrDefault(RequestPath) is ScalarValue { Value: string path } && FeedAddresses.IsSecret(path))
                logEvent.RemovePropertyIfPresent(RequestPath);
        }
    }
}
