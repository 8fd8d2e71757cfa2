namespace Ledger.App.Operations.EmbeddedPostgres;

/// <summary>The embedded PostgreSQL cannot be used. The message is one sentence for the person at the keyboard: what is wrong and what to do.</summary>
internal sealed class ClusterUnavailableException(string message, Exception? cause = null) : Exception(message, cause);
