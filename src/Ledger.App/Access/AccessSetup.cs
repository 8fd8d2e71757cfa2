using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;

namespace Ledger.App.Access;

/// <summary>
/// Who may do what on the server. No address has to ask for a key: whatever changes something takes one, and an admin's
/// unless it says which area it is of.
/// </summary>
internal static class AccessSetup
{
    public const string Session = "Session";

    private const string KeyOrSession = "KeyOrSession";
    private static readonly TimeSpan SessionLife = TimeSpan.FromDays(14);

    /// <param name="services">To be added to.</param>
    /// <param name="reading">Whether reading takes a key.</param>
    /// <param name="keysFolder">Where what sessions are sealed with is kept, so that they outlive the server.</param>
    public static void AddAccess(this IServiceCollection services, Reading reading, string keysFolder)
    {
        var sealing = Directory.CreateDirectory(Path.Combine(keysFolder, "sessions"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        services.AddDataProtection().SetApplicationName("ledger").PersistKeysToFileSystem(sealing);
        services.AddSingleton(reading).AddSingleton<KeyCheck>().AddSingleton<SignInLink>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, AccessAnswers>();
        services.AddAntiforgery(options => (options.Cookie.Name, options.Cookie.SecurePolicy) = ("ledger-form", CookieSecurePolicy.SameAsRequest));
        services.AddAuthentication(KeyOrSession)
            .AddPolicyScheme(KeyOrSession, null, options => options.ForwardDefaultSelector = context => KeyHandler.IsSent(context.Request) ? KeyHandler.Name : Session)
            .AddScheme<AuthenticationSchemeOptions, KeyHandler>(KeyHandler.Name, null)
            .AddCookie(Session, options =>
            {
                (options.Cookie.Name, options.Cookie.HttpOnly) = ("ledger-session", true);
                (options.Cookie.SameSite, options.Cookie.SecurePolicy) = (SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest);
                (options.ExpireTimeSpan, options.SlidingExpiration) = (SessionLife, true);
                options.Events.OnValidatePrincipal = Validate;
            });
        var rule = new AuthorizationPolicyBuilder().RequireAssertion(asked => IsAllowed((HttpContext)asked.Resource!, reading)).Build();
        services.AddAuthorizationBuilder().SetDefaultPolicy(rule).SetFallbackPolicy(rule);
    }

    public static void UseAccess(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        var (antiforgery, reading, keys) = (app.Services.GetRequiredService<IAntiforgery>(), app.Services.GetRequiredService<Reading>(), app.Services.GetRequiredService<KeyCheck>());
        app.Use(async (context, next) =>
        {
            // A browser sends its cookies with anybody's form; nobody but the key's holder sends a key. What goes by no cookie says so.
            if (!IsRead(context.Request) && !KeyHandler.IsSent(context.Request) && context.GetEndpoint()?.Metadata.GetMetadata<IAntiforgeryMetadata>() is not { RequiresValidation: false })
                await CheckForm(context, antiforgery);
            if (!reading.IsOpen)
                KeepFromSharedCaches(context.Response);
            if (!reading.IsOpen && context.GetEndpoint()?.Metadata.GetMetadata<Lasting>() is not null)
                await Lasting.Run(context, next, keys);
            else
                await next(context);
        });
    }

    /// <summary>What is mapped here and changes something is of an area, and takes a key that may change that.</summary>
    public static RouteGroupBuilder Writing(this IEndpointRouteBuilder routes, Area area) => routes.MapGroup("").WithMetadata(new WritesTo(area));

    public static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);

    public static Area? AreaOf(HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<WritesTo>()?.Area;

    private static bool IsAllowed(HttpContext context, Reading reading)
    {
        if (!IsRead(context.Request))
        {
            // Where the framework itself will refuse, the method or the sort of the body, nothing is changed: who may write is told why.
            return context.GetEndpoint() is { } endpoint and not RouteEndpoint ? context.User.IsKnown() && context.User.Role() >= Role.Editor
                : context.User.MayWrite(AreaOf(context));
        }
        // Whoever sends a key that does not work is told so, rather than taken for somebody without one.
        var isOpen = reading.IsOpen || context.GetEndpoint()?.Metadata.GetMetadata<OpenToAllAttribute>() is not null;
        return context.User.IsKnown() || isOpen && !KeyHandler.IsSent(context.Request);
    }

    private static async Task Validate(CookieValidatePrincipalContext session)
    {
        var (context, id) = (session.HttpContext, session.Principal!.Id());
        if (context.RequestServices.GetRequiredService<SignInLink>().IsSession(id))
            return;
        try
        {
            if (await context.RequestServices.GetRequiredService<KeyCheck>().Live(id, context.RequestAborted) is { } key)
            {
                session.ReplacePrincipal(Visitors.Of(key, Session));
                return;
            }
            session.RejectPrincipal();
            await context.SignOutAsync(Session);
        }
        catch (NpgsqlException) when (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            // Health is told to everybody, also while the database is gone.
            session.RejectPrincipal();
        }
    }

    private static async Task CheckForm(HttpContext context, IAntiforgery antiforgery)
    {
        try
        {
            await antiforgery.ValidateRequestAsync(context);
        }
        catch (AntiforgeryValidationException)
        {
            throw AccessRefusedException.ForeignForm();
        }
    }

    private static void KeepFromSharedCaches(HttpResponse response) => response.OnStarting(() =>
    {
        response.Headers.CacheControl = response.Headers.CacheControl.ToString().Replace("public", "private", StringComparison.Ordinal) is { Length: > 0 } said ? said : "private";
        return Task.CompletedTask;
    });

    private sealed record WritesTo(Area Area);
}

/// <summary>A page that is read without a key, also where reading takes one.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class OpenToAllAttribute : Attribute;
