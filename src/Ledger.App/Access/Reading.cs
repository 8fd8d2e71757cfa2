using System.Net;
using System.Security.Claims;
using Ledger.Domain.Values;
using Microsoft.AspNetCore.Http;

namespace Ledger.App.Access;

/// <summary>Whether reading takes a key: <c>Ledger:Reading</c>, <c>open</c> or <c>keys</c>; else open to this machine only, and not to whoever comes by way of a proxy.</summary>
/// <param name="IsOpen">Whether everybody reads.</param>
internal sealed record Reading(bool IsOpen)
{
    public bool IsFor(ClaimsPrincipal visitor) => IsOpen || visitor.IsKnown();

    /// <exception cref="InvalidValueException">It is configured as something else.</exception>
    public static Reading Of(IConfiguration configuration, string addresses) => configuration["Ledger:Reading"] switch
    {
        null or "" => new Reading(IsHere(addresses.Split(';')) && !IsBehindProxy(configuration)),
        "open" => new Reading(true),
        "keys" => new Reading(false),
        var other => throw new InvalidValueException("Ledger:Reading", $"'{other}' is neither 'open' nor 'keys'"),
    };

    /// <summary>Whether the server is told who asks by a proxy, which may be on this machine and open to all.</summary>
    private static bool IsBehindProxy(IConfiguration configuration) => string.Equals(configuration["ASPNETCORE_FORWARDEDHEADERS_ENABLED"], "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether only programs on this machine reach a server that listens at these addresses.</summary>
    public static bool IsHere(IEnumerable<string> addresses) => addresses.All(address =>
        BindingAddress.Parse(address) is { IsUnixPipe: false, Host: var host }
        && (host == "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip)));
}
