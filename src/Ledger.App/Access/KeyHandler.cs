using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Ledger.App.Access;

/// <summary>Who sends <c>Authorization: Bearer KEY</c>.</summary>
internal sealed class KeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, KeyCheck keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string Name = "Key";

    private const string Bearer = "Bearer ";

    public static bool IsSent(HttpRequest request) => request.Headers.Authorization.ToString().StartsWith(Bearer, StringComparison.OrdinalIgnoreCase);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!IsSent(Request))
            return AuthenticateResult.NoResult();
        try
        {
            var key = await keys.Recognise(Request.Headers.Authorization.ToString()[Bearer.Length..].Trim(), Context.Connection.RemoteIpAddress, Context.RequestAborted);
            return AuthenticateResult.Success(new AuthenticationTicket(Visitors.Of(key, Name), Name));
        }
        catch (AccessRefusedException e)
        {
            return AuthenticateResult.Fail(e);
        }
    }
}
