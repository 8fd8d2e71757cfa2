using Ledger.App.Access;
using Ledger.App.Deals;
using Ledger.App.Intake;
using Ledger.App.Views;
using Ledger.App.Views.Moments;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Ledger.App.Shell;

/// <summary>Errors as problem documents (RFC 9457) under /api, and as a page elsewhere.</summary>
internal static class Problems
{
    public static async Task Handle(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()!.Error;
        var problem = error switch
        {
            NotFoundException => Of(StatusCodes.Status404NotFound, "not-found", "Not in the record", error.Message),
            InvalidValueException e => Of(StatusCodes.Status400BadRequest, "invalid-value", "A value cannot be used", e.Message, e.Field),
            RefusedException { Refusal: { Type: "deal-unknown" } refusal } => Of(StatusCodes.Status404NotFound, refusal.Type, "Not in the record", refusal.Sentence),
            RefusedException { Refusal: var refusal } => Of(refusal.IsOfInput ? StatusCodes.Status400BadRequest : StatusCodes.Status409Conflict, refusal.Type, "The record says no", refusal.Sentence),
            InputException => Of(StatusCodes.Status400BadRequest, "invalid-value", "A value cannot be used", error.Message),
            ViewsBehindException or ViewsMissingException => Of(StatusCodes.Status503ServiceUnavailable, "views-behind", "Not yet", error.Message),
            AccessRefusedException e => Of(e.Status, e.Type, e.Title, e.Message),
            BadHttpRequestException e => Of(e.StatusCode, "bad-request", "The request cannot be read", e.Message),
            _ => Of(StatusCodes.Status500InternalServerError, "fault", "The ledger failed", "Something went wrong on our side; the log says what."),
        };
        if (problem.Status == StatusCodes.Status500InternalServerError)
            context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Ledger.Requests").LogError(error, "{Method} {Path} failed", context.Request.Method, context.Request.Path.Value);
        await Write(context, problem);
    }

    /// <summary>For answers that have a status and nothing else: an address where nothing is.</summary>
    public static async Task HandleStatus(StatusCodeContext status)
    {
        var context = status.HttpContext;
        var problem = context.Response.StatusCode == StatusCodes.Status404NotFound
            ? Of(StatusCodes.Status404NotFound, "not-found", "Nothing here", $"There is nothing at {context.Request.Path}.")
            : Of(context.Response.StatusCode, "http", "The request was refused", $"The answer's status is {context.Response.StatusCode}.");
        await Write(context, problem);
    }

    private static async Task Write(HttpContext context, ProblemDetails problem)
    {
        context.Response.StatusCode = problem.Status!.Value;
        if (context.Request.Path.StartsWithSegments("/api"))
            await context.Response.WriteAsJsonAsync(problem, ApiJson.Options, "application/problem+json");
        else
        {
            context.KeepMoment();
            await new RazorComponentResult<Document>(new { Problem = problem }) { StatusCode = problem.Status }.ExecuteAsync(context);
        }
    }

    private static ProblemDetails Of(int status, string type, string title, string detail, string? field = null)
    {
        var problem = new ProblemDetails { Status = status, Type = $"urn:ledger:problem:{type}", Title = title, Detail = detail };
        if (field is not null)
            problem.Extensions["field"] = field;
        return problem;
    }
}
