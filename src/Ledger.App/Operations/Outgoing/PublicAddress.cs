using System.Net;
using System.Net.Sockets;

namespace Ledger.App.Operations.Outgoing;

/// <summary>
/// Which addresses of the internet a ledger may be sent to by somebody else's text. All others are of this machine, of its network, or of nobody:
/// what listens there trusts whoever reaches it.
/// </summary>
internal static class PublicAddress
{
    // IANA's registries of special-purpose addresses, less what is globally reachable.
    private static readonly IPNetwork[] NotPublic =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "3fff::/20",
        }.Select(network => IPNetwork.Parse(network)),
    ];

    /// <summary>All that has been given out for hosts so far.</summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    public static bool Is(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            if (Within(address) is { } within)
                return Is(within);
            if (!GlobalUnicast.Contains(address))
                return false;
        }
        return !NotPublic.Any(network => network.Contains(address));
    }

    /// <summary>The address of the fourth version that one of the sixth stands for, or is routed to; null where it does neither.</summary>
    private static IPAddress? Within(IPAddress address)
    {
        var octets = address.GetAddressBytes();
        if (address.IsIPv4MappedToIPv6 || Nat64.Contains(address))
            return new IPAddress(octets.AsSpan(12));
        if (SixToFour.Contains(address))
            return new IPAddress(octets.AsSpan(2, 4));
        // ISATAP: an interface that is named after an address of the fourth version.
        return octets.AsSpan(8, 4) is [0 or 2, 0, 0x5e, 0xfe] ? new IPAddress(octets.AsSpan(12)) : null;
    }
}
