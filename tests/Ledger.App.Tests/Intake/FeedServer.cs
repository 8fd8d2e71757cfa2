using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Ledger.App.Tests.Intake;

/// <summary>Another host's feeds: good, slow, broken, huge and redirecting ones. One address of it is allowed in tests, the other is not.</summary>
internal sealed class FeedServer : IAsyncDisposable
{
    public const string Allowed = "127.0.0.1/32";

    private readonly WebApplication _app;

    private FeedServer(WebApplication app) => _app = app;

    /// <summary>The paths that were asked for, at either address.</summary>
    public List<string> Asked { get; } = [];

    /// <summary>How often it was asked for what has changed since, and nothing had.</summary>
    public int Unchanged { get; private set; }

    /// <summary>What the good feed answers.</summary>
    public string Feed { get; set; } = Rss("First", "Second");

    public string Address => _app.Urls.First(url => url.Contains("127.0.0.1", StringComparison.Ordinal));

    /// <summary>The same host at an address that nothing allows.</summary>
    public string Forbidden => _app.Urls.First(url => url.Contains("127.0.0.2", StringComparison.Ordinal));

    public static async Task<FeedServer> Start(CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Urls.Add("http://127.0.0.2:0");
        var server = new FeedServer(app);
        app.Use(async (context, next) =>
        {
            lock (server.Asked)
                server.Asked.Add(context.Request.Path);
            await next(context);
        });
        server.Map(app);
        await app.StartAsync(cancel);
        return server;
    }

    public static string Rss(params string[] titles) => Rss(string.Concat(titles.Select(title =>
        $"<item><title>{title}</title><link>https://example.com/{title}</link><guid>{title}</guid><description>&lt;p&gt;Raised &amp;amp; &lt;b&gt;closed&lt;/b&gt;.&lt;/p&gt;</description><pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate></item>")));

    public static string Rss(string items) => $"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>The Daily</title><link>https://example.com</link>{items}</channel></rss>""";

    private void Map(WebApplication app)
    {
        app.MapGet("/good", (HttpContext context) =>
        {
            var etag = $"\"{Feed.GetHashCode(StringComparison.Ordinal)}\"";
            context.Response.Headers.ETag = etag;
            context.Response.Headers.LastModified = "Sun, 22 Nov 2026 10:00:00 GMT";
            if (context.Request.Headers.IfNoneMatch != etag || context.Request.Headers.IfModifiedSince.Count != 1)
                return Results.Text(Feed, "application/rss+xml", Encoding.UTF8);
            Unchanged++;
            return Results.StatusCode(304);
        });
        app.MapGet("/slow", async (HttpContext context, CancellationToken gone) =>
        {
            while (!gone.IsCancellationRequested)
            {
                await context.Response.WriteAsync(" ", gone);
                await context.Response.Body.FlushAsync(gone);
                await Task.Delay(100, gone);
            }
        });
        app.MapGet("/silent", (CancellationToken gone) => Task.Delay(Timeout.Infinite, gone));
        app.MapGet("/broken", () => Results.Text("<rss><channel><item>", "application/rss+xml"));
        app.MapGet("/page", () => Results.Text("<html><body>Not a feed.</body></html>", "text/html"));
        app.MapGet("/doctype", () => Results.Text("""<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel><title>&b;</title></channel></rss>""", "application/rss+xml"));
        app.MapGet("/cut", async (HttpContext context) =>
        {
            context.Response.ContentLength = 10_000;
            await context.Response.WriteAsync("<rss>");
            await context.Response.Body.FlushAsync();
            context.Abort();
        });
        app.MapGet("/huge", async (HttpContext context, CancellationToken gone) =>
        {
            var piece = new byte[1 << 20];
            for (var i = 0; i < 100 && !gone.IsCancellationRequested; i++)
                await context.Response.Body.WriteAsync(piece, gone);
        });
        app.MapGet("/bomb", (HttpContext context) =>
        {
            using var packed = new MemoryStream();
            using (var zip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
                zip.Write(new byte[50_000_000]);
            context.Response.Headers.ContentEncoding = "gzip";
            return Results.Bytes(packed.ToArray(), "application/rss+xml");
        });
        app.MapGet("/gone", () => Results.StatusCode(410));
        app.MapMethods("/moved", ["GET", "POST"], () => Results.Redirect("/good"));
        app.MapGet("/round", () => Results.Redirect("/round"));
        app.MapGet("/inside", () => Results.Redirect($"{Forbidden}/secret"));
        app.MapGet("/file", (HttpContext context) =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers.Location = "file:///etc/passwd";
        });
        app.MapGet("/secret", () => "Nobody must read this.");
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
