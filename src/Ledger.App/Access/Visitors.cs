using System.Security.Claims;
using Ledger.App.Views;

namespace Ledger.App.Access;

/// <summary>Who asks, and what they may do.</summary>
internal static class Visitors
{
    private const string ScopeClaim = "scope";

    /// <summary>Whom a key stands for.</summary>
    /// <param name="key">The key.</param>
    /// <param name="scheme">How it was given.</param>
    public static ClaimsPrincipal Of(AccessKey key, string scheme) => Make(key.Id, key.Name, key.Role, key.Scope, scheme);

    /// <param name="id">Of a key, or of a session without one.</param>
    public static ClaimsPrincipal Make(string id, string name, Role role, IReadOnlyList<Area>? scope, string scheme) => new(new ClaimsIdentity(
        [
            new Claim(ClaimTypes.NameIdentifier, id), new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, Written.Name(role)),
            .. (scope ?? []).Select(area => new Claim(ScopeClaim, Written.Name(area))),
        ], scheme));

    public static bool IsKnown(this ClaimsPrincipal user) => user.Identity is { IsAuthenticated: true };

    public static string Id(this ClaimsPrincipal user) => user.FindFirstValue(ClaimTypes.NameIdentifier)!;

    public static Role Role(this ClaimsPrincipal user) => Enum.Parse<Role>(user.FindFirstValue(ClaimTypes.Role)!, ignoreCase: true);

    /// <summary>The role that changes something: operating is for admins, and so is what nobody has said the area of.</summary>
    public static Role Needed(Area? area) => area is null or Area.Views or Area.Jobs ? Access.Role.Admin : Access.Role.Editor;

    public static bool MayWrite(this ClaimsPrincipal user, Area? area)
    {
        if (!user.IsKnown() || user.Role() < Needed(area))
            return false;
        var scope = user.FindAll(ScopeClaim).Select(claim => claim.Value).ToList();
        return scope.Count == 0 || area is { } wanted && scope.Contains(Written.Name(wanted));
    }
}
