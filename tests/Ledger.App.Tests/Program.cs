using Ledger.App.Tests.Jobs;

// Many wait for other processes, and for servers that are to notice that another one is gone, more than they work.
[assembly: CollectionBehavior(MaxParallelThreads = 4)]

// Started by a test it is the other process that the test needs; otherwise it runs the tests.
return args switch
{
    ["run-jobs", var connection, var job] => await OtherServer.Run(connection, job),
    _ when args.Contains("--server") || args.Contains("--internal-msbuild-node") =>
        await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, Ledger.App.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions),
    _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
};
