using Ledger.App.Alerts;
using Ledger.App.Alerts.Mail;
using Ledger.App.Alerts.Subscriptions;
using Ledger.Domain.Values;
using Microsoft.Extensions.Configuration;

namespace Ledger.App.Tests.Alerts.Mail;

/// <summary>What is asked of mails, and what is configured of them.</summary>
public sealed class MailOrderTests
{
    [Theory]
    [InlineData("ada@example.com", "ada@example.com")]
    [InlineData("Ada.Lovelace+deals@EXAMPLE.com", "Ada.Lovelace+deals@example.com")]
    [InlineData("ada@bücher.example", "ada@xn--bcher-kva.example")]
    public void An_address_is_taken(string given, string taken) => Assert.Equal(taken, MailOrder.Address("mail", given));

    [Theory]
    [InlineData("ada")]
    [InlineData("@example.com")]
    [InlineData("Ada <ada@example.com>")]
    [InlineData("\"ada lovelace\"@example.com")]
    [InlineData("ada@example.com\r\nBcc: everybody@example.com")]
    [InlineData("ada@[127.0.0.1]")]
    [InlineData("ada..lovelace@example.com")]
    [InlineData("ada@-example.com")]
    [InlineData("адa@example.com")]
    public void What_is_no_address_is_refused(string given) => Assert.Contains("is no mail address", Assert.Throws<InvalidValueException>(() => MailOrder.Address("mail", given)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("ada@example.com", "a…@example.com")]
    [InlineData("al@example.com", "…@example.com")]
    public void Readers_are_shown_a_part_of_an_address(string address, string shown) => Assert.Equal(shown, MailOrder.Shown(address));

    [Fact]
    public void What_is_asked_for_takes_the_place_of_what_there_is_and_the_rest_stays()
    {
        var first = MailOrder.Of(new MailFields { Mail = "ada@example.com, grace@example.com", Digest = "weekly", Hour = "9:30", Day = "friday", Zone = "Europe/Berlin", Quiet = "22-7" })!;
        Assert.Equal(["ada@example.com", "grace@example.com"], first.To);
        var timing = first.Apply(MailTiming.Default);
        Assert.Equal("on Fridays at 09:30, not from 22:00 to 07:00, Europe/Berlin", timing.ToString());
        Assert.Equal("daily at 09:30, not from 22:00 to 07:00, Europe/Berlin", MailOrder.Of(new MailFields { Digest = "daily" })!.Apply(timing).ToString());
        Assert.Equal("at once", MailOrder.Of(new MailFields { Digest = "immediate", Quiet = "none" })!.Apply(timing).ToString());
        Assert.Equal([], MailOrder.Of(new MailFields { Mail = "none" })!.To);
        Assert.Null(MailOrder.Of(new MailFields { Sector = "chips" }));
    }

    [Theory]
    [InlineData("digest: 'hourly' is not one of immediate, daily, weekly", "hourly", null, null, null, null)]
    [InlineData("hour: is when a digest goes; ask for a daily or a weekly one", null, "08:00", null, null, null)]
    [InlineData("hour: '25:00' is no time of the day; 08:00 would be one", "daily", "25:00", null, null, null)]
    [InlineData("day: is when a weekly digest goes; ask for one", "daily", null, "monday", null, null)]
    [InlineData("day: '1' is no day of the week; monday would be one", "weekly", null, "1", null, null)]
    [InlineData("zone: 'Mars/Olympus' is no time zone that is known here; Europe/Berlin would be one", null, null, null, "Mars/Olympus", null)]
    [InlineData("quiet: '22:00' are no hours; 22:00-07:00 would be some", null, null, null, null, "22:00")]
    [InlineData("hour: 23:00 is among the quiet hours 22:00-07:00", "daily", "23:00", null, null, "22:00-07:00")]
    public void What_does_not_go_together_is_refused_in_a_sentence(string sentence, string? digest, string? hour, string? day, string? zone, string? quiet) => Assert.Contains(
        sentence,
        Assert.Throws<InvalidValueException>(() => MailOrder.Of(new MailFields { Mail = "ada@example.com", Digest = digest, Hour = hour, Day = day, Zone = zone, Quiet = quiet })!.Apply(MailTiming.Default)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void A_server_is_configured_with_little_and_its_password_may_be_in_a_file()
    {
        Assert.Null(Configured());
        var settings = Configured(("Host", "smtp.example.com"), ("From", "alerts@example.com"))!;
        Assert.Equal(("smtp.example.com", 587, true, "\"Ledger\" <alerts@example.com>", null), (settings.Host, settings.Port, settings.IsSecured, settings.From.ToString(), settings.Credentials?.UserName));
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "open sesame\n");
        var signedIn = Configured(("Host", "smtp.example.com"), ("From", "Alerts <alerts@example.com>"), ("User", "ledger"), ("PasswordFile", file))!;
        Assert.Equal(("ledger", "open sesame"), (signedIn.Credentials!.UserName, signedIn.Credentials.Password));
        File.Delete(file);
    }

    [Theory]
    [InlineData("Ledger:Mail:From: is missing", "From", "")]
    [InlineData("Ledger:Mail:From: 'nobody' is no mail address", "From", "nobody")]
    [InlineData("Ledger:Mail:Port: '0' is no port", "Port", "0")]
    [InlineData("Ledger:Mail:Tls: 'perhaps' is neither 'starttls' nor 'none'", "Tls", "perhaps")]
    [InlineData("Ledger:Mail:Password: is missing", "User", "ledger")]
    [InlineData("Ledger:Mail:PasswordFile: cannot be read", "User", "ledger", "PasswordFile", "/no/such/file")]
    [InlineData("Ledger:Mail:Tls: is 'none', and a password is sent over an encrypted connection only", "User", "ledger", "Password", "x", "Tls", "none")]
    public void What_is_configured_wrong_is_named(string sentence, params string[] settings)
    {
        var all = new Dictionary<string, string> { ["Host"] = "smtp.example.com", ["From"] = "alerts@example.com" };
        foreach (var pair in settings.Chunk(2))
            all[pair[0]] = pair[1];
        Assert.Contains(sentence, Assert.Throws<InvalidValueException>(() => Configured([.. all.Select(one => (one.Key, one.Value))])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_in_mails_need_the_address_of_the_ledger() => Assert.Contains(
        "Ledger:Address: is needed where mails are sent",
        Assert.Throws<InvalidValueException>(() => MailSettings.Of(new ConfigurationBuilder().AddInMemoryCollection([new("Ledger:Mail:Host", "smtp.example.com")]).Build(), new LedgerAddress(""))).Message, StringComparison.Ordinal);

    private static MailSettings? Configured(params (string Key, string Value)[] settings) => MailSettings.Of(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(one => KeyValuePair.Create($"Ledger:Mail:{one.Key}", (string?)one.Value))).Build(), new LedgerAddress("https://ledger.example.com"));
}
