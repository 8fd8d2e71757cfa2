using System.Buffers.Text;
using System.Security.Claims;
using System.Security.Cryptography;

namespace Ledger.App.Access;

/// <summary>
/// A link that signs whoever runs a ledger on their own machine in, once, while nobody has made a key. It is kept in memory: with
/// the server end the link and the session that it began.
/// </summary>
internal sealed class SignInLink
{
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(15);

    private readonly string _session = $"link-{Guid.NewGuid():N}";
    private readonly Lock _lock = new();
    private byte[]? _hash;
    private DateTime _until;

    public static string Name => Environment.UserName;

    /// <summary>Makes the link's token.</summary>
    public string Make()
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        lock (_lock)
            (_hash, _until) = (AccessKey.Hash(token), DateTime.UtcNow + Life);
        return token;
    }

    /// <summary>Whom the token stands for; null where it is none, or was used, or is too old.</summary>
    public ClaimsPrincipal? Use(string token, string scheme)
    {
        lock (_lock)
        {
            if (_hash is null || DateTime.UtcNow >= _until || !CryptographicOperations.FixedTimeEquals(_hash, AccessKey.Hash(token)))
                return null;
            _hash = null;
        }
        return Visitors.Make(_session, Name, Role.Admin, null, scheme);
    }

    public bool IsSession(string id) => id == _session;
}
