using Ledger.App.Jobs;
using Ledger.App.Tests.Support;
using Ledger.Domain.Values;
using Microsoft.Extensions.Configuration;

namespace Ledger.App.Tests.Jobs;

public sealed class JobScheduleTests
{
    [Theory]
    // Clocks went from two to three on 29 March 2026, so that half past two was not, and from three to two on 25 October, so that it was twice.
    [InlineData("0 30 2 * * ?", "2026-03-27", "2026-04-01")]
    [InlineData("0 30 2 * * ?", "2026-10-23", "2026-10-28")]
    [InlineData("0 0 3 * * ?", "2026-03-27", "2026-04-01")]
    [InlineData("0 0 2 * * ?", "2026-10-23", "2026-10-28")]
    public void A_job_of_every_day_runs_once_on_every_day_when_clocks_are_changed(string cron, string from, string to)
    {
        var days = Times(cron, "Europe/Berlin", from, to).Select(time => TimeZoneInfo.ConvertTime(time, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")).Date).ToList();

        Assert.Equal(Enumerable.Range(0, 5).Select(day => DateTime.Parse(from, System.Globalization.CultureInfo.InvariantCulture).AddDays(day)), days);
    }

    [Theory]
    [InlineData("2026-03-28", "2026-03-30")]
    [InlineData("2026-10-24", "2026-10-26")]
    public void A_job_of_every_quarter_of_an_hour_runs_at_each_of_them_when_clocks_are_changed(string from, string to)
    {
        var times = Times("0 0/15 * * * ?", "Europe/Berlin", from, to);

        Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal(TimeSpan.FromMinutes(15), pair.Second - pair.First));
    }

    [Fact]
    public void All_jobs_have_schedules_and_names_of_their_own_and_are_switched_by_configuration()
    {
        var jobs = List();
        Assert.Equal(jobs.Names.Order(), jobs.Names.Distinct().Order());
        Assert.All(jobs.All, one => Assert.True(one.Job.Name == "rates" ? one.Schedule.Next(DateTimeOffset.UtcNow) is null : one.Schedule.Next(DateTimeOffset.UtcNow) > DateTimeOffset.UtcNow, one.Job.Name));

        var (_, configured) = List(("cleanup:Cron", "0 0 6 * * ?"), ("cleanup:TimeZone", "Asia/Shanghai")).Named("clean-up");
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 22, 0, 0, TimeSpan.Zero), configured.Next(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        Assert.Null(List(("verify:Enabled", "false")).Named("verify").Schedule.Next(DateTimeOffset.UtcNow));
        Assert.NotNull(List(("rates:From", "/var/rates")).Named("rates").Schedule.Next(DateTimeOffset.UtcNow));
    }

    [Theory]
    [InlineData("backup:Cron", "every night", "Ledger:Jobs:backup:Cron: 'every night' is no schedule")]
    [InlineData("backup:TimeZone", "Mars/Olympus", "Ledger:Jobs:backup:TimeZone: 'Mars/Olympus' is no time zone; Europe/Berlin would be one")]
    [InlineData("backup:Enabled", "perhaps", "Ledger:Jobs:backup:Enabled: 'perhaps' is neither true nor false")]
    [InlineData("backup:Folder", "backups", "Ledger:Jobs:backup:Folder: 'backups' does not begin at the root")]
    [InlineData("backup:Keep", "0", "Ledger:Jobs:backup:Keep: '0' is no number from 1")]
    [InlineData("rates:From", "ftp://example.com", "Ledger:Jobs:rates:From: 'ftp://example.com' is neither a folder")]
    [InlineData("backup:Kep", "3", "Ledger:Jobs:backup:Kep: there is no such setting; there are Cron, Enabled, Folder, Keep, TimeZone")]
    [InlineData("bakup:Cron", "0 0 1 * * ?", "Ledger:Jobs:bakup: there is no such job; there are backup, ")]
    [InlineData("RetryAfter", "soon", "Ledger:Jobs:RetryAfter: 'soon' is no time to wait")]
    [InlineData("Enabled", "maybe", "Ledger:Jobs:Enabled: 'maybe' is neither true nor false")]
    public void What_cannot_be_used_is_told_in_one_sentence_that_names_it(string key, string value, string sentence)
    {
        var refused = Assert.Throws<InvalidValueException>(() => List((key, value)));

        Assert.StartsWith(sentence, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public async Task A_server_that_is_configured_so_does_not_start_and_says_why()
    {
        await using var ledger = await LedgerOnTestDatabase.Create(TestContext.Current.CancellationToken);
        var run = await Testing.LedgerProgram.Run(["serve", "--urls", "http://127.0.0.1:0"], new Testing.LedgerProgramOptions
        {
            Environment = new Dictionary<string, string?>
            {
                ["ConnectionStrings__Ledger"] = ledger.OwnerConnectionString,
                ["LEDGER_DATA"] = ledger.DataFolder,
                ["Ledger__Jobs__verify__Cron"] = "now and then",
            },
        });

        Assert.Equal((2, ""), (run.ExitCode, run.Output));
        Assert.StartsWith("Ledger:Jobs:verify:Cron: 'now and then' is no schedule", Assert.Single(run.Errors.Trim().Split('\n')), StringComparison.Ordinal);
    }

    private static List<DateTimeOffset> Times(string cron, string zone, string from, string to)
    {
        var schedule = JobSchedule.Of(new TestJob("work", (_, _) => Task.FromResult(""), cron, zone), new JobSettings(new ConfigurationManager(), "work", ""));
        var berlin = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var (at, end) = (Local(from).AddTicks(-1), Local(to));
        var times = new List<DateTimeOffset>();
        while (schedule.Next(at) is { } next && next < end)
            times.Add(at = next);
        return times;

        DateTimeOffset Local(string day)
        {
            var local = DateTime.Parse(day, System.Globalization.CultureInfo.InvariantCulture);
            return new DateTimeOffset(local, berlin.GetUtcOffset(local));
        }
    }

    private static JobList List(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        foreach (var (key, value) in settings)
            configuration[$"Ledger:Jobs:{key}"] = value;
        return new JobList(JobList.Make(), configuration, "/var/lib/ledger");
    }
}
