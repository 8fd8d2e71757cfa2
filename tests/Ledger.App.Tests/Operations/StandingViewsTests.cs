using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ledger.App.Tests.Support;
using Npgsql;

namespace Ledger.App.Tests.Operations;

/// <summary>A view that does not go on: whoever asks is told which and why, and the others are read as ever.</summary>
public sealed class StandingViewsTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_view_that_stands_still_and_one_that_is_frozen_are_told_of_by_health_and_page_and_the_others_go_on()
    {
        await using var server = await ServedHere.Start(await LedgerOnTestDatabase.Create(Cancel), "open", Cancel);
        using var http = server.Browser();
        Assert.Equal(0, (await server.Ledger.Run("seed", LedgerOnTestDatabase.Seeds)).ExitCode);

        await Execute(server.Ledger, "alter table view_rollup_1.rollup_fact add constraint full_up check (deal_id <> 'biren-pledge' or 'robotics' <> all(sectors))");
        Assert.Equal(0, (await server.Ledger.Run("tag", "biren-pledge", "--sector", "robotics", "--reason", "They build some.")).ExitCode);
        await Until(async () => await Health(http), health => health.Contains("View 'rollup' stands still before position 93: ", StringComparison.Ordinal));
        var page = await http.GetStringAsync("/views", Cancel);
        Assert.Contains("live, stands still", page, StringComparison.Ordinal);
        Assert.Contains("event at position 93</a>: 23514: ", page, StringComparison.Ordinal);
        await Goes(http, "robotics", 93);
        // Programs are told that not all views hold what they wait for; who is led to a page sees what there is.
        Assert.Equal(503, (int)(await http.GetAsync("/api/deals/biren-pledge?after=93", Cancel)).StatusCode);
        Assert.Contains("Robotics", await http.GetStringAsync("/deals/biren-pledge?after=93", Cancel), StringComparison.OrdinalIgnoreCase);
        await IsToldOf(http, "/companies/biren", "what is read of view rollup, which holds the log up to position 92.");
        Assert.DoesNotContain("Older than the rest", await http.GetStringAsync("/companies/biren?at=92", Cancel), StringComparison.Ordinal);

        await Execute(server.Ledger, """
            alter table view_rollup_1.rollup_fact drop constraint full_up;
            update ledger.view_versions set fingerprint = 'of before', failed_at = null, failed_position = null, failure = null where view = 'rollup';
            insert into ledger.view_versions (view, version, schema_name, state, fingerprint, layout, replay_to, replay_done, replay_of, failed_at, failed_position, failure)
                values ('rollup', 2, 'view_rollup_2', 'building', 'of now', 'of now', 93, 10, 13, now(), 5, 'There is no room.');
            insert into ledger.view_positions (view, version, position) values ('rollup', 2, 0);
            """);
        using var ada = await server.Ledger.Client(server.Address);
        using var tagged = await ada.PostAsJsonAsync("/api/deals/biren-pledge/tag", new { sector = "drones", reason = "And these." }, Cancel);
        Assert.True(tagged.IsSuccessStatusCode);
        await Goes(http, "drones", 94);
        Assert.Equal("The new version of view 'rollup' stands still before position 5: There is no room.", await Health(http));
        await IsToldOf(http, "/rollups", "what is read of view rollup, which holds the log up to position 92.");
        page = await http.GetStringAsync("/views", Cancel);
        Assert.Contains("building, stands still", page, StringComparison.Ordinal);
        Assert.Contains("it stays as it is until the new version is there", page, StringComparison.Ordinal);
    }

    /// <summary>What was recorded last is read at once, with what follows from it.</summary>
    private static async Task Goes(HttpClient http, string sector, int position)
    {
        // Nobody waits for what is frozen.
        var after = position == 94 ? "?after=94" : "";
        var deal = JsonNode.Parse(await http.GetStringAsync($"/api/deals/biren-pledge{after}", Cancel))!;
        Assert.Equal((sector, position), ((string)deal["sectors"]!.AsArray()[^1]!, (int)deal["position"]!));
        var company = JsonNode.Parse(await http.GetStringAsync("/api/companies/biren", Cancel))!;
        Assert.Equal(position, (int)company["position"]!);
        Assert.Contains("biren-pledge", await http.GetStringAsync("/api/explain/company/biren?field=deals", Cancel), StringComparison.Ordinal);
    }

    /// <summary>Whoever reads anything is told what of it is older than the rest.</summary>
    private static async Task IsToldOf(HttpClient http, string page, string words)
    {
        Assert.Contains(words, await http.GetStringAsync(page, Cancel), StringComparison.Ordinal);
        using var answer = await http.GetAsync("/api" + page, Cancel);
        Assert.Equal("rollup=92", Assert.Single(answer.Headers.GetValues("Ledger-Views-Behind")));
    }

    private static async Task<string> Health(HttpClient http)
    {
        using var answer = await http.GetAsync("/health/ready", Cancel);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["checks"]!["views"]!["description"]!.ToString();
    }

    private static async Task Until(Func<Task<string>> ask, Func<string, bool> isSo)
    {
        var said = await ask();
        for (var began = DateTime.UtcNow; !isSo(said); said = await ask())
        {
            Assert.True(DateTime.UtcNow - began < TimeSpan.FromSeconds(30), said);
            await Task.Delay(20, Cancel);
        }
    }

    /// <summary>Past the program, as the database's owner.</summary>
    private static async Task Execute(LedgerOnTestDatabase ledger, string sql)
    {
        await using var owner = NpgsqlDataSource.Create(ledger.OwnerConnectionString);
        await using var command = owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
