using System.Globalization;
using System.Net;
using System.Net.Mail;
using Ledger.Domain.Values;

namespace Ledger.App.Alerts.Mail;

/// <summary>The server that takes mails, as it is configured: <c>Ledger:Mail:…</c>.</summary>
/// <param name="IsSecured">Whether nothing is said to the server before the connection is encrypted (STARTTLS) and its certificate is found good.</param>
/// <param name="Credentials">Null where the server asks for none.</param>
/// <param name="Links">What addresses of pages begin with.</param>
internal sealed record MailSettings(string Host, int Port, bool IsSecured, NetworkCredential? Credentials, MailAddress From, string Links)
{
    public const string Section = "Ledger:Mail";

    private const int SubmissionPort = 587;

    /// <returns>Null where no server is configured.</returns>
    /// <exception cref="InvalidValueException">What is configured does not go together.</exception>
    public static MailSettings? Of(IConfiguration? configuration, LedgerAddress address)
    {
        if (Get("Host") is not { } host)
            return null;
        if (!Uri.IsWellFormedUriString(address.Value, UriKind.Absolute))
            throw new InvalidValueException(LedgerAddress.Setting, "is needed where mails are sent, for the links in them; https://ledger.example.com would be one");
        var from = Get("From") ?? throw new InvalidValueException(Key("From"), "is missing; Ledger <alerts@example.com> would be one");
        if (!MailAddress.TryCreate(from, out var sender))
            throw new InvalidValueException(Key("From"), $"'{Text.Shorten(from)}' is no mail address");
        var isSecured = Get("Tls") switch
        {
            null or "starttls" => true,
            "none" => false,
            var other => throw new InvalidValueException(Key("Tls"), $"'{Text.Shorten(other)}' is neither 'starttls' nor 'none'"),
        };
        var credentials = Get("User") is { } user ? new NetworkCredential(user, Password()) : null;
        if (credentials is not null && !isSecured)
            throw new InvalidValueException(Key("Tls"), "is 'none', and a password is sent over an encrypted connection only");
        var port = Get("Port") is not { } text ? SubmissionPort
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= IPEndPoint.MaxPort ? number : throw new InvalidValueException(Key("Port"), $"'{Text.Shorten(text)}' is no port");
        return new MailSettings(host, port, isSecured, credentials, new MailAddress(sender.Address, sender.DisplayName.Length > 0 ? sender.DisplayName : "Ledger"), address.Value);

        string? Get(string setting) => configuration?[Key(setting)] is { Length: > 0 } value ? value : null;

        string Password()
        {
            if (Get("PasswordFile") is not { } file)
                return Get("Password") ?? throw new InvalidValueException(Key("Password"), "is missing, and so is the name of a file that holds it, PasswordFile");
            try
            {
                return File.ReadAllText(file).TrimEnd('\r', '\n');
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new InvalidValueException(Key("PasswordFile"), $"cannot be read: {e.Message.TrimEnd('.')}");
            }
        }
    }

    private static string Key(string setting) => $"{Section}:{setting}";
}
