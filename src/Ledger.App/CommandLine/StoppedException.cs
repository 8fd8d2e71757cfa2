namespace Ledger.App.CommandLine;

/// <summary>A command was stopped before it was done. The message says what became of what it had done.</summary>
internal sealed class StoppedException(string message) : OperationCanceledException(message);
