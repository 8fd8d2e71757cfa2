using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Ledger.Testing;

namespace Ledger.App.Tests.Alerts.Mail;

/// <summary>What a mail server asks for before it takes a mail.</summary>
/// <param name="Certificate">A file; it offers STARTTLS where there is one.</param>
/// <param name="Key">The file of its key.</param>
/// <param name="User">Who may use it; null for everybody.</param>
internal sealed record MailServerOptions(string? Certificate = null, string? Key = null, string? User = null, string? Password = null);

/// <summary>A mail server in a process of its own, which reads what it takes with code that is not the sender's.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly Process _node;
    private readonly Channel<JsonNode> _mails = Channel.CreateUnbounded<JsonNode>();

    private readonly Task _reading;
    private bool _isGone;

    private MailServer(Process node, int port)
    {
        (_node, Port) = (node, port);
        _reading = Read();
    }

    public int Port { get; }

    public static async Task<MailServer> Start(MailServerOptions options, CancellationToken cancel)
    {
        var node = Process.Start(new ProcessStartInfo("node", [Path.Combine(Repository.Root, "tests/Ledger.App.Tests/obj/receiver/mails.mjs"), JsonSerializer.Serialize(options, JsonSerializerOptions.Web)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        return new MailServer(node, int.Parse((await node.StandardOutput.ReadLineAsync(cancel))!, CultureInfo.InvariantCulture));
    }

    /// <summary>The next mail that comes.</summary>
    public async Task<JsonNode> Next(CancellationToken cancel)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bound.CancelAfter(TimeSpan.FromSeconds(60));
        return await _mails.Reader.ReadAsync(bound.Token);
    }

    /// <summary>All that have come and that nobody has looked at; it takes no more.</summary>
    public async Task<List<JsonNode>> Last()
    {
        await DisposeAsync();
        var mails = new List<JsonNode>();
        while (_mails.Reader.TryRead(out var mail))
            mails.Add(mail);
        return mails;
    }

    /// <summary>Whether mails have come that nobody has looked at.</summary>
    public bool HasMore => _mails.Reader.TryPeek(out _);

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isGone, true))
            return;
        _node.StandardInput.Close();
        await _node.WaitForExitAsync();
        await _reading;
        _node.Dispose();
    }

    private async Task Read()
    {
        while (await _node.StandardOutput.ReadLineAsync() is { } line)
            _mails.Writer.TryWrite(JsonNode.Parse(line)!);
    }
}
