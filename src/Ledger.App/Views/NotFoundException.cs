namespace Ledger.App.Views;

/// <summary>What was asked for is not in the record. The message is one sentence that names it.</summary>
public sealed class NotFoundException(string message) : Exception(message);
