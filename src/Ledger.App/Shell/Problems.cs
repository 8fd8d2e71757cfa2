using System.Globalization;
using System.Text.RegularExpressions;
using Ledger.App.Access;
using Ledger.App.Deals;
using Ledger.App.Intake;
using Ledger.App.Operations.Serve;
using Ledger.App.Views;
using Ledger.App.Views.Moments;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Npgsql;

namespace Ledger.App.Shell;

/// <summary>Errors as problem documents (RFC 9457) under /api, and as a page elsewhere.</summary>
internal static partial class Problems
{
    public static async Task Handle(HttpContext context)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()!.Error;
        var problem = Of(error, context);
        if (error is AccessRefusedException { RetryAfter: { } after })
            context.Response.Headers.RetryAfter = after.TotalSeconds.ToString("0", CultureInfo.InvariantCulture);
        if (problem.Status == StatusCodes.Status500InternalServerError)
            context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Ledger.Requests").LogError(error, "{Method} {Path} failed", context.Request.Method, RequestLog.PathOf(context));
        await Write(context, problem);
    }

    /// <summary>For answers that have a status and nothing else: an address where nothing is.</summary>
    public static async Task HandleStatus(StatusCodeContext status)
    {
        var context = status.HttpContext;
        var code = context.Response.StatusCode;
        var type = ProblemType.Of(code) ?? new ProblemType("about:blank", code, "The request was refused", "");
        await Write(context, Of(type, context, code switch
        {
            StatusCodes.Status404NotFound => $"There is nothing at {context.Request.Path}.",
            StatusCodes.Status405MethodNotAllowed => $"{context.Request.Path} does not take {context.Request.Method}, but {context.Response.Headers.Allow}.",
            StatusCodes.Status415UnsupportedMediaType => $"The body is '{context.Request.ContentType}'; application/json is expected.",
            StatusCodes.Status403Forbidden => "The request is not allowed.",
            _ => $"The answer's status is {code}.",
        }));
    }

    private static ProblemDetails Of(Exception error, HttpContext context) => error switch
    {
        NotFoundException => Of(ProblemType.NotFound, context, error.Message),
        InvalidValueException e => Of(ProblemType.InvalidValue, context, e.Message, e.Field),
        InputException => Of(ProblemType.InvalidValue, context, error.Message),
        RefusedException { Refusal: var refusal } => Of(ProblemType.Of(refusal), context, refusal.Sentence),
        AccessRefusedException e => Of(e.Type, context, e.Message),
        ViewsBehindException or ViewsMissingException => Of(ProblemType.ViewsBehind, context, error.Message),
        VersionConflictException => Of(ProblemType.Busy, context, "What was to be changed was changed by others again and again meanwhile; nothing was recorded."),
        AppendOutcomeUnknownException => Of(ProblemType.OutcomeUnknown, context, "The database was lost on the way: the change may have been recorded, or not."),
        PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire } => Of(ProblemType.InvalidValue, context, "The request holds a NUL character, which stands in no name and no text of the record."),
        BadHttpRequestException e when Parameter().Match(e.Message) is { Success: true } given =>
            Of(ProblemType.InvalidValue, context, $"{given.Groups[1]}: {(given.Groups[2].Success ? $"'{given.Groups[2]}' cannot be used" : "is missing")}", given.Groups[1].Value),
        BadHttpRequestException e => Of(ProblemType.Of(e.StatusCode) ?? ProblemType.BadRequest, context, e.Message),
        _ => Of(ProblemType.Fault, context, "Something went wrong on our side; the log says what."),
    };

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

    private static ProblemDetails Of(ProblemType type, HttpContext context, string detail, string? field = null)
    {
        var problem = new ProblemDetails
        {
            Type = type.Name == "about:blank" ? type.Name : type.Address,
            Title = type.Title,
            Status = type.Status,
            Detail = detail,
            Instance = context.Request.Path,
        };
        if (field is not null)
            problem.Extensions["field"] = field;
        return problem;
    }

    /// <summary>How the framework says that a part of an address is none, which it calls by its type.</summary>
    [GeneratedRegex("""parameter "\S+ (\w+)" (?:from "(.*)"|was not provided)""")]
    private static partial Regex Parameter();
}
