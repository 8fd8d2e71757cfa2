namespace Ledger.App.Access;

/// <summary>What a key is good for; each includes what the one before it may.</summary>
public enum Role
{
    /// <summary>Reads, where reading takes a key.</summary>
    Reader,

    /// <summary>Changes the record.</summary>
    Editor,

    /// <summary>Operates the ledger, too.</summary>
    Admin,
}

/// <summary>What can be changed, in the parts that a key can be limited to.</summary>
public enum Area
{
    /// <summary>Articles, what they announce, feeds that bring more of them, and reference rates.</summary>
    Articles,

    /// <summary>Changes of deals, one or many at once, and ranks of sources.</summary>
    Deals,

    /// <summary>Names, merges and affiliations of parties.</summary>
    Parties,

    /// <summary>Watchlists: their rules, and whom editors pin or exclude.</summary>
    Watchlists,

    /// <summary>Subscriptions, where they send to, and what is sent.</summary>
    Alerts,

    /// <summary>Replays and rollbacks of views, which is for admins.</summary>
    Views,

    /// <summary>Running, pausing and cancelling jobs, which is for admins.</summary>
    Jobs,
}
