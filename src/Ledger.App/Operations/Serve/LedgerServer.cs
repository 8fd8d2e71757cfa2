using Ledger.App.Access;
using Ledger.App.Alerts;
using Ledger.App.Alerts.Mail;
using Ledger.App.CommandLine;
using Ledger.App.Deals.Bulk;
using Ledger.App.Deals.Change;
using Ledger.App.Deals.RankSource;
using Ledger.App.Deals.Review;
using Ledger.App.Deals.Same;
using Ledger.App.Intake.Announce;
using Ledger.App.Intake.Feeds;
using Ledger.App.Intake.ImportRates;
using Ledger.App.Jobs;
using Ledger.App.Operations.Health;
using Ledger.App.Operations.Metrics;
using Ledger.App.Operations.Outgoing;
using Ledger.App.Operations.Proof;
using Ledger.App.Operations.Replay;
using Ledger.App.Parties.Change;
using Ledger.App.Shell;
using Ledger.App.Views;
using Ledger.App.Views.Audit;
using Ledger.App.Views.Moments;
using Npgsql;
using Ledger.App.Views.Rates;
using Ledger.App.Views.Rollups;
using Ledger.App.Watchlists;
using Serilog;

namespace Ledger.App.Operations.Serve;

/// <summary>The web server: pages, API and health, and the views that follow the log.</summary>
internal static class LedgerServer
{
    public const string Address = "http://127.0.0.1:8080";

    /// <summary>Serves until it is told to stop.</summary>
    /// <param name="ledger">With its database open.</param>
    /// <param name="addresses">Where to listen, separated by semicolons.</param>
    /// <param name="started">Told the addresses, and how to sign in, once the server listens.</param>
    /// <param name="cancel">Stops the server.</param>
    public static async Task Run(Invocation ledger, string addresses, Action<Serving> started, CancellationToken cancel)
    {
        await using var app = Build(ledger, addresses);
        await app.StartAsync(cancel);
        started(new Serving([.. app.Urls], await OfferLink(app, cancel)));
        try
        {
            await app.WaitForShutdownAsync(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Being told to stop is how a server ends; the host may hear of it before or after us.
            await app.StopAsync(CancellationToken.None);
        }
    }

    /// <summary>While nobody has a key, and nobody elsewhere reaches the server, whoever started it signs in by a link; null otherwise.</summary>
    private static async Task<string?> OfferLink(WebApplication app, CancellationToken cancel) =>
        Reading.IsHere(app.Urls) && !await KeyTable.IsAnyLive(app.Services.GetRequiredService<NpgsqlDataSource>(), cancel)
            ? $"{app.Urls.First()}{SignIn.LinkPath}?token={app.Services.GetRequiredService<SignInLink>().Make()}" : null;

    internal static WebApplication Build(Invocation ledger, string addresses)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        builder.WebHost.UseUrls(addresses.Split(';'));
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(ledger.Logs);
        builder.Services.AddLedger(ledger.Database, ledger.Configuration, ledger.Choice);
        builder.Services.AddJobServer();
        builder.Services.AddHostedService<ViewsFollower>();
        builder.Services.AddSingleton<WatchlistsFollowing>().AddHostedService(services => services.GetRequiredService<WatchlistsFollowing>());
        builder.Services.AddAlertServer();
        builder.Services.AddSingleton<Replays>();
        if (ledger.HoldsKey)
        {
            builder.Services.AddSingleton(ledger.Key).AddSingleton(ledger.Tree).AddSingleton<TreeSigner>();
            builder.Services.AddHostedService(services => services.GetRequiredService<TreeSigner>());
        }
        builder.Services.AddAccess(Reading.Of(ledger.Configuration, addresses), LedgerKey.FolderOf(ledger.Choice));
        builder.Services.AddLedgerHealth();
        builder.Services.AddProblemDetails();
        builder.Services.ConfigureHttpJsonOptions(options => ApiJson.Configure(options.SerializerOptions));
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.AddApiDocument();
        builder.Services.AddRazorComponents();
        var app = builder.Build();
        // What is configured of jobs, of other hosts and of mails is looked at before anything is served.
        app.Services.GetRequiredService<JobList>();
        app.Services.GetRequiredService<OutgoingHttp>();
        app.Services.GetRequiredService<MailRelay>();
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = Problems.Handle, CreateScopeForErrors = true, SuppressDiagnosticsCallback = _ => true });
        app.UseStatusCodePages(Problems.HandleStatus);
        app.UseRequestLog();
        app.UseSecurityHeaders();
        app.UseStaticFiles();
        app.UseAccess();
        app.UseAskedParameters();
        app.UseMoments();
        app.UseApiPage();
        app.MapGroup("").AllowAnonymous().MapLedgerHealth();
        app.MapMetrics();
        app.MapSignIn();
        app.MapWholeApi();
        if (ledger.HoldsKey)
            app.MapTree();
        app.MapRazorComponents<Document>();
        return app;
    }

    /// <summary>Everything under /api, and what the forms of the pages post to.</summary>
    internal static void MapWholeApi(this IEndpointRouteBuilder routes)
    {
        routes.MapApi();
        routes.Writing(Area.Views).MapViews();
        routes.Writing(Area.Deals).MapChanges();
        routes.Writing(Area.Parties).MapParties();
        routes.Writing(Area.Deals).MapBulk();
        routes.Writing(Area.Deals).MapSources();
        routes.Writing(Area.Articles).MapAnnounce();
        routes.Writing(Area.Watchlists).MapWatchlists();
        routes.Writing(Area.Alerts).MapAlerts();
        routes.MapRates();
        routes.Writing(Area.Articles).MapImportRates();
        routes.MapRollups();
        routes.MapDuplicates();
        routes.MapReview();
        routes.Writing(Area.Articles).MapFeeds();
        routes.Writing(Area.Jobs).MapJobs();
        routes.MapApiDocument();
        routes.MapAudit();
    }
}
