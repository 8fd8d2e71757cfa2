using System.Collections.Concurrent;
using System.Diagnostics;
using Ledger.App.Alerts.Deliveries;
using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Npgsql;

namespace Ledger.App.Alerts.Mail;

/// <summary>Mails what is due, a few addresses at a time, each by itself; nothing where no server is configured to take mails.</summary>
internal sealed class MailSender(MailQueue queue, MailRelay relay, AlertSignal signal, IServiceScopeFactory scopes, ILoggerFactory logs) : BackgroundService
{
    private const int AddressesMax = 4;
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    private readonly ILogger _log = logs.CreateLogger<MailSender>();
    private readonly ConcurrentDictionary<Task, (long Endpoint, Guid Lease)> _working = new();

    /// <summary>Why the mail server takes no mails at all; null while it does.</summary>
    private string? _fault;

    /// <summary>What keeps mails from being sent, and how many alerts wait for them; null where nothing does, or nobody is to be mailed.</summary>
    public async Task<string?> Trouble(CancellationToken cancel)
    {
        if ((relay.IsConfigured ? _fault : MailRelay.NotConfigured) is not { } why)
            return null;
        var (waiting, addresses) = await queue.Waiting(cancel);
        return waiting > 0 || !relay.IsConfigured && addresses > 0 ? $"No mails can be sent, and {Shown.Count(waiting, "alert")} {(waiting == 1 ? "waits" : "wait")} to be mailed. {why}" : null;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!relay.IsConfigured)
            return;
        var lastRenewed = Stopwatch.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            var raised = signal.Raised;
            try
            {
                if (EndpointLease.IsOld(lastRenewed))
                {
                    await queue.Renew([.. _working.Values], stoppingToken);
                    lastRenewed = Stopwatch.GetTimestamp();
                }
                await Begin(stoppingToken);
            }
            catch (NpgsqlException e)
            {
                _log.LogError(e, "The mails that are due could not be read; they are read again");
            }
            catch (OperationCanceledException)
            {
                break;
            }
            await Task.WhenAny(raised, Task.Delay(LookAgainAfter, stoppingToken));
        }
        await Task.WhenAll(_working.Keys);
    }

    private async Task Begin(CancellationToken cancel)
    {
        var free = AddressesMax - _working.Count;
        if (free <= 0)
            return;
        var lease = Guid.NewGuid();
        foreach (var endpoint in await queue.Take(free, lease, cancel))
        {
            var work = Task.Run(() => Serve(endpoint, lease, cancel), CancellationToken.None);
            _working[work] = (endpoint, lease);
            _ = work.ContinueWith(done => _working.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    private async Task Serve(long endpoint, Guid lease, CancellationToken cancel)
    {
        try
        {
            // After one that was not taken the others have their turn at another time.
            while (await queue.Next(endpoint, lease, cancel) is { } mail && await Send(mail, cancel) == MailVerdict.Taken)
            {
            }
            await queue.Release(endpoint, lease, cancel);
            signal.Raise();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Whoever takes over when the lease ends sends again what is not recorded as sent, with the same Message-ID.
        }
        catch (NpgsqlException e)
        {
            _log.LogError(e, "What was mailed to endpoint {Endpoint} could not be recorded; it may be mailed again", endpoint);
        }
    }

    private async Task<MailVerdict> Send(DueMail mail, CancellationToken cancel)
    {
        var letter = await Write(mail, cancel);
        using var message = letter.Message(mail, relay.Settings);
        var (at, took) = (DateTimeOffset.UtcNow, Stopwatch.StartNew());
        var outcome = await relay.Send(message, cancel);
        _fault = outcome.Verdict == MailVerdict.ServerFails ? outcome.Failure ?? $"The mail server answered {outcome.Status}: {outcome.Answer}" : null;
        await queue.Record(mail, at, took.Elapsed, letter.Shown(mail, relay.Settings), outcome, cancel);
        if (outcome.IsOver)
            _log.LogWarning("The server will never take mail {Mail} to endpoint {Endpoint}; its deliveries have failed, and their pages say why", mail.Id, mail.Endpoint);
        else if (outcome.Verdict != MailVerdict.Taken)
            _log.LogWarning("Mail {Mail} to endpoint {Endpoint} was not taken, and is tried again later", mail.Id, mail.Endpoint);
        return outcome.Verdict;
    }

    /// <summary>What a mail says, as text and as HTML.</summary>
    private async Task<Letter> Write(DueMail mail, CancellationToken cancel)
    {
        await using var scope = scopes.CreateAsyncScope();
        var follows = await scope.ServiceProvider.GetRequiredService<Targets>().Tell(Targets.Stored(mail.Target, mail.Follows), cancel);
        var words = new MailWords(mail, follows, relay.Settings.Links);
        await using var renderer = new HtmlRenderer(scope.ServiceProvider, logs);
        var html = await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<MailBody>(ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(MailBody.Words)] = words }))).ToHtmlString());
        return new Letter(words, html);
    }
}
