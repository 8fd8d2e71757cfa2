namespace Ledger.App.Operations.Migrate;

/// <summary>Program and database do not fit together. The message is one sentence for the person at the keyboard; the refused step changed nothing.</summary>
internal sealed class MigrationRefusedException(string message, Exception? cause = null) : Exception(message, cause);
