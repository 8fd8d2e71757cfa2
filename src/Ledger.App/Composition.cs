using Ledger.App.Deals;
using Ledger.App.Deals.Bulk;
using Ledger.App.Deals.RankSource;
using Ledger.App.Deals.Same;
using Ledger.App.Intake.Announce;
using Ledger.App.Intake.ImportRates;
using Ledger.App.Log;
using Ledger.App.Parties;
using Ledger.App.Views;
using Ledger.App.Views.Articles;
using Ledger.App.Views.Audit;
using Ledger.App.Views.Companies;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Events;
using Ledger.App.Views.Explain;
using Ledger.App.Views.Investors;
using Ledger.App.Views.League;
using Ledger.App.Views.Moments;
using Ledger.App.Views.Parties;
using Ledger.App.Views.Rates;
using Ledger.App.Views.Rollups;
using Ledger.App.Views.Search;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App;

/// <summary>What works on a ledger's database, the same for the server and for every command.</summary>
internal static class Composition
{
    public static IServiceCollection AddLedger(this IServiceCollection services, NpgsqlDataSource database) => services
        .AddSingleton(database)
        .AddSingleton(provider => new EventLog(database, StoredEvents.Types, new EventLogOptions { Logger = provider.GetRequiredService<ILogger<EventLog>>() }))
        .AddSingleton(provider => new ViewRuntime(
            provider.GetRequiredService<EventLog>(), database, RecordViews.All, provider.GetRequiredService<ILogger<ViewRuntime>>()))
        .AddSingleton<ArticleTexts>()
        .AddSingleton<DealLedger>()
        .AddSingleton<BulkChanges>()
        .AddSingleton<SourceRanks>()
        .AddSingleton<PartyLedger>()
        .AddSingleton<RatesLedger>()
        .AddScoped<Snapshot>()
        .AddScoped<MomentLinks>()
        .AddScoped<PartyNames>()
        .AddScoped<PartyQueries>()
        .AddScoped<MergePreviews>()
        .AddScoped<RateQueries>()
        .AddScoped<DealQueries>()
        .AddScoped<DealAudits>()
        .AddScoped<Candidates>()
        .AddScoped<Duplicates>()
        .AddScoped<Announcing>()
        .AddScoped<CompanyQueries>()
        .AddScoped<InvestorQueries>()
        .AddScoped<RollupQueries>()
        .AddScoped<VintageQueries>()
        .AddScoped<LeagueQueries>()
        .AddScoped<ArticleQueries>()
        .AddScoped<EventQueries>()
        .AddScoped<Explanations>()
        .AddScoped<SearchQueries>()
        .AddScoped<TextQueries>();
}
