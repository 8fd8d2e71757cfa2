using Ledger.App.Alerts.Mail;
using Ledger.App.Alerts.Webhooks;
using Ledger.Domain.Alerts;

namespace Ledger.App.Alerts.Subscriptions;

/// <summary>A subscription as the command line, the API and the pages show it.</summary>
/// <param name="Follows">In words.</param>
/// <param name="Kinds">The kinds of change that it is told of.</param>
/// <param name="State">Whether it is told of anything now.</param>
/// <param name="Alerts">How many there have been.</param>
/// <param name="LastAt">When the change was recorded that it was told of last; null where there was none.</param>
public sealed record SubscriptionRecord(
    string Id, string Name, string Follows, FollowedRecord Target, IReadOnlyList<AlertKind> Kinds, SubscriptionState State, string MadeBy, DateTimeOffset MadeAt, long Alerts, DateTimeOffset? LastAt);

/// <param name="What">investor, company, sector, watchlist or rule.</param>
/// <param name="Which">The id, or the rule.</param>
public sealed record FollowedRecord(string What, string Which);

public enum SubscriptionState
{
    Active,
    Paused,
    Deleted,
}

/// <summary>A subscription with where it sends to, and what was decided about it.</summary>
/// <param name="Decisions">The last one first.</param>
/// <param name="Endpoints">Where it sends to.</param>
/// <param name="Latest">Its latest alerts, the last one first.</param>
public sealed record SubscriptionDetails(SubscriptionRecord Subscription, IReadOnlyList<DecisionRecord> Decisions, IReadOnlyList<EndpointRecord> Endpoints, IReadOnlyList<AlertContent> Latest)
{
    /// <summary>When mails go to those of the endpoints that are mail addresses; and to which they go no more, since whoever reads them ended them.</summary>
    public IReadOnlyList<MailingRecord> Mails { get; init; } = [];

    /// <summary>Since when its feed has the address that it has; null where it has none.</summary>
    public DateTimeOffset? FeedSince { get; init; }
}

/// <param name="Position">The end of the log at that moment: it holds for the changes after it.</param>
/// <param name="Sends">To how many addresses from then on, and when; null where that was not recorded.</param>
public sealed record DecisionRecord(int Number, SubscriptionDecision What, string By, DateTimeOffset At, long Position, string Follows, IReadOnlyList<AlertKind> Kinds, string? Sends);
