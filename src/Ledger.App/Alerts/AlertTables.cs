using System.Globalization;
using Ledger.App.Alerts.Deliveries;
using Ledger.App.Alerts.Matching;
using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Alerts.Webhooks;
using Ledger.App.CommandLine;
using Ledger.App.Views;
using Ledger.App.Views.Deals;
using Spectre.Console;

namespace Ledger.App.Alerts;

/// <summary>Deliveries with how all of them stand.</summary>
public sealed record DeliveriesShown(DeliverySummary Summary, IReadOnlyList<DeliveryRecord> Items, string? Next);

/// <summary>Alerts on a terminal.</summary>
internal static class AlertTables
{
    public static void Write(MadeSubscription made, IAnsiConsole console)
    {
        console.WriteLine($"Subscription {made.Id}");
        foreach (var secret in made.Secrets)
            console.WriteLine($"Endpoint {secret.Endpoint} is signed with {secret.Secret}, which is shown this once.");
    }

    public static void Write(SubscriptionRecord one, IAnsiConsole console) => console.WriteLine($"{one.Id}: {Written.Name(one.State)}");

    public static void Write(Page<SubscriptionRecord> subscriptions, IAnsiConsole console)
    {
        var table = Tables.Of("Subscription", "Name", "Follows", "Of", "State", "Alerts", "Last, UTC");
        foreach (var one in subscriptions.Items)
            table.Row(one.Id, one.Name, one.Follows, Told(one), Written.Name(one.State), $"{one.Alerts}", one.LastAt is { } last ? Shown.Time(last) : null);
        console.Write(table);
        console.WriteNext(subscriptions.Next, "--next");
    }

    public static void Write(SubscriptionDetails details, IAnsiConsole console)
    {
        var one = details.Subscription;
        console.WriteFacts(
            ("Subscription", $"{one.Name} ({one.Id})"), ("Follows", one.Follows), ("Of", Told(one)), ("State", Written.Name(one.State)), ("Made", $"{Shown.Time(one.MadeAt)} UTC, by {one.MadeBy}"),
            ("Sends to", string.Join(", ", details.Endpoints.Select(endpoint => $"{endpoint.Host} ({Told(details, endpoint)}endpoint {endpoint.Id})"))), ("Feed", details.FeedSince is { } since ? $"has had its address since {Shown.Time(since)} UTC" : null), ("Alerts", one.Alerts.ToString(CultureInfo.InvariantCulture)));
        foreach (var mail in details.Mails.Where(mail => mail.UnsubscribedAt is not null))
            console.WriteLine($"{mail.Address} has unsubscribed, {Shown.Time(mail.UnsubscribedAt!.Value)} UTC");
        console.WriteHeading("Decisions");
        foreach (var decision in details.Decisions)
            console.WriteLine($"{Shown.Time(decision.At)} UTC: {Written.Name(decision.What)} by {decision.By}, for what comes after position {decision.Position}: {decision.Follows}, {Targets.Tell(Domain.Alerts.AlertKinds.Of(decision.Kinds))}{(decision.Sends is { } sends ? $"; sends to {sends}" : "")}");
        Write(details.Latest, console);
    }

    public static void Write(TriedAlerts tried, IAnsiConsole console)
    {
        console.WriteFacts(
            ("Follows", tried.Follows), ("Since", $"{Shown.Time(tried.Since)} UTC, position {tried.After}"), ("Alerts", tried.Count.ToString(CultureInfo.InvariantCulture)),
            ("Of them", string.Join(", ", tried.Kinds.Select(kind => $"{kind.Value} {Shown.Words(kind.Key)}"))));
        Write(tried.Alerts, console);
        if (tried.Count > tried.Alerts.Count)
            console.WriteLine($"and {tried.Count - tried.Alerts.Count} before them");
    }

    public static void Write(DeliveriesShown shown, IAnsiConsole console)
    {
        console.WriteLine(Told(shown.Summary));
        var table = Tables.Of("Delivery", "Subscription", "Position", "Subject", "To", "State", "Attempts", "Next, UTC", "Last answer", "Lag, s");
        foreach (var one in shown.Items)
        {
            table.Row(one.Id, one.Subscription, $"{one.Position}", one.Subject, one.Host, Written.Name(one.State), $"{one.Attempts}", one.NextAt is { } next ? Shown.Time(next) : null, one.Last,
                one.Lag is { } lag ? Seconds(lag) : null);
        }
        console.Write(table);
        console.WriteNext(shown.Next, "--next");
    }

    public static void Write(DeliveryDetails details, IAnsiConsole console)
    {
        var one = details.Delivery;
        console.WriteFacts(("Delivery", one.Id), ("Subscription", one.Subscription), ("To", one.Host), ("State", Written.Name(one.State)), ("Next", one.NextAt is { } next ? $"{Shown.Time(next)} UTC" : null));
        foreach (var attempt in details.Attempts)
        {
            console.WriteHeading($"Attempt {attempt.Number}, {Shown.Time(attempt.At)} UTC, {attempt.Milliseconds} ms: {attempt.Status?.ToString(CultureInfo.InvariantCulture) ?? attempt.Failure}");
            foreach (var (name, value) in attempt.Request)
                console.WriteLine($"{name}: {value}");
            if (!string.IsNullOrEmpty(attempt.Answer))
                console.WriteLine(attempt.Answer);
        }
        Write([details.Alert], console);
    }

    public static void Write(Page<EndpointRecord> endpoints, IAnsiConsole console)
    {
        var table = Tables.Of("Endpoint", "Host", "Made by", "State", "Secrets", "Pending");
        foreach (var one in endpoints.Items)
            table.Row($"{one.Id}", one.Host, one.MadeBy, Told(one), $"{one.Secrets}", $"{one.Pending}");
        console.Write(table);
        console.WriteNext(endpoints.Next, "--next");
    }

    /// <summary>"3 pending, 120 sent, 0 failed, 0 disabled; 40 sent within the last hour, half of them within 0.4 s of the change and 99 of 100 within 2.0 s."</summary>
    public static string Told(DeliverySummary summary) =>
        string.Create(CultureInfo.InvariantCulture, $"{summary.Pending:#,0} pending, {summary.Sent:#,0} sent, {summary.Failed:#,0} failed, {summary.Disabled:#,0} disabled; {Rates(summary)}.");

    /// <summary>"40 sent within the last hour, half of them within 0.4 s of the change and 99 of 100 within 2.0 s; one has been due for 12.0 s; 3 events of the log are not looked through yet".</summary>
    public static string Rates(DeliverySummary summary) => string.Create(CultureInfo.InvariantCulture, $"{summary.SentLastHour:#,0} sent within the last hour")
        + (summary is { MedianLag: { } half, LongLag: { } most } ? $", half of them within {Seconds(half)} s of the change and 99 of 100 within {Seconds(most)} s" : "")
        + (summary.OldestPending is { } oldest ? $"; one has been due for {Seconds(oldest)} s" : "")
        + (summary.Behind > 0 ? $"; {Shown.Count(summary.Behind, "event")} of the log {(summary.Behind == 1 ? "is" : "are")} not looked through yet" : "");

    public static string Told(EndpointRecord endpoint) => endpoint switch
    {
        { DisabledAt: { } at } => $"disabled at {Shown.Time(at)} UTC: {endpoint.Why}",
        { FailingSince: { } since } => $"failing since {Shown.Time(since)} UTC",
        _ => "well",
    };

    /// <summary>"daily at 08:00, Europe/Berlin; " of a mail address; nothing of others.</summary>
    private static string Told(SubscriptionDetails details, EndpointRecord endpoint) => details.Mails.FirstOrDefault(mail => mail.Endpoint == endpoint.Id) is { } mail ? $"{mail.When}; " : "";

    public static string Told(SubscriptionRecord one) => Targets.Tell(Domain.Alerts.AlertKinds.Of(one.Kinds));

    /// <summary>"Amount: CNY 700M (“RMB 700 million”) → CNY 900M (“RMB 900 million”)".</summary>
    public static string Told(FieldChangeRecord change) => $"{Shown.Field(change.Field)}: {Told(change.From)} → {Told(change.To)}";

    public static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Told(ChangedValue? value) => value is null ? "nothing" : Shown.Value(value.Value, value.AsWritten);

    private static void Write(IReadOnlyList<AlertContent> alerts, IAnsiConsole console)
    {
        foreach (var alert in alerts)
        {
            console.WriteHeading($"Position {alert.Position}, {Shown.Time(alert.RecordedAt)} UTC: {alert.Title} ({string.Join(", ", alert.Kinds.Select(Targets.Tell))})");
            console.WriteLine($"{alert.Says}, by {alert.Author}{(alert.Reason is null ? "" : $", because: {alert.Reason}")}");
            foreach (var change in alert.Changes)
            {
                console.WriteLine(Told(change));
                if (change.To is { } to)
                    console.WriteLine($"  “{to.Quote}” (article {to.Source})");
            }
        }
    }
}
