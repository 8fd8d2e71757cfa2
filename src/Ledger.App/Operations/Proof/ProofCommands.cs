using System.CommandLine;
using Ledger.App.CommandLine;
using Ledger.App.Intake;
using Ledger.App.Views;
using Ledger.EventStore;
using Spectre.Console;

namespace Ledger.App.Operations.Proof;

/// <summary><c>ledger verify</c>, <c>ledger proof</c> and <c>ledger checkpoint</c>.</summary>
internal static class ProofCommands
{
    public static Command Verify() =>
        new Command("verify", "Hold the whole log against its tree and every checkpoint that was signed; exit code 1 if it does not hold.").Doing(
            async (ledger, cancel) =>
            {
                await ledger.Open(migrate: false, cancel);
                var verdict = await ledger.Tree.Verify(cancel: cancel);
                ledger.Print(verdict, Write);
                if (!verdict.Holds)
                    throw new LogDoesNotHoldException(verdict);
            });

    public static Command Proof()
    {
        var position = new Argument<long>("EVENT") { Description = "The event's position in the log." };
        var file = new Option<string?>("--out") { Description = "Write the proof to this file.", HelpName = "FILE" };
        return new Command("proof", "Write a proof that an event is in the log, which deploy/verify-log.mjs checks offline.") { position, file }.Doing(
            async (ledger, cancel) =>
            {
                await ledger.Open(migrate: false, cancel);
                await ledger.Sign(cancel);
                try
                {
                    await ledger.Write(ledger.Parsed.GetValue(file), await ledger.Tree.ProveInclusion(ledger.Parsed.GetRequiredValue(position), cancel), cancel);
                }
                catch (ArgumentOutOfRangeException e)
                {
                    throw new InputException("EVENT", FirstLine(e));
                }
            });
    }

    public static Command Checkpoint()
    {
        var key = new Option<bool>("--key") { Description = "Write the key to check signatures with instead." };
        var since = new Option<long?>("--since") { Description = "Write a proof that the newest checkpoint continues the one of this size.", HelpName = "SIZE" };
        var file = new Option<string?>("--out") { Description = "Write it to this file.", HelpName = "FILE" };
        return new Command("checkpoint", "Sign what is in the log, and write the newest checkpoint.") { key, since, file }.Doing(
            async (ledger, cancel) =>
            {
                await ledger.Open(migrate: false, cancel);
                await ledger.Sign(cancel);
                try
                {
                    var text = ledger.Parsed.GetValue(key) ? ledger.Key.VerifierKey + "\n"
                        : ledger.Parsed.GetValue(since) is { } size ? await ledger.Tree.ProveConsistency(size, cancel)
                        : await ledger.Tree.Checkpoint(cancel) ?? throw new InputException("checkpoint", "has not been signed yet");
                    await ledger.Write(ledger.Parsed.GetValue(file), text, cancel);
                }
                catch (ArgumentOutOfRangeException e)
                {
                    throw new InputException("--since", FirstLine(e));
                }
            });
    }

    private static void Write(LogVerdict verdict, IAnsiConsole console)
    {
        console.WriteLine($"{Shown.Count(verdict.Events, "event")} checked against the tree and {Shown.Count(verdict.Checkpoints, "signed checkpoint")}"
            + (verdict.Unproven > 0 ? $"; the last {verdict.Unproven} are not signed yet." : "."));
        foreach (var fault in verdict.Faults)
            console.WriteLine(fault.FirstPosition == fault.LastPosition ? $"Event {fault.FirstPosition}: {fault.What}" : $"Events {fault.FirstPosition} to {fault.LastPosition}: {fault.What}");
        if (verdict.Holds)
            console.WriteLine("The log is what was signed.");
    }

    /// <summary>Without the parameter's name, which the framework adds in a line of its own.</summary>
    private static string FirstLine(ArgumentOutOfRangeException e) => e.Message.Split(" (Parameter", 2)[0].TrimEnd('.');
}

/// <summary>The log is not what was signed; what was found is printed already.</summary>
internal sealed class LogDoesNotHoldException(LogVerdict verdict)
    : Exception($"The log is not what was signed: {verdict.Faults.Count} {(verdict.Faults.Count == 1 ? "fault" : "faults")}, the first at position {verdict.Faults[0].FirstPosition}.");
