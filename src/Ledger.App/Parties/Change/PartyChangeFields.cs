namespace Ledger.App.Parties.Change;

/// <summary>The written form of a change of a party, as a request body or a form. Property names are the names of its fields.</summary>
public sealed class PartyChangeFields
{
    /// <summary>To register it under, to add or remove as an alias, or to go by from now on.</summary>
    public string? Name { get; set; }

    /// <summary>Further names to register it under.</summary>
    public List<string>? Aliases { get; set; }

    /// <summary>The party to merge into, or that it was merged into.</summary>
    public string? Other { get; set; }

    /// <summary>What it is to another party: fundOf, subsidiaryOf, stateBacked or corporateVentureOf.</summary>
    public string? Is { get; set; }

    /// <summary>The party that it is something to; may be left out of one that is state-backed.</summary>
    public string? With { get; set; }

    /// <summary>Since when, as precisely as it is known.</summary>
    public string? From { get; set; }

    /// <summary>The id of the article that says so.</summary>
    public string? Article { get; set; }

    /// <summary>The article's words for it, which stand in the quote.</summary>
    public string? Words { get; set; }

    public string? Quote { get; set; }

    public string? Reason { get; set; }

    /// <summary>The version of the party that the editor has seen: should the same have been changed since, nothing is recorded.</summary>
    public long? IfVersion { get; set; }
}
