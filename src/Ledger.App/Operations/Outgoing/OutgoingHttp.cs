using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Ledger.App.Operations.Migrate;
using Ledger.Domain.Values;

namespace Ledger.App.Operations.Outgoing;

/// <summary>
/// Asks hosts that somebody has named: feeds, rates, receivers of alerts. It connects to public addresses only, and looks at the address
/// itself, when it connects: whatever a name says, said before, or is redirected to. An administrator may allow networks besides
/// (<c>Ledger:Outgoing:Allow</c>).
/// </summary>
internal sealed class OutgoingHttp : IDisposable
{
    public const string Setting = "Ledger:Outgoing:Allow";

    private const int RedirectsMax = 5;
    private const int HeadersKilobytesMax = 32;

    private readonly HttpClient _client;
    private readonly IReadOnlyList<IPNetwork> _allowed;
    private readonly Func<string, CancellationToken, Task<IPAddress[]>> _resolve;

    /// <exception cref="InvalidValueException">What is configured are no networks.</exception>
    public OutgoingHttp(IConfiguration configuration)
        : this(configuration, Dns.GetHostAddressesAsync)
    {
    }

    /// <param name="configuration">Which networks are allowed.</param>
    /// <param name="resolve">The addresses that a name leads to at the moment.</param>
    internal OutgoingHttp(IConfiguration configuration, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        _resolve = resolve;
        _allowed = [.. (configuration[Setting] ?? "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(text => IPNetwork.TryParse(text, out var network) ? network
            : throw new InvalidValueException(Setting, $"'{text}' is no network; 10.20.0.0/16 would be one"))];
        _client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = Connect,
            // A proxy would connect for us, and to whatever it likes.
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            MaxResponseHeadersLength = HeadersKilobytesMax,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5),
        })
        {
            // Each question has its own.
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestHeaders = { UserAgent = { new ProductInfoHeaderValue("ledger", ProgramVersion.Current.Split('+')[0]) } },
        };
    }

    /// <summary>What may be asked at all, before anybody tries.</summary>
    /// <exception cref="InvalidValueException">It is no address of the web, or that of a network that is not public.</exception>
    public Uri Check(string field, string address)
    {
        var uri = new Uri(Text.Address(field, address)!);
        if (uri.UserInfo.Length > 0)
            throw new InvalidValueException(field, "holds a name or a password, which would be kept and shown");
        if (IPAddress.TryParse(uri.DnsSafeHost, out var ip) && !Allows(ip))
            throw new InvalidValueException(field, $"'{Text.Shorten(uri.Host)}' is an address of a private network, which the ledger does not ask; an administrator may allow it with {Setting.Replace(":", "__", StringComparison.Ordinal)}");
        return uri;
    }

    /// <summary>Asks, and follows redirections.</summary>
    /// <param name="address">Of http or https.</param>
    /// <param name="etag">The tag of what is there already; null where nothing is.</param>
    /// <param name="lastModified">The time of what is there already, as it was told.</param>
    /// <param name="bytesMax">More than that is not read.</param>
    /// <param name="time">All of it takes at most that long.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="OutgoingException">There is no answer that can be used.</exception>
    public Task<OutgoingAnswer> Get(Uri address, string? etag, string? lastModified, int bytesMax, TimeSpan time, CancellationToken cancel) => Bound(address, time, async stop =>
    {
        var asked = address;
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, asked);
            if (etag is not null)
                request.Headers.TryAddWithoutValidation("If-None-Match", etag);
            if (lastModified is not null)
                request.Headers.TryAddWithoutValidation("If-Modified-Since", lastModified);
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
            if (!IsRedirection(answer.StatusCode) || answer.Headers.Location is not { } location)
                return await Read(asked, answer, bytesMax, stop);
            if (redirects == RedirectsMax)
                throw new OutgoingException($"{asked.Host} redirects again and again");
            asked = Redirected(asked, location);
        }
    }, cancel);

    /// <summary>Sends JSON, and follows no redirection: what is sent is for the address that somebody named.</summary>
    /// <param name="address">Of http or https.</param>
    /// <param name="headers">Beside those of the body.</param>
    /// <param name="body">The JSON.</param>
    /// <param name="answerMax">Of the answer no more bytes than that are kept.</param>
    /// <param name="time">All of it takes at most that long.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="OutgoingException">There is no answer.</exception>
    public Task<PostAnswer> Post(Uri address, IReadOnlyDictionary<string, string> headers, string body, int answerMax, TimeSpan time, CancellationToken cancel) => Bound(address, time, async stop =>
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        await using var stream = await answer.Content.ReadAsStreamAsync(stop);
        var buffer = new byte[answerMax];
        var read = await stream.ReadAtLeastAsync(buffer, answerMax, throwOnEndOfStream: false, stop);
        var after = answer.Headers.RetryAfter;
        return new PostAnswer((int)answer.StatusCode, System.Text.Encoding.UTF8.GetString(buffer, 0, read), after?.Delta ?? after?.Date - DateTimeOffset.UtcNow);
    }, cancel);

    public void Dispose() => _client.Dispose();

    /// <summary>What goes wrong is told in a sentence.</summary>
    private static async Task<T> Bound<T>(Uri address, TimeSpan time, Func<CancellationToken, Task<T>> ask, CancellationToken cancel)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bound.CancelAfter(time);
        try
        {
            return await ask(bound.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new OutgoingException($"{address.Host} did not answer within {time.TotalSeconds:0} seconds");
        }
        catch (HttpRequestException e)
        {
            throw e.InnerException as OutgoingException ?? new OutgoingException($"{address.Host} cannot be asked: {(e.InnerException ?? e).Message.TrimEnd('.')}");
        }
        catch (IOException e)
        {
            throw new OutgoingException($"the answer of {address.Host} broke off: {e.Message.TrimEnd('.')}");
        }
        catch (InvalidDataException e)
        {
            throw new OutgoingException($"the answer of {address.Host} cannot be unpacked: {e.Message.TrimEnd('.')}");
        }
    }

    private static bool IsRedirection(HttpStatusCode status) =>
        status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static Uri Redirected(Uri from, Uri to)
    {
        var target = new Uri(from, to);
        return target.Scheme is not ("http" or "https") ? throw new OutgoingException($"{from.Host} redirects to {target.Scheme}:, which is not of the web")
            : from.Scheme == "https" && target.Scheme == "http" ? throw new OutgoingException($"{from.Host} redirects from https to http")
            : target;
    }

    private static async Task<OutgoingAnswer> Read(Uri asked, HttpResponseMessage answer, int bytesMax, CancellationToken cancel)
    {
        var (etag, modified) = (Header(answer, "ETag"), Header(answer, "Last-Modified"));
        if (answer.StatusCode == HttpStatusCode.NotModified)
            return new OutgoingAnswer(asked, null, etag, modified);
        if (!answer.IsSuccessStatusCode)
            throw new OutgoingException($"{asked.Host} answered {(int)answer.StatusCode}");
        // What is said of its length is of the packed form, and may be wrong.
        await using var stream = await answer.Content.ReadAsStreamAsync(cancel);
        using var body = new MemoryStream();
        var buffer = new byte[1 << 16];
        for (int read; (read = await stream.ReadAsync(buffer, cancel)) > 0;)
        {
            if (body.Length + read > bytesMax)
                throw new OutgoingException($"the answer of {asked.Host} has more than {bytesMax:#,0} bytes");
            body.Write(buffer, 0, read);
        }
        return new OutgoingAnswer(asked, body.ToArray(), etag, modified);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        (answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values)) && values.FirstOrDefault() is { Length: > 0 and <= 500 } value ? value : null;

    /// <summary>The name is resolved once, and connected to is what was looked at: another answer a moment later changes nothing.</summary>
    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var host = context.DnsEndPoint.Host;
        var found = IPAddress.TryParse(host, out var given) ? [given] : await _resolve(host, cancel);
        var addresses = found.Where(Allows).ToArray();
        if (addresses.Length == 0)
            throw new OutgoingException(found.Length == 0 ? $"{host} has no address" : $"{host} is in a private network, which the ledger does not ask");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool Allows(IPAddress address) => PublicAddress.Is(address) || _allowed.Any(network => network.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));
}

/// <summary>What another host answered.</summary>
/// <param name="Address">Where the answer came from, after redirections.</param>
/// <param name="Body">Unpacked; null where nothing has changed.</param>
/// <param name="Etag">As it was told.</param>
/// <param name="LastModified">As it was told.</param>
internal sealed record OutgoingAnswer(Uri Address, byte[]? Body, string? Etag, string? LastModified);

/// <summary>What another host answered to what was sent there.</summary>
/// <param name="Status">Of HTTP.</param>
/// <param name="Body">Its beginning.</param>
/// <param name="RetryAfter">How long it asks to be left alone; null where it does not.</param>
internal sealed record PostAnswer(int Status, string Body, TimeSpan? RetryAfter);

/// <summary>Another host gave no answer that can be used. The message says why, in one sentence without its stop.</summary>
internal sealed class OutgoingException(string message) : Exception(message);
