using System.Globalization;
using System.Net.Mail;
using System.Text.RegularExpressions;
using Ledger.App.Alerts.Subscriptions;
using Ledger.Domain.Values;

namespace Ledger.App.Alerts.Mail;

/// <summary>Whom a subscription mails, and when, as it is asked for.</summary>
internal class MailFields : FollowFields
{
    /// <summary>Addresses, separated by spaces or commas, in place of those that there are; <c>none</c> ends them.</summary>
    public string? Mail { get; set; }

    /// <summary>immediate, daily or weekly.</summary>
    public string? Digest { get; set; }

    /// <summary>When a digest goes, as 08:00.</summary>
    public string? Hour { get; set; }

    /// <summary>On which day of the week a weekly digest goes.</summary>
    public string? Day { get; set; }

    /// <summary>Whose clocks count, as Europe/Berlin; UTC where nothing is said.</summary>
    public string? Zone { get; set; }

    /// <summary>When nothing is to come, as 22:00-07:00; <c>none</c> ends that.</summary>
    public string? Quiet { get; set; }
}

/// <summary>Whom mails are to go to, and when; what is null stays as it is.</summary>
internal sealed partial record MailOrder(IReadOnlyList<string>? To, MailDigest? Digest, TimeOnly? Hour, DayOfWeek? Day, TimeZoneInfo? Zone, QuietHours? Quiet, bool IsLoud)
{
    private const string None = "none";
    private const int AddressLengthMax = 254;

    /// <returns>Null where nothing is asked for.</returns>
    /// <exception cref="InvalidValueException">It cannot be.</exception>
    public static MailOrder? Of(MailFields fields)
    {
        if ((fields.Mail ?? fields.Digest ?? fields.Hour ?? fields.Day ?? fields.Zone ?? fields.Quiet) is null)
            return null;
        string[]? to = fields.Mail?.Trim() == None ? [] : fields.Mail?.Split([' ', ',', ';', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
        if (fields.Mail is not null && fields.Mail.Trim() != None && to is [])
            throw new InvalidValueException("mail", "is empty");
        return new MailOrder(
            to?.Select(address => Address("mail", address)).Distinct(StringComparer.OrdinalIgnoreCase).ToList(), fields.Digest is { } digest ? Views.Written.Parse<MailDigest>("digest", digest.Trim()) : null,
            fields.Hour is { } hour ? Time("hour", hour) : null, fields.Day is { } day ? Weekday(day.Trim()) : null, fields.Zone is { } zone ? FindZone(zone.Trim()) : null,
            fields.Quiet is { } quiet && quiet.Trim() != None ? QuietFrom(quiet.Trim()) : null, fields.Quiet?.Trim() == None);
    }

    /// <summary>What is asked for, in place of what there is.</summary>
    /// <exception cref="InvalidValueException">They do not go together.</exception>
    public MailTiming Apply(MailTiming timing)
    {
        var asked = new MailTiming(Digest ?? timing.Digest, Hour ?? timing.Hour, Day ?? timing.Day, Zone ?? timing.Zone, IsLoud ? null : Quiet ?? timing.Quiet);
        if (Hour is not null && asked.Digest == MailDigest.Immediate)
            throw new InvalidValueException("hour", "is when a digest goes; ask for a daily or a weekly one");
        if (Day is not null && asked.Digest != MailDigest.Weekly)
            throw new InvalidValueException("day", "is when a weekly digest goes; ask for one");
        if (asked.Digest != MailDigest.Immediate && asked.Quiet is { } quiet && quiet.Holds(asked.Hour))
            throw new InvalidValueException("hour", $"{asked.Hour:HH\\:mm} is among the quiet hours {quiet}");
        return asked;
    }

    /// <summary>An address by itself: no name, no comment, nothing that a server would have to interpret.</summary>
    /// <returns>With a host in small letters, as the mail system knows it.</returns>
    public static string Address(string field, string text)
    {
        if (text.Length <= AddressLengthMax && MailAddress.TryCreate(text, out var address) && address.Address == text && LocalPart().IsMatch(address.User) && AsciiHost(address.Host) is { } host)
            return $"{address.User}@{host}";
        throw new InvalidValueException(field, $"'{Text.Shorten(text)}' is no mail address; ada@example.com would be one");
    }

    /// <summary>What readers are shown of an address: not enough to write there.</summary>
    public static string Shown(string address) => address.Split('@', 2) is [{ Length: > 2 } user, var host] ? $"{user[0]}…@{host}" : $"…@{address.Split('@')[^1]}";

    private static string? AsciiHost(string host)
    {
        try
        {
            var ascii = new IdnMapping().GetAscii(host).ToLowerInvariant();
            return HostName().IsMatch(ascii) ? ascii : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static TimeOnly Time(string field, string text) =>
        TimeOnly.TryParseExact(text.Trim(), ["HH:mm", "H:mm", "%H", "HH:mm:ss"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time
            : throw new InvalidValueException(field, $"'{Text.Shorten(text)}' is no time of the day; 08:00 would be one");

    private static DayOfWeek Weekday(string text) => Enum.TryParse<DayOfWeek>(text, ignoreCase: true, out var day) && !char.IsDigit(text[0]) && !text.Contains(',', StringComparison.Ordinal) ? day
        : throw new InvalidValueException("day", $"'{Text.Shorten(text)}' is no day of the week; monday would be one");

    private static TimeZoneInfo FindZone(string id) => TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone
        : throw new InvalidValueException("zone", $"'{Text.Shorten(id)}' is no time zone that is known here; Europe/Berlin would be one");

    private static QuietHours QuietFrom(string text) => text.Split('-') is [var from, var until] && Time("quiet", from) is var begin && Time("quiet", until) is var end && begin != end ? new QuietHours(begin, end)
        : throw new InvalidValueException("quiet", $"'{Text.Shorten(text)}' are no hours; 22:00-07:00 would be some");

    [GeneratedRegex(@"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")]
    private static partial Regex LocalPart();

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]*[a-z0-9])?([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)*$")]
    private static partial Regex HostName();
}
