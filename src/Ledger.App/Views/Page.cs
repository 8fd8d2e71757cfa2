namespace Ledger.App.Views;

/// <summary>A page of a list.</summary>
/// <param name="Next">Give it back to get the following items; null where these are the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
