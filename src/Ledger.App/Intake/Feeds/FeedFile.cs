using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using AngleSharp.Html.Parser;

namespace Ledger.App.Intake.Feeds;

/// <summary>What a feed says of itself, and of articles.</summary>
internal sealed record FeedFile(string? Title, IReadOnlyList<FeedItem> Items)
{
    private const int ItemsMax = 500;
    private const int CharactersMax = 10_000_000;
    private const int TitleLengthMax = 500;
    private const int SummaryLengthMax = 2_000;
    private const int AddressLengthMax = 2_000;

    /// <summary>Of a text of which so many characters may be kept, its mark-up besides: to read one that is made to be slow to read takes no time.</summary>
    private const int MarkedUpLengthMax = 20_000;

    /// <summary>A name that is longer than what can be looked up stands for itself by its hash.</summary>
    private const int GuidBytesMax = 1_000;

    /// <summary>RSS has the clocks of America by their names.</summary>
    private static readonly (string Name, string Offset)[] Zones =
        [("UT", "+00:00"), ("EST", "-05:00"), ("EDT", "-04:00"), ("CST", "-06:00"), ("CDT", "-05:00"), ("MST", "-07:00"), ("MDT", "-06:00"), ("PST", "-08:00"), ("PDT", "-07:00")];

    private static readonly HtmlParser Html = new();

    /// <summary>Reads RSS 2.0 or Atom.</summary>
    /// <param name="bytes">The feed.</param>
    /// <param name="from">Its address, from which addresses in it go on.</param>
    /// <exception cref="InvalidDataException">It is neither; the message says why.</exception>
    public static FeedFile Read(byte[] bytes, Uri from)
    {
        try
        {
            // Some begin with an empty line, which XML does not allow.
            var begin = Math.Max(0, bytes.AsSpan().IndexOfAnyExcept(" \t\r\n"u8));
            using var reader = XmlReader.Create(new MemoryStream(bytes, begin, bytes.Length - begin), new XmlReaderSettings
            {
                // Entities would be a way to have us read files, ask other hosts, and fill the memory.
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                MaxCharactersInDocument = CharactersMax,
                IgnoreComments = true,
                IgnoreProcessingInstructions = true,
            });
            var root = XDocument.Load(reader).Root!;
            return root.Name.LocalName switch
            {
                "rss" when Child(root, "channel") is { } channel => new FeedFile(Plain(Child(channel, "title"), TitleLengthMax), [.. Children(channel, "item").Take(ItemsMax).Select(item => Rss(item, from)).OfType<FeedItem>()]),
                "feed" => new FeedFile(Plain(Child(root, "title"), TitleLengthMax), [.. Children(root, "entry").Take(ItemsMax).Select(entry => Atom(entry, from)).OfType<FeedItem>()]),
                var other => throw new InvalidDataException($"it is neither RSS nor Atom, but begins with <{Shortened(other, 60)}>"),
            };
        }
        catch (XmlException e)
        {
            throw new InvalidDataException(e.Message.Contains("DTD", StringComparison.Ordinal) ? "it declares a document type, which is not read" : $"it is no XML: {e.Message.TrimEnd('.')}", e);
        }
    }

    private static FeedItem? Rss(XElement item, Uri from)
    {
        var guid = Child(item, "guid");
        var link = Address(Child(item, "link")?.Value, from)
            ?? (guid is not null && !string.Equals((string?)guid.Attribute("isPermaLink"), "false", StringComparison.OrdinalIgnoreCase) ? Address(guid.Value, from) : null);
        return Of(guid?.Value, link, Plain(Child(item, "title"), TitleLengthMax), Plain(Child(item, "description"), SummaryLengthMax), Time(Child(item, "pubDate")?.Value ?? Child(item, "date")?.Value));
    }

    private static FeedItem? Atom(XElement entry, Uri from)
    {
        var link = Children(entry, "link").Where(link => (string?)link.Attribute("rel") is null or "alternate").Select(link => Address((string?)link.Attribute("href"), from)).FirstOrDefault(address => address is not null);
        return Of(Child(entry, "id")?.Value, link, Plain(Child(entry, "title"), TitleLengthMax), Plain(Child(entry, "summary") ?? Child(entry, "content"), SummaryLengthMax),
            Time(Child(entry, "published")?.Value ?? Child(entry, "updated")?.Value));
    }

    /// <summary>Null where it says nothing that somebody could read or go to.</summary>
    private static FeedItem? Of(string? guid, string? link, string? title, string? summary, DateTimeOffset? published)
    {
        title ??= summary is null ? link : Shortened(summary, TitleLengthMax);
        var name = guid?.Trim() is { Length: > 0 } given ? given : link ?? title;
        if (title is null || name is null)
            return null;
        var named = Encoding.UTF8.GetBytes(name);
        return new FeedItem(named.Length <= GuidBytesMax ? name : Convert.ToHexStringLower(SHA256.HashData(named)), link, title, summary, published);
    }

    /// <summary>Text, of what may be HTML within the XML, or XML itself.</summary>
    private static string? Plain(XElement? element, int lengthMax)
    {
        if (element is null)
            return null;
        var text = element.HasElements ? string.Concat(element.DescendantNodes().OfType<XText>().Select(node => node.Value + " ")) : element.Value;
        text = Shortened(text, MarkedUpLengthMax);
        if (text.AsSpan().IndexOfAny('<', '&') >= 0)
            text = Html.ParseDocument($"<body>{text}").Body?.TextContent ?? "";
        text = string.Join(' ', new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return text.Length == 0 ? null : Shortened(text, lengthMax);
    }

    private static string? Address(string? text, Uri from) =>
        text?.Trim() is { Length: > 0 and <= AddressLengthMax } given && Uri.TryCreate(from, given, out var address) && address.Scheme is "http" or "https" && address.AbsoluteUri.Length <= AddressLengthMax ? address.AbsoluteUri : null;

    private static DateTimeOffset? Time(string? text)
    {
        text = text?.Trim() ?? "";
        if (Zones.FirstOrDefault(zone => text.EndsWith(" " + zone.Name, StringComparison.OrdinalIgnoreCase)) is { Name: { } name, Offset: var offset })
            text = text[..^name.Length] + offset;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
    }

    private static XElement? Child(XElement of, string name) => Children(of, name).FirstOrDefault();

    /// <summary>By its name in the parent's own namespace, so that what modules add is not taken for it; else in any.</summary>
    private static IEnumerable<XElement> Children(XElement of, string name) =>
        of.Elements(of.Name.Namespace + name) is var own && own.Any() ? own : of.Elements().Where(element => element.Name.LocalName == name && element.Name.NamespaceName is "http://purl.org/dc/elements/1.1/");

    private static string Shortened(string text, int length)
    {
        if (text.Length <= length)
            return text;
        // Not in the middle of a character.
        return text[..(char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1)] + "…";
    }
}

/// <summary>An article, as a feed tells of it.</summary>
/// <param name="Guid">The feed's own name for it.</param>
/// <param name="Address">Of the web; null where it gives none.</param>
internal sealed record FeedItem(string Guid, string? Address, string Title, string? Summary, DateTimeOffset? PublishedAt);
