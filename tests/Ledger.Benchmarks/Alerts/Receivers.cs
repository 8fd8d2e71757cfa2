using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ledger.Benchmarks.Alerts;

/// <summary>Receives what is posted to any of its paths.</summary>
internal sealed class Receivers : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receivers(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    /// <param name="take">Told of the bodies as they come, of several at a time.</param>
    public static async Task<Receivers> Start(Action<byte[]> take)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            take(body.ToArray());
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
        await app.StartAsync();
        return new Receivers(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>Addresses where nobody is, or somebody who takes connections and never answers.</summary>
internal sealed class DeadReceivers : IDisposable
{
    private readonly TcpListener _silent = new(IPAddress.Loopback, 0);
    private readonly int _nobody;

    public DeadReceivers()
    {
        _silent.Start(1000);
        using var gone = new TcpListener(IPAddress.Loopback, 0);
        gone.Start();
        _nobody = ((IPEndPoint)gone.LocalEndpoint).Port;
    }

    public Uri Address(int number) => new($"http://127.0.0.1:{(number % 2 == 0 ? _nobody : ((IPEndPoint)_silent.LocalEndpoint).Port)}/{number}");

    public void Dispose() => _silent.Dispose();
}
