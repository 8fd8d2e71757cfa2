using System.CommandLine;
using System.Net.Sockets;
using Ledger.App.Access;
using Ledger.App.Deals;
using Ledger.App.Intake;
using Ledger.App.Jobs;
using Ledger.App.Operations;
using Ledger.App.Operations.Backup;
using Ledger.App.Operations.EmbeddedPostgres;
using Ledger.App.Operations.Migrate;
using Ledger.App.Operations.Proof;
using Ledger.App.Views;
using Ledger.App.Views.Moments;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Npgsql;
using Serilog.Events;

namespace Ledger.App.CommandLine;

/// <summary>
/// How commands run and end: 0 when they did what was asked, 1 when a rule of the record or the machine said no,
/// 2 when what was given cannot be used. Why is one sentence on standard error.
/// </summary>
internal static class LedgerCommand
{
    private const int Refused = 1;
    private const int BadInput = 2;

    /// <param name="root">With the common options.</param>
    /// <param name="args">The command line.</param>
    public static async Task<int> Run(RootCommand root, string[] args)
    {
        // A word that begins with @ is that word, and no file of further words: reasons and positions may.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            // A word that is no command is why none was found.
            var unknown = parsed.UnmatchedTokens.Count > 0 ? parsed.Errors.FirstOrDefault(error => error.Message.Contains($"'{parsed.UnmatchedTokens[0]}'", StringComparison.Ordinal)) : null;
            return Fail((unknown ?? parsed.Errors[0]).Message, BadInput);
        }
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            // Whoever leaves last stops the embedded database, which writes out what it holds.
            ProcessTerminationTimeout = TimeSpan.FromMinutes(1),
        });
    }

    /// <summary>A command that asks, of any moment: the views are caught up first.</summary>
    public static Command Asking(this Command command, Func<Invocation, CancellationToken, Task> run)
    {
        MomentOptions.AddTo(command);
        return command.Doing(async (invocation, cancel) =>
        {
            await invocation.Open(migrate: false, cancel);
            await invocation.CatchUp(cancel);
            await MomentOptions.Read(invocation.Parsed).Choose(invocation.Get<Snapshot>(), invocation.Get<EventLog>(), invocation.Get<ViewRuntime>(), cancel);
            await run(invocation, cancel);
        });
    }

    /// <summary>A command that opens the database by itself, if it needs it.</summary>
    /// <param name="command">The command.</param>
    /// <param name="run">What it does.</param>
    /// <param name="quiet">What its log says on standard error, unless it is told to say more.</param>
    /// <param name="choose">Which database it works on; null, or where it gives null, the one that the common options name.</param>
    public static Command Doing(
        this Command command, Func<Invocation, CancellationToken, Task> run, LogEventLevel quiet = LogEventLevel.Error, Func<ParseResult, DatabaseChoice?>? choose = null)
    {
        command.SetAction((parsed, cancel) => Guard(async () =>
        {
            await using var invocation = new Invocation(parsed, quiet, choose?.Invoke(parsed));
            try
            {
                await run(invocation, cancel);
            }
            catch (Exception e) when (!IsExpected(e))
            {
                invocation.Logs.CreateLogger("Ledger").LogError(e, "{Command} failed", parsed.CommandResult.Command.Name);
                throw new FaultException($"The program failed ({e.GetType().Name}: {e.Message}); the log in {Path.Combine(invocation.Choice.DataFolder, "logs")} says where.", e);
            }
        }));
        return command;
    }

    private static async Task<int> Guard(Func<Task> run)
    {
        try
        {
            await run();
            return 0;
        }
        catch (Exception e) when (IsBadInput(e))
        {
            return Fail(e.Message, BadInput);
        }
        catch (NpgsqlException e)
        {
            return Fail($"The database says no: {Reason(e)}", Refused);
        }
        catch (OperationCanceledException e)
        {
            return Fail(e is StoppedException ? e.Message : "Stopped before it was done.", Refused);
        }
        catch (Exception e) when (e is FaultException || IsRefusal(e))
        {
            return Fail(e.Message, Refused);
        }
    }

    private static bool IsBadInput(Exception e) =>
        e is InputException or InvalidValueException or NotFoundException or ClusterUnavailableException or RefusedException { Refusal.IsOfInput: true };

    private static bool IsRefusal(Exception e) => e is RefusedException or AccessRefusedException or MigrationRefusedException or KeyElsewhereException or LogDoesNotHoldException or InvalidDataException or BackupRefusedException or ViewStoppedException or ViewsBehindException or ViewsMissingException or ReplayRefusedException or JobFailedException
        or IOException or UnauthorizedAccessException;

    private static bool IsExpected(Exception e) => IsBadInput(e) || IsRefusal(e) || e is NpgsqlException or OperationCanceledException;

    private static string Reason(NpgsqlException e) => e switch
    {
        PostgresException p => $"{p.MessageText} ({p.SqlState}).",
        { InnerException: SocketException s } => $"{e.Message} ({s.Message}).",
        _ => e.Message,
    };

    private static int Fail(string sentence, int exitCode)
    {
        Console.Error.WriteLine(sentence);
        return exitCode;
    }

    /// <summary>What nobody expected; the log has the rest.</summary>
    private sealed class FaultException(string message, Exception cause) : Exception(message, cause);
}
