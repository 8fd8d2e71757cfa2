using System.Collections.Concurrent;
using System.Diagnostics;
using Ledger.App.Alerts.Deliveries;
using Ledger.App.Operations.Outgoing;
using Npgsql;

namespace Ledger.App.Alerts.Webhooks;

/// <summary>
/// Sends what is due. Each endpoint is served by itself, at its own pace; those that take nothing have places of their own, and so a slow or
/// dead one delays nobody else.
/// </summary>
internal sealed class WebhookSender(DeliveryQueue queue, OutgoingHttp http, AlertSignal signal, ILogger<WebhookSender> log) : BackgroundService
{
    private const int HealthyMax = 256;
    private const int FailingMax = 64;

    /// <summary>How many requests are on their way to one endpoint that takes them; to one that does not it is one.</summary>
    private const int AtOnceMax = 8;

    private const int AnswerMax = 2000;
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>What comes within that time is taken together: all endpoints are looked at to find those that something is due for.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(40);

    /// <summary>After that others have their turn.</summary>
    private static readonly TimeSpan TurnMax = TimeSpan.FromSeconds(10);

    // The work waits for receivers far longer than for the database.
    private readonly SemaphoreSlim _connections = new(16, 16);
    private readonly ConcurrentDictionary<Task, (bool IsFailing, long Endpoint, Guid Lease)> _working = new();

    public override void Dispose()
    {
        _connections.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Whoever takes nothing is in no hurry.
        var (lastFailing, lastRenewed) = (0L, Stopwatch.GetTimestamp());
        while (!stoppingToken.IsCancellationRequested)
        {
            var raised = signal.Raised;
            try
            {
                if (EndpointLease.IsOld(lastRenewed))
                {
                    await queue.Renew([.. _working.Values.Select(one => (one.Endpoint, one.Lease))], stoppingToken);
                    lastRenewed = Stopwatch.GetTimestamp();
                }
                await Begin(areFailing: false, HealthyMax, stoppingToken);
                if (Stopwatch.GetElapsedTime(lastFailing) >= LookAgainAfter)
                {
                    await Begin(areFailing: true, FailingMax, stoppingToken);
                    lastFailing = Stopwatch.GetTimestamp();
                }
                await Task.Delay(Gathering, stoppingToken);
            }
            catch (NpgsqlException e)
            {
                log.LogError(e, "The deliveries that are due could not be read; they are read again");
            }
            catch (OperationCanceledException)
            {
                break;
            }
            await Task.WhenAny(raised, Task.Delay(LookAgainAfter, stoppingToken));
        }
        await Task.WhenAll(_working.Keys);
    }

    private async Task Begin(bool areFailing, int max, CancellationToken cancel)
    {
        var free = max - _working.Count(one => one.Value.IsFailing == areFailing);
        if (free <= 0)
            return;
        var lease = Guid.NewGuid();
        foreach (var endpoint in await queue.Take(areFailing, free, lease, cancel))
        {
            var work = Task.Run(() => Serve(endpoint, lease, cancel), CancellationToken.None);
            _working[work] = (areFailing, endpoint.Id, lease);
            _ = work.ContinueWith(done => _working.TryRemove(done, out _), TaskScheduler.Default);
        }
    }

    private async Task Serve(TakenEndpoint endpoint, Guid lease, CancellationToken cancel)
    {
        var began = Stopwatch.StartNew();
        try
        {
            int? failures = endpoint.Failures;
            var isHeld = true;
            while (isHeld)
            {
                var max = failures == 0 ? AtOnceMax : 1;
                var (due, secrets) = await Connected(() => queue.Due(endpoint.Id, lease, max, cancel), cancel);
                if (due.Count == 0)
                    break;
                var ended = new ConcurrentQueue<(DueDelivery, Attempt)>();
                await Task.WhenAll(due.Select(async delivery => ended.Enqueue((delivery, await Send(endpoint, delivery, secrets, cancel)))));
                (DueDelivery Delivery, Attempt Attempt)[] attempts = [.. ended];
                // Where nothing more is due, or it is the others' turn, it is let go of at once.
                isHeld = due.Count == max && RetrySchedule.Rest(DeliveryQueue.Failures(failures ?? 0, attempts)) == TimeSpan.Zero && attempts.All(one => one.Attempt.RetryAfter is null) && began.Elapsed < TurnMax;
                failures = await Connected(() => queue.Record(endpoint.Id, isHeld ? null : lease, attempts, cancel), cancel);
                if (failures is null)
                {
                    log.LogWarning("Endpoint {Endpoint} is sent nothing any more; the page of alerts says why", endpoint.Id);
                    break;
                }
            }
            if (isHeld)
            {
                await Connected(async () =>
                {
                    await queue.Release(endpoint.Id, lease, cancel);
                    return true;
                }, cancel);
            }
            signal.Raise();
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Whoever takes over when the lease ends sends again what is not recorded as sent, under the same id.
        }
        catch (NpgsqlException e)
        {
            log.LogError(e, "What was sent to endpoint {Endpoint} could not be recorded; it may be sent again", endpoint.Id);
        }
    }

    private async Task<Attempt> Send(TakenEndpoint endpoint, DueDelivery delivery, IReadOnlyList<byte[]> secrets, CancellationToken cancel)
    {
        var (at, took) = (DateTimeOffset.UtcNow, Stopwatch.StartNew());
        var headers = WebhookSignature.Headers(delivery.Id, at, delivery.Body, secrets);
        try
        {
            var answer = await http.Post(endpoint.Address, headers, delivery.Body, AnswerMax, AnswerWithin, cancel);
            return new Attempt(at, headers, answer.Status, Printable(answer.Body), null, answer.RetryAfter, took.Elapsed);
        }
        catch (OutgoingException e)
        {
            return new Attempt(at, headers, null, null, e.Message, null, took.Elapsed);
        }
    }

    private async Task<T> Connected<T>(Func<Task<T>> ask, CancellationToken cancel)
    {
        await _connections.WaitAsync(cancel);
        try
        {
            return await ask();
        }
        finally
        {
            _connections.Release();
        }
    }

    /// <summary>PostgreSQL keeps no zeros in texts.</summary>
    private static string Printable(string answer) => answer.Replace('\0', '�');
}
