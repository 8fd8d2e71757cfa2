namespace Ledger.App.Shell;

/// <summary>What the document of the API says of an address beside what its code says: an example, and what it may refuse.</summary>
internal static class ApiNotes
{
    /// <summary>Parts of an address, by their names, that lead to something in the ledger of the seeds.</summary>
    public static RouteHandlerBuilder WithExample(this RouteHandlerBuilder route, params (string Name, string Value)[] parameters) => route.WithMetadata(new ExampleParameters(parameters));

    /// <summary>A body that is taken.</summary>
    public static RouteHandlerBuilder WithBody(this RouteHandlerBuilder route, string json) => route.WithMetadata(new ExampleBody(json));

    /// <summary>The names of the types of problems that this address has beside those which every address has.</summary>
    public static RouteHandlerBuilder WithProblems(this RouteHandlerBuilder route, params string[] types) => route.WithMetadata(new ProblemsOf(types));

    public static RouteHandlerBuilder WithNotes(this RouteHandlerBuilder route, ChangeNote note) =>
        route.WithSummary(note.Summary).WithDescription(note.Description).WithBody(note.Body).WithProblems(note.Problems);
}

/// <summary>What is told of a change.</summary>
/// <param name="Body">An example of what is sent.</param>
/// <param name="Problems">The types of what may stand in its way.</param>
internal sealed record ChangeNote(string Summary, string Description, string Body, params string[] Problems);

internal sealed record ExampleParameters(IReadOnlyList<(string Name, string Value)> Values);

internal sealed record ExampleBody(string Json);

internal sealed record ProblemsOf(IReadOnlyList<string> Types);
