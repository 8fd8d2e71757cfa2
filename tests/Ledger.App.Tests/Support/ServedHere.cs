using System.CommandLine;
using System.Net;
using Ledger.App.CommandLine;
using Ledger.App.Operations;
using Ledger.App.Operations.Serve;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Serilog.Events;

namespace Ledger.App.Tests.Support;

/// <summary>The server inside the tests' own process, on a ledger of a test's own: it starts faster than the program, and its parts can be asked.</summary>
internal sealed class ServedHere : IAsyncDisposable
{
    private readonly Invocation _invocation;
    private readonly bool _isAlone;

    private ServedHere(LedgerOnTestDatabase ledger, Invocation invocation, WebApplication app, bool isAlone) => (Ledger, _invocation, App, _isAlone) = (ledger, invocation, app, isAlone);

    public LedgerOnTestDatabase Ledger { get; }

    public WebApplication App { get; }

    public Uri Address => new(App.Urls.First());

    /// <param name="ledger">Goes away with the server.</param>
    /// <param name="reading">What is configured as <c>Ledger:Reading</c>.</param>
    /// <param name="cancel">Stops the start.</param>
    /// <param name="settings">What else is configured.</param>
    public static Task<ServedHere> Start(LedgerOnTestDatabase ledger, string? reading, CancellationToken cancel, params (string Key, string Value)[] settings) => Start(ledger, reading, isAlone: true, cancel, settings);

    /// <summary>One more server on the ledger of another one.</summary>
    public static Task<ServedHere> Beside(ServedHere other, string? reading, CancellationToken cancel) => Start(other.Ledger, reading, isAlone: false, cancel);

    private static async Task<ServedHere> Start(LedgerOnTestDatabase ledger, string? reading, bool isAlone, CancellationToken cancel, params (string Key, string Value)[] settings)
    {
        var root = new RootCommand();
        CommonOptions.AddTo(root);
        var invocation = new Invocation(root.Parse([]), LogEventLevel.Fatal, new DatabaseChoice(ledger.OwnerConnectionString, ledger.DataFolder));
        invocation.Configuration["Ledger:Reading"] = reading;
        invocation.Configuration["Ledger:Jobs:Enabled"] = "false";
        foreach (var (key, value) in settings)
            invocation.Configuration[key] = value;
        await invocation.Open(migrate: false, cancel);
        var app = LedgerServer.Build(invocation, "http://127.0.0.1:0");
        await app.StartAsync(cancel);
        return new ServedHere(ledger, invocation, app, isAlone);
    }

    /// <summary>A browser without a page: it keeps cookies and follows no redirection.</summary>
    public HttpClient Browser() => new(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = Address };

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        await _invocation.DisposeAsync();
        if (_isAlone)
            await Ledger.DisposeAsync();
    }
}
