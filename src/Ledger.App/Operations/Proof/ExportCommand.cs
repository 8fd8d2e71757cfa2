using System.CommandLine;
using Ledger.App.CommandLine;
using Ledger.EventStore;

namespace Ledger.App.Operations.Proof;

/// <summary><c>ledger export events</c>: the log as others can check it.</summary>
internal static class ExportCommand
{
    public static Command Make()
    {
        var file = new Option<string?>("--out") { Description = "Write to this file.", HelpName = "FILE" };
        var events = new Command("events", "Write every event as one line of JSON: the bytes that the tree of the log is made of.") { file }.Doing(
            async (ledger, cancel) =>
            {
                await ledger.Open(migrate: false, cancel);
                await ledger.Sign(cancel);
                var path = ledger.Parsed.GetValue(file);
                await using var output = path is null ? Console.OpenStandardOutput() : File.Create(path);
                await ledger.Tree.Export(output, after: 0, await ledger.Get<EventLog>().Head(cancel), cancel);
            });
        return new Command("export", "Write what is in the ledger for other programs.") { events };
    }
}
