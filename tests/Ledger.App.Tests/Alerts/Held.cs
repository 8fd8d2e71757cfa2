using Ledger.App.Tests.Support;
using Ledger.App.Views;

namespace Ledger.App.Tests.Alerts;

/// <summary>Whether who sends to the one endpoint that there is goes on holding it.</summary>
internal static class Held
{
    /// <summary>Has the holding end in a moment, and waits until it was renewed: by whoever it is that holds it, and not by somebody who takes it anew.</summary>
    public static async Task Shortly(LedgerOnTestDatabase ledger, CancellationToken cancel)
    {
        Guid lease;
        await using (var connection = await ledger.Database.OpenConnectionAsync(cancel))
            lease = Assert.Single(await connection.Query("update alerts.endpoint set leased_until = clock_timestamp() + interval '5 seconds' where leased_until > clock_timestamp() returning lease", row => row.GetGuid(0), cancel));
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bound.CancelAfter(TimeSpan.FromSeconds(20));
        while ((await ledger.Database.Query("select 1 from alerts.endpoint where lease = $1 and leased_until > clock_timestamp() + interval '7 seconds'", row => row.GetInt32(0), bound.Token, lease)).Count == 0)
            await Task.Delay(50, bound.Token);
    }
}
