namespace Ledger.App.Shell;

/// <summary>A body that says nothing: all that is meant stands in the address.</summary>
internal sealed class NoFields;
