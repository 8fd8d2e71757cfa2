using Ledger.App.Shell;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ledger.App.Alerts.Webhooks;

/// <summary>What answers a form that may have made secrets: they are shown this once; where there are none, it leads back.</summary>
internal static class SecretAnswer
{
    public static IResult Of(IReadOnlyList<NewSecret> secrets, string back) => secrets.Count == 0 ? new SeeOther(back)
        : Shown("Keep this secret", "What is sent there is signed with it, as Standard Webhooks says. It is shown this once.", [.. secrets.Select(secret => ($"Endpoint {secret.Endpoint}", secret.Secret))], back);

    public static IResult Shown(string title, string lead, IReadOnlyList<(string Of, string Secret)> secrets, string back)
    {
        RenderFragment page = builder =>
        {
            builder.OpenComponent<NewSecrets>(0);
            builder.AddAttribute(1, nameof(NewSecrets.Secrets), secrets);
            builder.AddAttribute(2, nameof(NewSecrets.Back), back);
            builder.AddAttribute(3, nameof(NewSecrets.Title), title);
            builder.AddAttribute(4, nameof(NewSecrets.Lead), lead);
            builder.CloseComponent();
        };
        return new RazorComponentResult<Document>(new { Answer = page });
    }

    public static IResult Back(string to) => new SeeOther(to);

    private sealed class SeeOther(string to) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = to;
            return Task.CompletedTask;
        }
    }
}
