using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Ledger.App.Views;

namespace Ledger.App.Access;

/// <summary>A key as the ledger keeps it: all but its secret.</summary>
/// <param name="Name">Whom everything that is written with it is by.</param>
/// <param name="Scope">What it may change of what its role may; null for all of that.</param>
/// <param name="ExpiresAt">From then on it is good for nothing; null: never.</param>
/// <param name="LastUsedOn">The day, UTC; null where it was never used.</param>
public sealed record AccessKey(
    string Id, string Name, Role Role, IReadOnlyList<Area>? Scope, string MadeBy, DateTime MadeAt, DateTime? ExpiresAt,
    string? RevokedBy, DateTime? RevokedAt, DateOnly? LastUsedOn)
{
    private const string Prefix = "ledger_";
    private const int SecretBytes = 32;
    private const int SecretLength = 43;

    public bool IsLive(DateTime now) => RevokedAt is null && !(ExpiresAt <= now);

    /// <summary>A new key as its user gives it: what is not here is known to nobody.</summary>
    public static string Make(out string id, out byte[] hash)
    {
        id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        hash = Hash(secret);
        return $"{Prefix}{id}_{secret}";
    }

    /// <summary>Takes apart what somebody gives for a key; false where it has not the form of one.</summary>
    public static bool TryRead(string given, out string id, out byte[] hash)
    {
        (id, hash) = ("", []);
        if (!given.StartsWith(Prefix, StringComparison.Ordinal) || given[Prefix.Length..].Split('_', 2) is not [{ Length: > 0 } first, { Length: SecretLength } secret])
            return false;
        (id, hash) = (first, Hash(secret));
        return true;
    }

    public static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    /// <summary>In words: live, expired or revoked.</summary>
    public string State(DateTime now) => this switch
    {
        { RevokedAt: { } at } => $"revoked {Shown.Time(at)} by {RevokedBy}",
        { ExpiresAt: { } at } when at <= now => $"expired {Shown.Time(at)}",
        { ExpiresAt: { } at } => $"until {Shown.Time(at)}",
        _ => "live",
    };
}
