using System.Net.Sockets;
using Npgsql;

namespace Ledger.EventStore;

/// <summary>Which failures pass by themselves.</summary>
internal static class Failures
{
    /// <summary>True if the database could not be reached, went away or was too slow: the same may succeed later.</summary>
    public static bool MayPass(Exception problem) => problem switch
    {
        PostgresException e => e.IsTransient || e.SqlState.StartsWith("08", StringComparison.Ordinal)
            || e.SqlState.StartsWith("57", StringComparison.Ordinal) || e.SqlState.StartsWith("25P0", StringComparison.Ordinal),
        NpgsqlException or IOException or SocketException or TimeoutException => true,
        // A connection that broke while it was being used may report that it is closed.
        InvalidOperationException or ObjectDisposedException => false,
        _ => false,
    };

    /// <summary>How long to wait before the next attempt: from 20 ms, doubling up to a second.</summary>
    public static TimeSpan Pause(int attempt) => TimeSpan.FromMilliseconds(Math.Min(1000, 20 << Math.Min(attempt, 6)));
}
