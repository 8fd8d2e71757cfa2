namespace Ledger.Testing;

/// <summary>How to run the program.</summary>
public sealed record LedgerProgramOptions
{
    /// <summary>The folder to run in; the tests' own if null.</summary>
    public string? Folder { get; init; }

    /// <summary>Added to the environment; a null value takes a variable away.</summary>
    public IReadOnlyDictionary<string, string?>? Environment { get; init; }

    /// <summary>What the program reads on standard input, which is closed after it.</summary>
    public string? Input { get; init; }

    /// <summary>How long the whole run may take; 90 seconds if null.</summary>
    public TimeSpan? Timeout { get; init; }
}
