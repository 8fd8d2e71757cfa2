namespace Ledger.App.Intake;

/// <summary>What somebody gave us cannot be taken in; nothing was changed. The message is one sentence that says where and why.</summary>
public sealed class InputException(string where, string problem) : Exception($"{where}: {problem}.");
