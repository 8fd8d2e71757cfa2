using System.CommandLine;
using Ledger.App.Access;
using Ledger.App.Alerts;
using Ledger.App.CommandLine;
using Ledger.App.Deals.Bulk;
using Ledger.App.Deals.Change;
using Ledger.App.Deals.RankSource;
using Ledger.App.Deals.Review;
using Ledger.App.Deals.Same;
using Ledger.App.Intake.Announce;
using Ledger.App.Intake.Feeds;
using Ledger.App.Intake.Import;
using Ledger.App.Intake.Seed;
using Ledger.App.Jobs;
using Ledger.App.Operations.Backup;
using Ledger.App.Operations.Demo;
using Ledger.App.Operations.Export;
using Ledger.App.Operations.Migrate;
using Ledger.App.Operations.Proof;
using Ledger.App.Operations.Replay;
using Ledger.App.Operations.Serve;
using Ledger.App.Parties.Change;
using Ledger.App.Views.Audit;
using Ledger.App.Views.Companies;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Events;
using Ledger.App.Views.Explain;
using Ledger.App.Views.Investors;
using Ledger.App.Views.League;
using Ledger.App.Views.Rates;
using Ledger.App.Views.Rollups;
using Ledger.App.Watchlists;

return await LedgerCommand.Run(Root.Value, args);

internal static partial class Program
{
    /// <summary>All commands, made once in a process: options that several share remember every command they were ever given to.</summary>
    private static readonly Lazy<RootCommand> Root = new(() =>
    {
        var root = new RootCommand("Ledger: the record of funding deals, as a chain of immutable events.")
        {
            DemoCommand.Make(),
            ServeCommand.Make(),
            SeedCommand.Make(),
            ImportCommand.Make(),
            DealCommands.List(),
            DealCommands.Show(),
            DealCommands.History(),
            AuditCommands.Diff(),
            AuditCommands.Blame(),
            AuditCommands.Audit(),
            CompanyCommand.Make(),
            InvestorCommand.Make(),
            CoInvestorsCommand.Make(),
            RollupCommands.Rollup(),
            RollupCommands.Vintages(),
            LeagueCommand.Make(),
            EventsCommand.Make(),
            ExplainCommand.Make(),
            ReplayCommand.Make(),
            ProjectionsCommand.Make(),
            SqlCommand.Make(),
            ProofCommands.Verify(),
            ProofCommands.Proof(),
            ProofCommands.Checkpoint(),
            ExportCommand.Make(),
            MigrateCommand.Make(),
            BackupCommand.Make(),
            RestoreCommand.Make(),
            AnnounceCommand.Make(),
            SourcesCommand.Make(),
            RatesCommand.Make(),
            DuplicatesCommand.Make(),
            ReviewCommand.Make(),
            FeedsCommand.Feeds(),
            FeedsCommand.Inbox(),
            JobsCommand.Make(),
            BulkCommand.Make(),
            PartyCommands.Make(),
            WatchCommands.Make(),
            AlertCommands.Make(),
            KeysCommand.Make(),
        };
        foreach (var command in ChangeCommands.Make())
            root.Subcommands.Add(command);
        CommonOptions.AddTo(root);
        return root;
    });
}
