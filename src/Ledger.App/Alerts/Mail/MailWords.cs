using System.Globalization;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;
using Ledger.App.Alerts.Subscriptions;
using Ledger.App.Views;
using Ledger.App.Views.Deals;
using Ledger.Domain.Values;

namespace Ledger.App.Alerts.Mail;

/// <summary>What a mail says, the same as text and as HTML.</summary>
/// <param name="Mail">What it tells.</param>
/// <param name="Follows">What the subscription follows, in words.</param>
/// <param name="Links">What addresses of pages begin with.</param>
public sealed record MailWords(DueMail Mail, string Follows, string Links)
{
    private const int SubjectMax = 150;

    private MailTiming Timing => Mail.Mailing.Timing;

    /// <summary>"Enflame: series B: amount corrected"; "Tencent: 4 changes".</summary>
    public string Subject => Line(Mail.Count == 1 ? $"{Mail.Told[0].Title}: {Mail.Told[0].Says}" : $"{Mail.Name}: {Shown.Count(Mail.Count, "change")}", SubjectMax);

    public string Lead => $"{Shown.Capital(Follows.TrimEnd('.'))}: {Shown.Count(Mail.Count, "change")}";

    /// <summary>Why it comes.</summary>
    public string Why => $"{Mail.Mailing.MadeBy} has Ledger mail this address what “{Mail.Name}” follows, {Timing}.";

    public string Subscription => $"{Links}/alerts/{Mail.Mailing.Subscription}";

    /// <summary>The page that asks whether to end the mails.</summary>
    public string Unsubscribe => $"{Links}{UnsubscribeEndpoints.Page}?token={Mail.Mailing.Token}";

    /// <summary>What is not told for want of room; null where all is.</summary>
    public string? Rest => Mail.Count > Mail.Told.Count ? $"And {Mail.Count - Mail.Told.Count} more, which the page of the subscription shows." : null;

    public static string Kinds(AlertContent alert) => Shown.Capital(string.Join(", ", alert.Kinds.Select(Targets.Tell)));

    public static string Says(AlertContent alert) => $"{Shown.Capital(alert.Says)}{(alert.Reason is { } reason ? $", because: {reason}" : "")}";

    /// <summary>"Amount".</summary>
    public static string Field(FieldChangeRecord change) => Shown.Field(change.Field);

    /// <summary>"CNY 700M (“RMB 700 million”) → CNY 900M (“RMB 900 million”)"; of what was not said before only what is said now.</summary>
    public static string Change(FieldChangeRecord change) => change.From is null ? Value(change.To) : $"{Value(change.From)} → {Value(change.To)}";

    /// <summary>Changes that follow each other and go by the same quote, with that; null where nothing is said any more.</summary>
    public static IEnumerable<(IReadOnlyList<FieldChangeRecord> Changes, ChangedValue? Quoted)> Quoted(AlertContent alert)
    {
        var together = new List<FieldChangeRecord>();
        foreach (var change in alert.Changes)
        {
            if (together is [.., var last] && (last.To?.Quote, last.To?.Source) != (change.To?.Quote, change.To?.Source))
            {
                yield return (together, last.To);
                together = [];
            }
            together.Add(change);
        }
        if (together.Count > 0)
            yield return (together, together[^1].To);
    }

    private static string Value(ChangedValue? value) => value is null ? "nothing" : Shown.Value(value.Value, value.AsWritten);

    /// <summary>"Position 120, 22 November 2026 10:14, Europe/Berlin, by Ada".</summary>
    public string Origin(AlertContent alert) =>
        $"Position {alert.Position}, {LocalTime.Shown(alert.RecordedAt, Timing.Zone).ToString("d MMMM yyyy HH:mm", CultureInfo.InvariantCulture)} {Timing.Zone.Id}, by {alert.Author}";

    public string Text()
    {
        var text = new StringBuilder().Append(Lead).Append('\n');
        foreach (var alert in Mail.Told)
        {
            text.Append($"\n{alert.Title}\n{Kinds(alert)}\n{Says(alert)}\n");
            foreach (var (changes, quoted) in Quoted(alert))
            {
                foreach (var change in changes)
                    text.Append($"- {Field(change)}: {Change(change)}\n");
                if (quoted is not null)
                    text.Append($"  “{quoted.Quote}”\n  {Links}/articles/{quoted.Source}\n");
            }
            text.Append($"{Origin(alert)}\n{Links}{alert.Page}\n");
        }
        if (Rest is { } rest)
            text.Append($"\n{rest}\n");
        // What stands below two dashes and a space is not quoted in answers.
        return text.Append($"\n-- \n{Why}\nThe subscription: {Subscription}\nNo more of these mails: {Unsubscribe}\n").ToString();
    }

    private static string Line(string text, int lengthMax) => Domain.Values.Text.Shorten(string.Join(' ', text.Split(['\r', '\n', '\t', '\0'], StringSplitOptions.RemoveEmptyEntries)), lengthMax);
}

/// <summary>A mail as it is sent.</summary>
internal sealed record Letter(MailWords Words, string Html)
{
    /// <summary>The mail; whoever sends it disposes of it.</summary>
    public MailMessage Message(DueMail mail, MailSettings settings)
    {
        var message = new MailMessage(settings.From, new MailAddress(mail.Address))
        {
            Subject = Words.Subject,
            SubjectEncoding = Encoding.UTF8,
            Body = Words.Text(),
            BodyEncoding = Encoding.UTF8,
            BodyTransferEncoding = TransferEncoding.Base64,
        };
        var html = AlternateView.CreateAlternateViewFromString(Html, Encoding.UTF8, MediaTypeNames.Text.Html);
        html.TransferEncoding = TransferEncoding.Base64;
        message.AlternateViews.Add(html);
        message.Headers["Message-ID"] = MessageId(mail, settings);
        // So that no machine answers it (RFC 3834).
        message.Headers["Auto-Submitted"] = "auto-generated";
        message.Headers["List-Id"] = $"<{mail.Mailing.Subscription}.{new Uri(settings.Links).Host}>";
        message.Headers["List-Unsubscribe"] = $"<{settings.Links}{UnsubscribeEndpoints.OneClick}?token={mail.Mailing.Token}>";
        // RFC 8058 allows one click by https only.
        if (settings.Links.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
            message.Headers["List-Unsubscribe-Post"] = UnsubscribeEndpoints.Click;
        return message;
    }

    /// <summary>Of its headers those that readers of the record may see.</summary>
    public IReadOnlyDictionary<string, string> Shown(DueMail mail, MailSettings settings) =>
        new Dictionary<string, string> { ["Message-ID"] = MessageId(mail, settings), ["Subject"] = Words.Subject, ["To"] = MailOrder.Shown(mail.Address) };

    private static string MessageId(DueMail mail, MailSettings settings) => $"<{mail.Id}@{settings.From.Host}>";
}
