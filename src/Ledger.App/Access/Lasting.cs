using Npgsql;

namespace Ledger.App.Access;

/// <summary>Says of an address that its answer may go on for days: where reading takes a key it ends with the key.</summary>
internal sealed class Lasting
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public static async Task Run(HttpContext context, RequestDelegate next, KeyCheck keys)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        context.RequestAborted = end.Token;
        var watch = Watch(context.User.Id(), keys, context.RequestServices.GetRequiredService<SignInLink>(), end);
        try
        {
            await next(context);
        }
        finally
        {
            await end.CancelAsync();
            await watch;
        }
    }

    private static async Task Watch(string id, KeyCheck keys, SignInLink link, CancellationTokenSource end)
    {
        try
        {
            do
                await Task.Delay(Pause, end.Token);
            while (link.IsSession(id) || await IsLive());
            await end.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // The answer has ended by itself.
        }

        async Task<bool> IsLive()
        {
            try
            {
                return await keys.Live(id, end.Token) is not null;
            }
            catch (NpgsqlException)
            {
                // Whether the key works is asked again; the answer itself needs the database, too.
                return true;
            }
        }
    }
}
