using System.Net;
using System.Net.Mail;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ledger.App.Alerts.Mail;
using Ledger.App.Tests.Support;
using Ledger.App.Tests.Watchlists;
using Ledger.EventStore;
using Ledger.Testing;

namespace Ledger.App.Tests.Alerts.Mail;

/// <summary>What is said to a mail server, and how safely.</summary>
public sealed class MailRelayTests : IDisposable
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private readonly TemporaryFolder _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Over_an_encrypted_connection_and_signed_in_the_program_mails_whom_the_command_names()
    {
        await using var mails = await MailServer.Start(Certified("ledger", "open sesame"), Cancel);
        await using var ledger = await LedgerOnTestDatabase.Create(Cancel);
        var history = new WatchHistory(ledger.Get<EventLog>());
        await history.Begin(Cancel);
        await ledger.CatchUp(Cancel);
        var options = new LedgerProgramOptions
        {
            Environment = new Dictionary<string, string?>
            {
                ["ConnectionStrings__Ledger"] = ledger.OwnerConnectionString,
                ["LEDGER_DATA"] = ledger.DataFolder,
                ["Ledger__Address"] = "https://ledger.example.com",
                ["SSL_CERT_FILE"] = Path.Combine(_files.Path, "certificate.pem"),
                ["Ledger__Mail__Host"] = "localhost",
                ["Ledger__Mail__Port"] = $"{mails.Port}",
                ["Ledger__Mail__From"] = "Alerts <alerts@example.com>",
                ["Ledger__Mail__User"] = "ledger",
                ["Ledger__Mail__Password"] = "open sesame",
            },
        };
        var added = await LedgerProgram.Run(["alerts", "add", "Robots", "--sector", "robotics", "--mail", "ada@example.com", "--quiet", "03:00-03:01", "--zone", "Europe/Berlin"], options);
        Assert.True(added.ExitCode == 0, added.Errors);
        var changed = await LedgerProgram.Run(["alerts", "change", "robots", "--mail", "grace@example.com"], options);
        Assert.True(changed.ExitCode == 0, changed.Errors);
        await history.Happen(6, Cancel);
        await using var server = LedgerProgram.Start(["serve", "--urls", "http://127.0.0.1:0"], options);
        var mail = await mails.Next(Cancel);
        Assert.Equal((true, "ledger", "grace@example.com", "alerts@example.com"), ((bool)mail["isSecure"]!, (string)mail["user"]!, (string)mail["to"]!, (string)mail["from"]!));
        var shown = await ledger.Run("alerts", "show", "robots");
        Assert.Contains("g…@example.com (at once, not from 03:00 to 03:01, Europe/Berlin; endpoint 2)", shown.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await ledger.Run("alerts", "rotate", "2")).ExitCode);
    }

    [Fact]
    public async Task Nothing_is_said_to_a_server_whose_certificate_is_nobodys_or_that_does_not_encrypt()
    {
        await using var forged = await MailServer.Start(Certified(null, null), Cancel);
        await using var plain = await MailServer.Start(new MailServerOptions(), Cancel);
        foreach (var port in new[] { forged.Port, plain.Port })
        {
            var outcome = await Send(port, isSecured: true, null);
            Assert.Equal((MailVerdict.ServerFails, null), (outcome.Verdict, outcome.Status));
            Assert.Matches("certificate|secure connections", outcome.Failure!);
        }
        Assert.False(forged.HasMore || plain.HasMore);
    }

    [Fact]
    public async Task A_server_that_is_not_there_or_wants_another_password_fails_for_all_and_not_for_one()
    {
        var mails = await MailServer.Start(new MailServerOptions(User: "ledger", Password: "open sesame"), Cancel);
        Assert.Equal(MailVerdict.ServerFails, (await Send(mails.Port, isSecured: false, new NetworkCredential("ledger", "close sesame"))).Verdict);
        var port = mails.Port;
        await mails.DisposeAsync();
        var outcome = await Send(port, isSecured: false, null);
        Assert.Equal((MailVerdict.ServerFails, "The mail server could not be used: Connection refused."), (outcome.Verdict, outcome.Failure));
    }

    [Fact]
    public void Without_a_server_nobody_can_be_mailed() => Assert.Equal(
        "mail: cannot be used, since no mail server is configured; Ledger__Mail__Host names one", Assert.Throws<Domain.Values.InvalidValueException>(() => new MailRelay(null).Settings).Message);

    private static async Task<MailOutcome> Send(int port, bool isSecured, NetworkCredential? credentials)
    {
        using var message = new MailMessage("alerts@example.com", "ada@example.com", "Words", "More words.");
        return await new MailRelay(new MailSettings("127.0.0.1", port, isSecured, credentials, new MailAddress("alerts@example.com"), "https://ledger.example.com")).Send(message, Cancel);
    }

    /// <summary>A server with a certificate that it has signed itself.</summary>
    private MailServerOptions Certified(string? user, string? password)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var (certificateFile, keyFile) = (Path.Combine(_files.Path, "certificate.pem"), Path.Combine(_files.Path, "key.pem"));
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return new MailServerOptions(certificateFile, keyFile, user, password);
    }
}
