using Ledger.EventStore;

namespace Ledger.App.Operations.Proof;

/// <summary>The tree of the log, as C2SP's tlog-tiles has it served, under <c>/tlog/</c>; and the key to check it with.</summary>
internal static class TreeEndpoints
{
    public static void MapTree(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/tlog/key", (LogKey key, HttpContext context) => Changing(context, key.VerifierKey + "\n"));
        routes.MapGet("/tlog/checkpoint", async (LogTree tree, HttpContext context, CancellationToken cancel) =>
            await tree.Checkpoint(cancel) is { } note ? Changing(context, note) : Results.NotFound());
        routes.MapGet("/tlog/tile/{**path}", async (LogTree tree, string path, HttpContext context, CancellationToken cancel) =>
        {
            if (await tree.Resource($"tile/{path}", cancel) is not { } octets)
                return Results.NotFound();
            context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return Results.Bytes(octets, "application/octet-stream");
        });
    }

    private static IResult Changing(HttpContext context, string text)
    {
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Text(text, "text/plain; charset=utf-8");
    }
}
