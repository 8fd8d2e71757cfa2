using Ledger.App.Log;
using Ledger.App.Views.Articles;
using Ledger.App.Views.Companies;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Investors;
using Ledger.App.Views.Parties;
using Ledger.Domain.Deals;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Views;

/// <summary>
/// Folds events into deals once, and hands the changes to every view of them. All move in one transaction, so that what
/// a reader sees is of one moment.
/// </summary>
internal sealed class RecordProjection : Projection
{
    /// <summary>The name of the position that the views share.</summary>
    public const string Group = "views";

    private static readonly string[] Files = ["deal", "company", "investor", "party", "article"];

    private readonly IDealView[] _views = [new DealView(), new CompanyView(), new InvestorView()];

    public override string Name => "record";

    public override int Version => 1;

    public override string Schema => $"""
        create schema views;
        {string.Join('\n', Files.Select(Sql.File))}
        grant usage on schema views to ledger_app;
        grant select, insert, update, delete on all tables in schema views to ledger_app;
        """;

    public override string Drop => "drop schema if exists views cascade";

    public override async Task Apply(IReadOnlyList<RecordedEvent> batch, NpgsqlConnection connection, CancellationToken cancel)
    {
        await PartyView.Apply(batch, connection, cancel);
        await ArticleView.Apply(batch, connection, cancel);
        var changes = await FoldDeals(batch, connection, cancel);
        if (changes.Each.Count == 0)
            return;
        foreach (var view in _views)
            await view.Apply(changes, connection, cancel);
    }

    private static async Task<DealChanges> FoldDeals(IReadOnlyList<RecordedEvent> batch, NpgsqlConnection connection, CancellationToken cancel)
    {
        var events = batch.Where(e => e.Data is DealEvent).ToList();
        if (events.Count == 0)
            return new DealChanges([]);
        var deals = await DealView.Load([.. events.Select(StoredEvents.DealOf).Distinct()], connection, cancel);
        var changes = new List<DealChange>(events.Count);
        foreach (var e in events)
        {
            var change = DealChange.Fold(deals[StoredEvents.DealOf(e)], (DealEvent)e.Data, StoredEvents.CauseOf(e));
            deals[change.After.Id] = change.After;
            changes.Add(change);
        }
        return new DealChanges(changes);
    }
}
