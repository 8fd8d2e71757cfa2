using Ledger.App.Alerts;
using Ledger.App.Deals;
using Ledger.App.Deals.Bulk;
using Ledger.App.Deals.RankSource;
using Ledger.App.Deals.Review;
using Ledger.App.Deals.Same;
using Ledger.App.Intake.Announce;
using Ledger.App.Intake.Feeds;
using Ledger.App.Intake.ImportRates;
using Ledger.App.Jobs;
using Ledger.App.Log;
using Ledger.App.Operations;
using Ledger.App.Operations.Outgoing;
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
using Ledger.App.Watchlists;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App;

/// <summary>What works on a ledger's database, the same for the server and for every command.</summary>
internal static class Composition
{
    /// <param name="services">To be added to.</param>
    /// <param name="database">Migrated.</param>
    /// <param name="configuration">Of jobs, and of what the ledger may ask of other hosts; null where nothing is configured.</param>
    /// <param name="choice">Which database it is, and where this machine keeps what is the ledger's; null where nobody needs to know.</param>
    public static IServiceCollection AddLedger(this IServiceCollection services, NpgsqlDataSource database, IConfiguration? configuration = null, DatabaseChoice? choice = null) => services
        .AddSingleton(database)
        .AddSingleton(choice ?? new DatabaseChoice(null, ""))
        .AddSingleton(provider => new JobList(JobList.Make(), configuration ?? new ConfigurationManager(), provider.GetRequiredService<DatabaseChoice>().DataFolder))
        .AddSingleton<JobRuns>()
        .AddSingleton<JobRunner>()
        .AddSingleton<JobQueries>()
        .AddSingleton<JobOrders>()
        .AddSingleton<RunHere>()
        .AddSingleton(_ => new OutgoingHttp(configuration ?? new ConfigurationManager()))
        .AddSingleton<FeedTable>()
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
        .AddSingleton<FoundPairs>()
        .AddScoped<Duplicates>()
        .AddScoped<ReviewList>()
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
        .AddScoped<TextQueries>()
        .AddSingleton<WatchlistStates>()
        .AddSingleton<WatchlistLedger>()
        .AddSingleton<WatchlistFollower>()
        .AddScoped<WatchlistQueries>()
        .AddAlerts(configuration);
}
