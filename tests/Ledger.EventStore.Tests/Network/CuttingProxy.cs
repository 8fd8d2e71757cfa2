using System.Net;
using System.Net.Sockets;

namespace Ledger.EventStore.Tests.Network;

/// <summary>
/// A TCP port in front of PostgreSQL's socket, which can cut a connection when the answer to a statement is on its way:
/// the server has done it, the client never hears.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _socket;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private byte[]? _trigger;
    private int _cuts;

    /// <param name="socket">The path of PostgreSQL's socket.</param>
    public CuttingProxy(string socket)
    {
        _socket = socket;
        _listener.Start();
        _accepting = Accept();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many answers were cut off.</summary>
    public int Cuts => _cuts;

    /// <summary>Cuts off the answer to the next message from a client that holds this text.</summary>
    public void CutAnswerTo(string text) => Volatile.Write(ref _trigger, System.Text.Encoding.UTF8.GetBytes(text));

    private async Task Accept()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Socket client = await _listener.AcceptSocketAsync(_stop.Token);
                _ = Serve(client);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task Serve(Socket client)
    {
        using (client)
        using (var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            bool armed = false;
            try
            {
                await server.ConnectAsync(new UnixDomainSocketEndPoint(_socket), _stop.Token);
                await Task.WhenAny(
                    Pump(client, server, bytes =>
                    {
                        if (Volatile.Read(ref _trigger) is { } trigger && bytes.IndexOf(trigger) >= 0)
                        {
                            Volatile.Write(ref _trigger, null);
                            armed = true;
                        }
                        return true;
                    }),
                    Pump(server, client, _ => !armed || Interlocked.Increment(ref _cuts) < 0));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                // One end has gone, and the other goes with it.
            }
        }
    }

    private delegate bool Sight(ReadOnlySpan<byte> bytes);

    private async Task Pump(Socket from, Socket to, Sight passes)
    {
        var buffer = new byte[64 << 10];
        while (await from.ReceiveAsync(buffer, _stop.Token) is var count and > 0 && passes(buffer.AsSpan(0, count)))
            await to.SendAsync(buffer.AsMemory(0, count), _stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }
}
