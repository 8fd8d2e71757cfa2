using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Views;
using Ledger.App.Views.Deals;

namespace Ledger.App.Alerts.Atom;

/// <summary>A subscription's alerts as a feed (RFC 4287). An alert's id is the same in every feed of the subscription, whenever it is read.</summary>
internal static class AtomFeed
{
    private static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";

    /// <param name="subscription">The subscription.</param>
    /// <param name="alerts">Its latest, the last one first.</param>
    /// <param name="self">The whole address of the feed.</param>
    /// <param name="server">What addresses of pages begin with.</param>
    public static byte[] Of(SubscriptionRecord subscription, IReadOnlyList<AlertContent> alerts, string self, string server)
    {
        var document = new XDocument(new XElement(
            Atom + "feed",
            new XElement(Atom + "id", Id(subscription.Id, $"{subscription.MadeAt.UtcDateTime:O}")),
            new XElement(Atom + "title", Clean(subscription.Name)),
            new XElement(Atom + "subtitle", Clean(Shown.Capital(subscription.Follows))),
            new XElement(Atom + "author", new XElement(Atom + "name", "Ledger")),
            new XElement(Atom + "updated", Time(Updated(subscription, alerts))),
            new XElement(Atom + "link", new XAttribute("rel", "self"), new XAttribute("type", "application/atom+xml"), new XAttribute("href", self)),
            new XElement(Atom + "link", new XAttribute("rel", "alternate"), new XAttribute("type", "text/html"), new XAttribute("href", $"{server}/alerts/{subscription.Id}")),
            alerts.Select(alert => Entry(subscription, alert, server))));
        using var bytes = new MemoryStream();
        using (var writer = XmlWriter.Create(bytes, new XmlWriterSettings { Encoding = new UTF8Encoding(false), Indent = true }))
            document.Save(writer);
        return bytes.ToArray();
    }

    public static DateTimeOffset Updated(SubscriptionRecord subscription, IReadOnlyList<AlertContent> alerts) => alerts.Count > 0 && alerts[0].RecordedAt > subscription.MadeAt ? alerts[0].RecordedAt : subscription.MadeAt;

    private static XElement Entry(SubscriptionRecord subscription, AlertContent alert, string server) => new(
        Atom + "entry",
        new XElement(Atom + "id", Id(subscription.Id, $"{subscription.MadeAt.UtcDateTime:O}\n{alert.Position}\n{alert.Subject}")),
        new XElement(Atom + "title", Clean($"{alert.Title}: {alert.Says}")),
        new XElement(Atom + "updated", Time(alert.RecordedAt)),
        new XElement(Atom + "published", Time(alert.RecordedAt)),
        new XElement(Atom + "author", new XElement(Atom + "name", Clean(alert.Author))),
        alert.Kinds.Select(kind => new XElement(Atom + "category", new XAttribute("term", Written.Name(kind)), new XAttribute("label", Targets.Tell(kind)))),
        new XElement(Atom + "link", new XAttribute("rel", "alternate"), new XAttribute("type", "text/html"), new XAttribute("href", $"{server}{alert.Page}")),
        new XElement(Atom + "link", new XAttribute("rel", "via"), new XAttribute("type", "text/html"), new XAttribute("href", $"{server}/log/{alert.Position}")),
        alert.Sources.Union(alert.Changes.Select(change => change.To?.Source).OfType<string>()).Select(source => new XElement(Atom + "link", new XAttribute("rel", "related"), new XAttribute("type", "text/html"), new XAttribute("href", $"{server}/articles/{source}"))),
        new XElement(Atom + "content", new XAttribute("type", "text"), Clean(string.Join('\n', Lines(alert, server)))));

    private static IEnumerable<string> Lines(AlertContent alert, string server)
    {
        yield return $"{Shown.Capital(alert.Says)}{(alert.Reason is { } reason ? $", because: {reason}" : "")}";
        foreach (var change in alert.Changes)
            yield return change.To is { } to ? $"{AlertTables.Told(change)}: “{to.Quote}” ({server}/articles/{to.Source})" : AlertTables.Told(change);
    }

    private static string Id(string subscription, string of) =>
        $"urn:uuid:{new Guid(SHA256.HashData(Encoding.UTF8.GetBytes($"ledger alerts\n{subscription}\n{of}")).AsSpan(0, 16), bigEndian: true)}";

    private static string Time(DateTimeOffset at) => XmlConvert.ToString(at.UtcDateTime, XmlDateTimeSerializationMode.Utc);

    /// <summary>What the log may hold, and XML may not.</summary>
    private static string Clean(string text) => string.Concat(text.EnumerateRunes().Where(rune => !rune.IsBmp || XmlConvert.IsXmlChar((char)rune.Value)).Select(rune => rune.ToString()));
}
