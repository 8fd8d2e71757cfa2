using System.Globalization;
using Ledger.App.Deals.Review;
using Ledger.App.Intake.Feeds;
using Ledger.App.Intake.ImportRates;
using Ledger.App.Operations.Backup;
using Ledger.App.Operations.CleanUp;
using Ledger.App.Operations.Drift;
using Ledger.App.Operations.Proof;
using Ledger.App.Views;
using Ledger.App.Views.Rollups;
using Ledger.App.Watchlists;
using Ledger.Domain.Values;

namespace Ledger.App.Jobs;

/// <summary>The jobs of a ledger as they are configured here.</summary>
internal sealed class JobList
{
    /// <summary>Waits before a run that failed is tried again; after the last of them it stays failed.</summary>
    private static readonly TimeSpan[] Waits = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30)];

    private static readonly string[] OfAll = ["Enabled", "RetryAfter"];

    private readonly Dictionary<string, (LedgerJob Job, JobSchedule Schedule)> _jobs;

    /// <summary>All that there are, a line each.</summary>
    public static LedgerJob[] Make() =>
    [
        new FeedsJob(),
        new RatesJob(),
        new ReviewJob(),
        new BackupJob(),
        new VerifyJob(),
        new DriftJob(),
        new RollupsJob(),
        new CleanUpJob(),
        new WatchlistsJob(),
    ];

    /// <exception cref="InvalidValueException">Something is configured that cannot be used.</exception>
    public JobList(IEnumerable<LedgerJob> jobs, IConfiguration configuration, string dataFolder)
    {
        _jobs = jobs.ToDictionary(job => job.Name, job =>
        {
            var settings = new JobSettings(configuration, job.Name, dataFolder);
            job.Configure(settings);
            var schedule = JobSchedule.Of(job, settings);
            settings.CheckAsked();
            return (job, schedule);
        }, StringComparer.Ordinal);
        RetryAfter = configuration[$"{JobSettings.Section}:RetryAfter"] is { Length: > 0 } waits ? [.. waits.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Wait)] : Waits;
        IsEnabled = configuration[$"{JobSettings.Section}:Enabled"] is not { Length: > 0 } enabled
            || (bool.TryParse(enabled, out var flag) ? flag : throw new InvalidValueException($"{JobSettings.Section}:Enabled", $"'{enabled}' is neither true nor false"));
        var known = _jobs.Keys.Select(JobSettings.SectionOf).Concat(OfAll).ToHashSet(StringComparer.OrdinalIgnoreCase);
        if (configuration.GetSection(JobSettings.Section).GetChildren().FirstOrDefault(child => !known.Contains(child.Key)) is { } unknown)
            throw new InvalidValueException(unknown.Path, $"there is no such job; there are {string.Join(", ", _jobs.Keys.Order(StringComparer.Ordinal))}");
    }

    /// <summary>Whether this server runs jobs; others on the same database may.</summary>
    public bool IsEnabled { get; }

    public IReadOnlyList<TimeSpan> RetryAfter { get; }

    public IEnumerable<(LedgerJob Job, JobSchedule Schedule)> All => _jobs.Values.OrderBy(one => one.Job.Name, StringComparer.Ordinal);

    public string[] Names => [.. _jobs.Keys];

    /// <exception cref="NotFoundException">There is no such job.</exception>
    public (LedgerJob Job, JobSchedule Schedule) Named(string name) => _jobs.TryGetValue(name, out var job) ? job
        : throw new NotFoundException($"There is no job '{Text.Shorten(name)}'; there are {string.Join(", ", _jobs.Keys.Order(StringComparer.Ordinal))}.");

    private static TimeSpan Wait(string text) => TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var wait) && wait >= TimeSpan.Zero ? wait
        : throw new InvalidValueException($"{JobSettings.Section}:RetryAfter", $"'{text}' is no time to wait; '00:01:00 00:05:00' would be two");
}
