using Ledger.EventStore.Tests.Processes;

// Started by a test it is the other process that the test needs; otherwise it runs the tests.
return args switch
{
    ["write", string connection, string journal, string seed] => await WritingProcess.Run(connection, journal, int.Parse(seed)),
    ["sign", string connection, string folder] => await OtherProcess.Sign(connection, folder),
    ["read", string connection] => await OtherProcess.Read(connection),
    ["follow", string connection, string stoppedAfterMs] => await ViewingProcess.Follow(connection, int.Parse(stoppedAfterMs)),
    ["replay", string connection, string chunkMax] => await ViewingProcess.Replay(connection, int.Parse(chunkMax)),
    ["prepare", string connection, string chunkMax] => await ViewingProcess.Prepare(connection, int.Parse(chunkMax)),
    _ when args.Contains("--server") || args.Contains("--internal-msbuild-node") =>
        await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(
            args, Ledger.EventStore.Tests.SelfRegisteredExtensions.AddSelfRegisteredExtensions),
    _ => await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args),
};
