using System.Net;
using Ledger.App.Operations.Outgoing;
using Ledger.App.Tests.Intake;
using Ledger.Domain.Values;
using Microsoft.Extensions.Configuration;

namespace Ledger.App.Tests.Operations;

/// <summary>What the ledger asks of other hosts goes to public addresses only.</summary>
public sealed class OutgoingTests : IAsyncLifetime
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    private FeedServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await FeedServer.Start(Cancel);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("93.184.216.34", true)]
    [InlineData("8.8.8.8", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("100.128.0.1", true)]
    [InlineData("2606:2800:220:1:248:1893:25c8:1946", true)]
    [InlineData("64:ff9b::808:808", true)]
    [InlineData("2002:808:808::1", true)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.255.255.254", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("192.0.0.170", false)]
    [InlineData("192.0.2.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("198.51.100.7", false)]
    [InlineData("203.0.113.7", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::127.0.0.1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:0:127.0.0.1", false)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("64:ff9b:1::808:808", false)]
    [InlineData("2002:7f00:1::1", false)]
    [InlineData("2002:a9fe:a9fe::1", false)]
    [InlineData("2001:0:53aa:64c:0:fbff:b3b5:c5c6", false)]
    [InlineData("2606:2800:220:1:0:5efe:10.0.0.1", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("3fff::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd12:3456::1", false)]
    [InlineData("ff02::1", false)]
    [InlineData("100::1", false)]
    [InlineData("5f00::1", false)]
    public void An_address_is_public_or_not(string address, bool isPublic) => Assert.Equal(isPublic, PublicAddress.Is(IPAddress.Parse(address)));

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0x7f.1/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://[::1]/")]
    [InlineData("http://[::ffff:127.0.0.1]/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    public void A_private_address_is_refused_however_it_is_written(string address)
    {
        var refused = Assert.Throws<InvalidValueException>(() => Http().Check("address", address));

        Assert.Contains("is an address of a private network", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ftp://example.com/feed")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/feed")]
    [InlineData("https://ada:secret@example.com/feed")]
    public void What_is_no_address_of_the_web_is_refused(string address) => Assert.Throws<InvalidValueException>(() => Http().Check("address", address));

    [Fact]
    public async Task A_name_that_leads_to_a_private_address_is_not_connected_to()
    {
        var port = new Uri(_server.Address).Port;
        foreach (var host in new[] { "localhost", "127.0.0.1", "2130706433", "[::ffff:127.0.0.1]" })
        {
            var refused = await Assert.ThrowsAsync<OutgoingException>(() => Get(Http(), $"http://{host}:{port}/good"));
            Assert.Contains("is in a private network, which the ledger does not ask", refused.Message, StringComparison.Ordinal);
        }
        Assert.Empty(_server.Asked);
    }

    [Fact]
    public async Task What_an_administrator_allows_is_asked_and_redirections_are_looked_at_one_by_one()
    {
        using var http = Http(FeedServer.Allowed);
        Assert.Equal("/good", (await Get(http, $"{_server.Address}/moved")).Address.AbsolutePath);
        Assert.Contains("127.0.0.2 is in a private network", (await Assert.ThrowsAsync<OutgoingException>(() => Get(http, $"{_server.Address}/inside"))).Message, StringComparison.Ordinal);
        Assert.Contains("redirects again and again", (await Assert.ThrowsAsync<OutgoingException>(() => Get(http, $"{_server.Address}/round"))).Message, StringComparison.Ordinal);
        Assert.Contains("redirects to file:", (await Assert.ThrowsAsync<OutgoingException>(() => Get(http, $"{_server.Address}/file"))).Message, StringComparison.Ordinal);
        Assert.DoesNotContain("/secret", _server.Asked);
    }

    [Fact]
    public async Task What_is_sent_follows_no_redirection_and_goes_to_no_private_address()
    {
        var port = new Uri(_server.Address).Port;
        foreach (var host in new[] { "localhost", "127.0.0.1", "2130706433", "017700000001", "[::1]", "[::ffff:127.0.0.1]" })
            Assert.Contains("is in a private network", (await Assert.ThrowsAsync<OutgoingException>(() => Post(Http(), $"http://{host}:{port}/good"))).Message, StringComparison.Ordinal);
        Assert.Empty(_server.Asked);
        Assert.Equal(302, (await Post(Http(FeedServer.Allowed), $"{_server.Address}/moved")).Status);
        Assert.Equal(["/moved"], _server.Asked);
    }

    [Fact]
    public async Task A_name_that_leads_elsewhere_than_when_it_was_looked_at_is_not_followed_there()
    {
        var answers = new Queue<string>(["93.184.216.34", "127.0.0.1"]);
        using var http = new OutgoingHttp(new ConfigurationManager(), (_, _) => Task.FromResult(new[] { IPAddress.Parse(answers.Dequeue()) }));
        var address = http.Check("webhook", $"http://rebound.example:{new Uri(_server.Address).Port}/good");
        // Whoever had looked at the name was told something else.
        Assert.True(PublicAddress.Is(IPAddress.Parse(answers.Dequeue())));
        Assert.Contains("rebound.example is in a private network", (await Assert.ThrowsAsync<OutgoingException>(() => Post(http, address.AbsoluteUri))).Message, StringComparison.Ordinal);
        Assert.Empty(_server.Asked);
    }

    [Theory]
    [InlineData("/slow", "did not answer within 1 seconds")]
    [InlineData("/silent", "did not answer within 1 seconds")]
    [InlineData("/huge", "has more than 1,000,000 bytes")]
    [InlineData("/bomb", "has more than 1,000,000 bytes")]
    [InlineData("/gone", "answered 410")]
    [InlineData("/cut", "127.0.0.1")]
    public async Task An_answer_is_bounded_in_time_and_size_and_every_failure_is_one_sentence(string path, string sentence)
    {
        using var http = Http(FeedServer.Allowed);
        var failed = await Assert.ThrowsAsync<OutgoingException>(() => Get(http, _server.Address + path));

        Assert.Contains(sentence, failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failed.Message);
    }

    [Fact]
    public void What_is_allowed_has_to_be_networks() =>
        Assert.StartsWith("Ledger:Outgoing:Allow: 'everything' is no network", Assert.Throws<InvalidValueException>(() => Http("everything")).Message, StringComparison.Ordinal);

    private static OutgoingHttp Http(string? allow = null) => new(new ConfigurationManager { [OutgoingHttp.Setting] = allow });

    private static Task<PostAnswer> Post(OutgoingHttp http, string address) => http.Post(new Uri(address), new Dictionary<string, string>(), "{}", 1000, TimeSpan.FromSeconds(5), Cancel);

    private static Task<OutgoingAnswer> Get(OutgoingHttp http, string address) => http.Get(new Uri(address), null, null, 1_000_000, TimeSpan.FromSeconds(1), Cancel);
}
