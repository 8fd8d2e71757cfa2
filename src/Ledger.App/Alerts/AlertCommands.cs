using System.CommandLine;
using Ledger.App.Access;
using Ledger.App.Alerts.Atom;
using Ledger.App.Alerts.Deliveries;
using Ledger.App.Alerts.Mail;
using Ledger.App.Alerts.Matching;
using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Alerts.Webhooks;
using Ledger.App.CommandLine;
using Ledger.App.Intake;
using Ledger.App.Views;
using Spectre.Console;

namespace Ledger.App.Alerts;

/// <summary><c>ledger alerts</c>: who is told of which changes, and how that went.</summary>
internal static class AlertCommands
{
    private static readonly Option<string?> Investor = new("--investor") { Description = "Follow deals in which somebody invests: an id, a name or an alias.", HelpName = "PARTY" };
    private static readonly Option<string?> Company = new("--company") { Description = "Follow deals of a company: an id, a name or an alias.", HelpName = "PARTY" };
    private static readonly Option<string?> Sector = new("--sector") { Description = "Follow deals in a sector.", HelpName = "SECTOR" };
    private static readonly Option<string?> Watchlist = new("--watchlist") { Description = "Follow a watchlist, and deals of whoever is on it.", HelpName = "LIST" };
    private static readonly Option<string?> Rule = new("--rule") { Description = "Follow what a rule chooses: ledger watch language tells the language.", HelpName = "RULE" };
    private static readonly Option<string?> Kinds = new("--kinds") { Description = "Only some changes, separated by commas: newDeal, correction, status, valuation, contest, retraction, merge, membership, other; or all.", HelpName = "KINDS" };
    private static readonly Option<string[]> Webhook = new("--webhook") { Description = "Send there; may be given several times. With change: in place of those that there are, or none.", HelpName = "ADDRESS" };

    private static readonly Option<string?> Mail = new("--mail") { Description = "Mail there; several with commas between them. With change: in place of those that there are, or none.", HelpName = "ADDRESS" };
    private static readonly Option<string?> Digest = new("--digest") { Description = "Whether mails come as they are made, or once a day, or once a week: immediate, daily, weekly.", HelpName = "HOW" };
    private static readonly Option<string?> Hour = new("--hour") { Description = "When a digest comes; 08:00 if left out.", HelpName = "TIME" };
    private static readonly Option<string?> Day = new("--day") { Description = "On which day a weekly digest comes; monday if left out.", HelpName = "DAY" };
    private static readonly Option<string?> Zone = new("--zone") { Description = "Whose clocks count, as Europe/Berlin; UTC if left out.", HelpName = "ZONE" };
    private static readonly Option<string?> Quiet = new("--quiet") { Description = "When no mails come, as 22:00-07:00; with change: or none.", HelpName = "HOURS" };

    public static Command Make() => new("alerts", "Follow what changes in the record, and see what was sent.")
    {
        Add(), List(), Show(), Change(),
        Order("pause", "Have a subscription be told of nothing until it is resumed.", (table, id, by, cancel) => table.Pause(id, by, cancel)),
        Order("resume", "Have a subscription be told again, of what is recorded from now on.", (table, id, by, cancel) => table.Resume(id, by, cancel)),
        Order("delete", "End a subscription, and what still waits to be sent for it; its history stays.", (table, id, by, cancel) => table.Delete(id, by, cancel)),
        Feed(), Try(), Deliveries(), Delivery(), Resend(), Endpoints(), Rotate(),
        EndpointOrder("enable", "Send to an endpoint again, what has waited first.", (endpoints, id, by, cancel) => endpoints.Enable(id, by, cancel)),
        EndpointOrder("forget", "Forget an endpoint, with whatever was sent there or was to be.", (endpoints, id, by, cancel) => endpoints.Forget(id, by, cancel)),
    };

    private static Command Add()
    {
        var name = new Argument<string>("NAME") { Description = "What the subscription is to be called; its id is made from it." };
        return new Command("add", "Follow something from now on: one of the first five options says what.") { name, Investor, Company, Sector, Watchlist, Rule, Kinds, Webhook, Mail, Digest, Hour, Day, Zone, Quiet }.Writing(async (ledger, cancel) =>
        {
            await Open(ledger, cancel);
            var target = await ledger.Get<Targets>().Read(Fields(ledger), cancel);
            ledger.Print(
                await ledger.Get<SubscriptionTable>().Make(ledger.Parsed.GetRequiredValue(name), target, Targets.Kinds(ledger.Parsed.GetValue(Kinds)), ledger.Parsed.GetValue(Webhook) ?? [], Mails(ledger), ledger.Author, cancel),
                AlertTables.Write);
        });
    }

    private static Command Change()
    {
        var (id, name) = (Id(), new Option<string?>("--name") { Description = "Call it so; its id stays.", HelpName = "NAME" });
        return new Command("change", "Have a subscription follow something else, be called otherwise, or send elsewhere; what is left out stays.")
        {
            id, name, Investor, Company, Sector, Watchlist, Rule, Kinds, Webhook, Mail, Digest, Hour, Day, Zone, Quiet,
        }.Writing(async (ledger, cancel) =>
        {
            await Open(ledger, cancel);
            var fields = Fields(ledger);
            ledger.Print(
                await ledger.Get<SubscriptionTable>().Change(
                    ledger.Parsed.GetRequiredValue(id), ledger.Parsed.GetValue(name), Targets.IsIn(fields) ? await ledger.Get<Targets>().Read(fields, cancel) : null,
                    fields.Kinds is null ? null : Targets.Kinds(fields.Kinds), ledger.Parsed.GetValue(Webhook) is { Length: > 0 } webhooks ? webhooks : null, Mails(ledger), ledger.Author, cancel),
                AlertTables.Write);
        });
    }

    private static Command Order(string order, string description, Func<SubscriptionTable, string, string, CancellationToken, Task> give)
    {
        var id = Id();
        return new Command(order, description) { id }.Writing(async (ledger, cancel) =>
        {
            await Open(ledger, cancel);
            await give(ledger.Get<SubscriptionTable>(), ledger.Parsed.GetRequiredValue(id), ledger.Author, cancel);
            ledger.Print((await ledger.Get<SubscriptionQueries>().Get(ledger.Parsed.GetRequiredValue(id), cancel)).Subscription, AlertTables.Write);
        });
    }

    private static Command List()
    {
        var (limit, next) = (CommonOptions.Limit(50), Next());
        return new Command("list", "List the subscriptions.") { limit, next }.Doing(async (ledger, cancel) =>
        {
            await Open(ledger, cancel);
            ledger.Print(await ledger.Get<SubscriptionQueries>().List(ledger.Parsed.GetValue(limit), ledger.Parsed.GetValue(next), cancel), AlertTables.Write);
        });
    }

    private static Command Show()
    {
        var id = Id();
        return new Command("show", "Show a subscription, what was decided about it, and its latest alerts.") { id }.Doing(async (ledger, cancel) =>
        {
            await Open(ledger, cancel);
            ledger.Print(await ledger.Get<SubscriptionQueries>().Get(ledger.Parsed.GetRequiredValue(id), cancel), AlertTables.Write);
        });
    }

    private static Command Feed()
    {
        var (id, revoke) = (Id(), new Option<bool>("--revoke") { Description = "End the address that there is, and make none." });
        return new Command("feed", "Make a secret address for a subscription's Atom feed, and print it this once; one before it ends.") { id, revoke }.Writing(async (ledger, cancel) =>
        {
            await Open(ledger, cancel);
            var (feeds, subscription) = (ledger.Get<FeedAddresses>(), ledger.Parsed.GetRequiredValue(id));
            if (ledger.Parsed.GetValue(revoke))
                await feeds.Revoke(subscription, cancel);
            var address = ledger.Parsed.GetValue(revoke) ? null : await ledger.Get<AlertRunner>().Links(cancel) + await feeds.Make(subscription, ledger.Author, cancel);
            ledger.Print(new { Subscription = subscription, Address = address }, (_, console) => console.WriteLine(address ?? "It has no address."));
        });
    }

    private static Command Try()
    {
        var years = new Option<string?>("--years") { Description = "How far back; 1 if left out.", HelpName = "N" };
        return new Command("try", "Show what a subscription would have been told: exactly what a live one would.") { Investor, Company, Sector, Watchlist, Rule, Kinds, years }.Doing(async (ledger, cancel) =>
        {
            await Open(ledger, cancel);
            ledger.Print(await AlertTries.Try(ledger.Get<Targets>(), ledger.Get<AlertHistory>(), Fields(ledger), ledger.Parsed.GetValue(years), cancel), AlertTables.Write);
        });
    }

    private static Command Deliveries()
    {
        var (limit, next) = (CommonOptions.Limit(50), Next());
        var of = new Option<string?>("--of") { Description = "Only of this subscription.", HelpName = "ID" };
        var state = new Option<string?>("--state") { Description = "Only those that are pending, sent, failed or disabled.", HelpName = "STATE" };
        return new Command("deliveries", "List what was sent, or is to be, and how that went.") { of, state, limit, next }.Doing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            var queries = ledger.Get<DeliveryQueries>();
            var page = await queries.List(
                ledger.Parsed.GetValue(of), State(ledger.Parsed.GetValue(state)), ledger.Parsed.GetValue(limit), ledger.Parsed.GetValue(next), cancel);
            ledger.Print(new DeliveriesShown(await queries.Summary(ledger.Parsed.GetValue(of), cancel), page.Items, page.Next), AlertTables.Write);
        });
    }

    private static Command Delivery()
    {
        var id = new Argument<string>("DELIVERY") { Description = "The delivery's webhook-id." };
        return new Command("delivery", "Show what was sent, what was answered, and how long that took.") { id }.Doing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            ledger.Print(await ledger.Get<DeliveryQueries>().Get(ledger.Parsed.GetRequiredValue(id), cancel), AlertTables.Write);
        });
    }

    private static Command Resend()
    {
        var id = new Argument<string?>("DELIVERY") { Description = "The delivery's webhook-id; left out with --since.", Arity = ArgumentArity.ZeroOrOne };
        var since = new Option<string?>("--since") { Description = "All that were made since a day, UTC, or a time.", HelpName = "DATE" };
        var of = new Option<string?>("--of") { Description = "With --since: only of this subscription.", HelpName = "ID" };
        var state = new Option<string?>("--state") { Description = "With --since: only those that are pending, sent, failed or disabled.", HelpName = "STATE" };
        return new Command("resend", "Send a delivery again, or all since a time, under the same webhook-ids.") { id, since, of, state }.Writing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            var (one, time) = (ledger.Parsed.GetValue(id), ledger.Parsed.GetValue(since));
            if (one is null == time is null)
                throw new InputException("DELIVERY", one is null ? "is missing; name a delivery, or a time with --since" : "is given, and --since, too");
            var queries = ledger.Get<DeliveryQueries>();
            if (one is not null)
                await queries.Resend(one, ledger.Author, cancel);
            var count = one is not null ? 1 : await queries.Resend(DeliveryQueries.Since("--since", time), ledger.Parsed.GetValue(of), State(ledger.Parsed.GetValue(state)), ledger.Author, cancel);
            ledger.Print(new { Deliveries = count }, (_, console) => console.WriteLine($"{Shown.Count(count, "delivery", "deliveries")} will be sent again."));
        });
    }

    private static Command Endpoints()
    {
        var (limit, next) = (CommonOptions.Limit(50), Next());
        return new Command("endpoints", "List where webhooks and mails are sent to.") { limit, next }.Doing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            ledger.Print(await ledger.Get<EndpointTable>().List(ledger.Parsed.GetValue(limit), ledger.Parsed.GetValue(next), cancel), AlertTables.Write);
        });
    }

    private static Command Rotate()
    {
        var id = Endpoint();
        return new Command("rotate", "Make an endpoint one more secret, and print it this once; those before it sign beside it for a day.") { id }.Writing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            ledger.Print(await ledger.Get<EndpointTable>().Rotate(ledger.Parsed.GetRequiredValue(id), ledger.Author, cancel), (made, console) => console.WriteLine(made.Secret));
        });
    }

    private static Command EndpointOrder(string order, string description, Func<EndpointTable, long, string, CancellationToken, Task> give)
    {
        var id = Endpoint();
        return new Command(order, description) { id }.Writing(async (ledger, cancel) =>
        {
            await ledger.Open(migrate: false, cancel);
            await give(ledger.Get<EndpointTable>(), ledger.Parsed.GetRequiredValue(id), ledger.Author, cancel);
            ledger.Print(new Page<EndpointRecord>(await ledger.Get<EndpointTable>().List(cancel), null), AlertTables.Write);
        });
    }

    /// <summary>What is named is found at the end of the log: also where no server follows it.</summary>
    private static async Task Open(Invocation ledger, CancellationToken cancel)
    {
        await ledger.Open(migrate: false, cancel);
        await ledger.CatchUp(cancel);
        await ledger.Get<AlertRunner>().CatchUp(cancel);
    }

    private static FollowFields Fields(Invocation ledger) => new()
    {
        Investor = ledger.Parsed.GetValue(Investor),
        Company = ledger.Parsed.GetValue(Company),
        Sector = ledger.Parsed.GetValue(Sector),
        Watchlist = ledger.Parsed.GetValue(Watchlist),
        Rule = ledger.Parsed.GetValue(Rule),
        Kinds = ledger.Parsed.GetValue(Kinds),
    };

    private static MailOrder? Mails(Invocation ledger) => MailOrder.Of(new MailFields
    {
        Mail = ledger.Parsed.GetValue(Mail),
        Digest = ledger.Parsed.GetValue(Digest),
        Hour = ledger.Parsed.GetValue(Hour),
        Day = ledger.Parsed.GetValue(Day),
        Zone = ledger.Parsed.GetValue(Zone),
        Quiet = ledger.Parsed.GetValue(Quiet),
    });

    private static DeliveryState? State(string? asked) => asked is null ? null : Written.Parse<DeliveryState>("--state", asked);

    private static Argument<string> Id() => new("ID") { Description = "The subscription's, as ledger alerts list shows it." };

    private static Argument<long> Endpoint() => new("ENDPOINT") { Description = "Its number, as ledger alerts endpoints shows it." };

    private static Option<string?> Next() => new("--next") { Description = "Where the page before ended.", HelpName = "NEXT" };
}
