using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Ledger.App.Tests.Support;
using Ledger.App.Views;
using Ledger.App.Views.Companies;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Investors;
using Ledger.App.Views.Parties;
using Ledger.App.Views.Search;
using Ledger.EventStore;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.App.Tests.Parties;

/// <summary>
/// Whatever is recorded of a few parties and deals, in whatever order, while parties are merged and merges are undone. A number
/// stands for an event; what it means depends on the parties as they are.
/// </summary>
public sealed class MergeHistoryTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public void After_the_undo_of_merges_every_view_says_what_it_would_had_they_never_been_recorded() => Check.One(
        Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(3).WithStartSize(30).WithEndSize(50),
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ArrayOf().ToArbitrary(), numbers => Task.Run(() => Hold(numbers), Cancel).GetAwaiter().GetResult()));

    private static async Task Hold(int[] numbers)
    {
        await using var merged = await LedgerOnTestDatabase.Create(Cancel);
        await using var apart = await LedgerOnTestDatabase.Create(Cancel);
        var history = new MergeHistory(merged.Get<EventLog>(), apart.Get<EventLog>());
        await history.Begin(Cancel);
        foreach (var number in numbers)
            await history.Happen(number, Cancel);
        await history.MergeAny(Cancel);

        await merged.CatchUp(Cancel);
        var position = await merged.Get<EventLog>().Head(Cancel);
        var live = await Answers(merged, null);
        Assert.NotEqual(0, history.Standing);
        // The answers of merged parties are one: asked for by either id.
        await history.UndoAll(Cancel);
        await merged.CatchUp(Cancel);
        await apart.CatchUp(Cancel);
        Assert.Equal(live, await Answers(merged, position));

        var undone = await Answers(merged, null);
        Assert.Equal(Plain(await Answers(apart, null)), Plain(undone));
        Assert.Equal(await Tables(apart), await Tables(merged));

        var views = merged.Get<ViewRuntime>();
        Assert.All(await views.Replay(views.Names, cancel: Cancel), outcome => Assert.Empty(outcome.Differences!));
        Assert.Equal(undone, await Answers(merged, null));
        Assert.Equal(live, await Answers(merged, position));
    }

    /// <summary>Everything that readers are told, as of a position or now.</summary>
    private static async Task<string> Answers(LedgerOnTestDatabase ledger, long? asOf)
    {
        await using var scope = ledger.Get<IServiceScopeFactory>().CreateAsyncScope();
        var of = scope.ServiceProvider;
        of.GetRequiredService<Snapshot>().AsOf = asOf;
        var answers = new List<object>();
        foreach (var id in MergeHistory.Parties.Select(party => party.Value))
        {
            foreach (var counted in (bool[])[false, true])
            {
                await Add(async () => await of.GetRequiredService<CompanyQueries>().Get(id, counted, Cancel));
                await Add(async () => await of.GetRequiredService<InvestorQueries>().Get(id, counted, Cancel));
            }
            await Add(async () => await of.GetRequiredService<PartyQueries>().Get($"Party {id}", Cancel));
            await Add(async () => await of.GetRequiredService<DealQueries>().List(new DealFilter(Company: id), Cancel));
            await Add(async () => await of.GetRequiredService<DealQueries>().List(new DealFilter(Investor: id), Cancel));
        }
        await Add(async () => await of.GetRequiredService<DealQueries>().List(new DealFilter(), Cancel));
        await Add(async () => await of.GetRequiredService<CompanyQueries>().List(100, null, Cancel));
        await Add(async () => await of.GetRequiredService<InvestorQueries>().List(100, null, Cancel));
        await Add(async () => await of.GetRequiredService<SearchQueries>().Find("party", 20, null, Cancel));
        var holdings = await Holdings.Count(of.GetRequiredService<Snapshot>(), Cancel);
        answers.Add((holdings.Deals, holdings.Companies, holdings.Investors).ToString());
        return JsonSerializer.Serialize(answers, ApiJson.Options);

        async Task Add(Func<Task<object>> ask)
        {
            try
            {
                answers.Add(await ask());
            }
            catch (NotFoundException e)
            {
                answers.Add(e.Message);
            }
        }
    }

    private static string Plain(string answers) => Recorded.Without(JsonNode.Parse(answers)!).ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    /// <summary>The stored rows that hold, without where in the log they began to.</summary>
    private static async Task<List<string>> Tables(LedgerOnTestDatabase ledger)
    {
        var rows = new List<string>();
        foreach (var table in (string[])["party", "party_name", "backer", "affiliation", "deal", "company_deal", "company", "company_total", "investor_deal", "investor"])
        {
            await using var command = ledger.Database.CreateCommand($"select '{table} ' || (to_jsonb(t) - 'from_position' - 'version' - 'recorded_at')::text from views.{table} t order by 1");
            await using var reader = await command.ExecuteReaderAsync(Cancel);
            while (await reader.ReadAsync(Cancel))
                rows.Add(reader.GetString(0));
        }
        return rows;
    }
}
