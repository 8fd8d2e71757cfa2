using System.Net.Mail;
using System.Net.Sockets;
using System.Security.Authentication;
using Ledger.Domain.Values;

namespace Ledger.App.Alerts.Mail;

/// <summary>Hands mails to the server that is configured to take them.</summary>
/// <param name="settings">Null where none is.</param>
internal sealed class MailRelay(MailSettings? settings)
{
    private const string Said = "The server response was: ";
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);

    // The server wants us to sign in, or to do so otherwise: it says nothing of the mail.
    private static readonly int[] OfSignIn = [421, 454, 530, 534, 535, 538];

    public bool IsConfigured => settings is not null;

    /// <summary>Why nobody can be mailed where that is so.</summary>
    public static string NotConfigured { get; } = $"No mail server is configured; {MailSettings.Section.Replace(":", "__", StringComparison.Ordinal)}__Host names one.";

    /// <exception cref="InvalidValueException">No server is configured.</exception>
    public MailSettings Settings => settings ?? throw new InvalidValueException("mail", $"cannot be used, since n{NotConfigured[1..].TrimEnd('.')}");

    /// <summary>Hands over one mail to one address.</summary>
    public async Task<MailOutcome> Send(MailMessage message, CancellationToken cancel)
    {
        using var client = new SmtpClient(Settings.Host, Settings.Port) { EnableSsl = Settings.IsSecured, Credentials = Settings.Credentials };
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        bound.CancelAfter(AnswerWithin);
        try
        {
            await client.SendMailAsync(message, bound.Token);
            return new MailOutcome(StatusCodes.Taken, null, null, MailVerdict.Taken);
        }
        catch (SmtpFailedRecipientException e)
        {
            return Refused((int)e.StatusCode, Answer(e), isOfAddress: true);
        }
        catch (SmtpException e) when ((int)e.StatusCode >= StatusCodes.Later)
        {
            return Refused((int)e.StatusCode, Answer(e), isOfAddress: false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Unreached($"it did not answer within {AnswerWithin.TotalSeconds:0} seconds");
        }
        catch (Exception e) when (e is SmtpException or AuthenticationException or SocketException or IOException or FormatException or InvalidOperationException)
        {
            return Unreached(Innermost(e).Message);
        }
    }

    private static MailOutcome Refused(int status, string answer, bool isOfAddress)
    {
        if (OfSignIn.Contains(status))
            return new MailOutcome(status, answer, null, MailVerdict.ServerFails);
        if (status < StatusCodes.Never)
            return new MailOutcome(status, answer, null, isOfAddress ? MailVerdict.AddressFails : MailVerdict.Later);
        // 5.1 is about addresses; 5.7, say, about what the server thinks of us.
        var isUnknown = isOfAddress && (answer.StartsWith("5.1.", StringComparison.Ordinal) || !answer.StartsWith("5.", StringComparison.Ordinal));
        return new MailOutcome(status, answer, null, isUnknown ? MailVerdict.AddressRefused : MailVerdict.Refused);
    }

    private static MailOutcome Unreached(string why) => new(null, null, $"The mail server could not be used: {why.TrimEnd('.')}.", MailVerdict.ServerFails);

    private static string Answer(SmtpException e) => e.Message.IndexOf(Said, StringComparison.Ordinal) is >= 0 and var at ? e.Message[(at + Said.Length)..] : e.Message;

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;

    private static class StatusCodes
    {
        public const int Taken = 250;
        public const int Later = 400;
        public const int Never = 500;
    }
}

internal enum MailVerdict
{
    /// <summary>The server has it.</summary>
    Taken,

    /// <summary>The server does not want it now.</summary>
    Later,

    /// <summary>The server does not want mails to the address now.</summary>
    AddressFails,

    /// <summary>The server takes nothing at all now, or is not there.</summary>
    ServerFails,

    /// <summary>The server will never want it.</summary>
    Refused,

    /// <summary>The server knows no such address.</summary>
    AddressRefused,
}

/// <summary>How handing over a mail went.</summary>
/// <param name="Status">Of SMTP; null where there was no answer.</param>
/// <param name="Answer">What the server said; null where it took the mail.</param>
/// <param name="Failure">Why there was no answer.</param>
internal sealed record MailOutcome(int? Status, string? Answer, string? Failure, MailVerdict Verdict)
{
    /// <summary>Whether there is no use in trying again.</summary>
    public bool IsOver => Verdict is MailVerdict.Refused or MailVerdict.AddressRefused;
}
