namespace Ledger.App.Operations.Backup;

/// <summary>A backup cannot be written or restored. The message is one sentence; nothing was changed.</summary>
internal sealed class BackupRefusedException(string message, Exception? cause = null) : Exception(message, cause);
