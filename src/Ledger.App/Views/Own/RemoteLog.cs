using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using Ledger.App.Access;
using Ledger.Domain.Values;

namespace Ledger.App.Views.Own;

/// <summary>The log of a ledger that is served somewhere, as its address gives it.</summary>
internal sealed class RemoteLog : IDisposable
{
    /// <summary>Where a program that reads a ledger elsewhere is given the key for it.</summary>
    public const string KeyVariable = "LEDGER_KEY";

    private readonly HttpClient _http;

    /// <param name="address">Where the ledger is served.</param>
    /// <param name="key">What it is read with, where that takes a key.</param>
    /// <exception cref="InvalidValueException">It is no address, or no key.</exception>
    public RemoteLog(string address, string? key = null)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.PathAndQuery != "/")
            throw new InvalidValueException("--address", $"'{address}' is no address of a ledger; http://127.0.0.1:8080 would be one");
        _http = new HttpClient { BaseAddress = uri };
        if (string.IsNullOrEmpty(key))
            return;
        if (!AccessKey.TryRead(key, out _, out _))
            throw new InvalidValueException(KeyVariable, "is no key of a ledger");
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public string Address => _http.BaseAddress!.GetLeftPart(UriPartial.Authority);

    /// <summary>Its name where files are named after it.</summary>
    public string Name => $"{_http.BaseAddress!.IdnHost.Replace(':', '.')}-{_http.BaseAddress.Port}";

    /// <summary>The events after a position, as the lines that the log's tree hashes; empty at its end.</summary>
    /// <exception cref="IOException">The ledger does not answer.</exception>
    public Task<string[]> Lines(long after, int limit, CancellationToken cancel) => Ask(async stop =>
    {
        using var answer = await _http.GetAsync($"/api/log?format=jsonl&after={Cursor.Of(after)}&limit={limit}", stop);
        answer.EnsureSuccessStatusCode();
        if (answer.Content.Headers.ContentType?.MediaType != "application/jsonl")
            throw new IOException($"What answers at {Address} is no ledger that can be copied.");
        return (await answer.Content.ReadAsStringAsync(stop)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }, cancel);

    /// <summary>Returns when there are events after a position.</summary>
    /// <exception cref="IOException">The ledger does not answer, or has ended the stream.</exception>
    public Task WaitForMore(long after, CancellationToken cancel) => Ask(async stop =>
    {
        await using var stream = await _http.GetStreamAsync($"/api/log/stream?after={Cursor.Of(after)}", stop);
        await foreach (var _ in SseParser.Create(stream).EnumerateAsync(stop))
            return true;
        throw new IOException($"The ledger at {Address} has ended its stream.");
    }, cancel);

    private async Task<T> Ask<T>(Func<CancellationToken, Task<T>> question, CancellationToken cancel)
    {
        try
        {
            return await question(cancel);
        }
        catch (HttpRequestException e) when (e.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.TooManyRequests)
        {
            throw new UnauthorizedAccessException($"The ledger at {Address} is read with a key, and {(_http.DefaultRequestHeaders.Authorization is null ? "none is given" : $"the one given is refused ({(int)e.StatusCode})")}: name one in {KeyVariable}.", e);
        }
        catch (HttpRequestException e)
        {
            throw new IOException($"The ledger at {Address} does not answer: {e.Message.TrimEnd('.')}.", e);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new IOException($"The ledger at {Address} does not answer in time.", e);
        }
    }

    public void Dispose() => _http.Dispose();
}
