using Ledger.Domain.Values;
using Quartz;

namespace Ledger.App.Jobs;

/// <summary>When the clock starts a job.</summary>
/// <param name="Cron">As Quartz writes it.</param>
/// <param name="Zone">Whose clocks it goes by.</param>
/// <param name="IsEnabled">Whether the clock starts it at all; somebody may in any case.</param>
internal sealed record JobSchedule(CronExpression Cron, TimeZoneInfo Zone, bool IsEnabled)
{
    /// <exception cref="InvalidValueException">What is configured is no schedule.</exception>
    public static JobSchedule Of(LedgerJob job, JobSettings settings)
    {
        var (cron, zone) = (settings["Cron"] ?? job.Cron, settings["TimeZone"] ?? job.TimeZone);
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found))
            throw new InvalidValueException(settings.Key("TimeZone"), $"'{zone}' is no time zone; Europe/Berlin would be one");
        try
        {
            return new JobSchedule(new CronExpression(cron, found), found, settings.Flag("Enabled", job.IsEnabled));
        }
        catch (FormatException e)
        {
            throw new InvalidValueException(settings.Key("Cron"), $"'{cron}' is no schedule ({e.Message.TrimEnd('.')}); '0 30 2 * * ?' would be one, every day at half past two");
        }
    }

    /// <summary>The first time after another one; null where there is none any more, or the clock does not start it.</summary>
    public DateTimeOffset? Next(DateTimeOffset after) => IsEnabled ? Cron.GetNextValidTimeAfter(after) : null;
}
