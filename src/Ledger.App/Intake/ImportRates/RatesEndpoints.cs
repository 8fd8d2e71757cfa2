using Ledger.App.Log;
using Ledger.App.Shell;
using Ledger.Domain.Values;

namespace Ledger.App.Intake.ImportRates;

/// <summary>Reference rates over HTTP: as JSON under /api, and as the form on the page of the rates.</summary>
internal static class RatesEndpoints
{
    private const string Example = """{"csv": "Date,USD,CNY,\n2020-04-03,1.0785,7.6622,\n"}""";

    public static void MapImportRates(this IEndpointRouteBuilder routes)
    {
        routes.MapGroup("/api/rates").MapPost("", ImportRates).WithTags("Rates").Accepts<RatesBody>("application/json").WithBody(Example).WithProblems("rates-differ", "rates-of-the-future");
        routes.MapGroup("/rates").MapPost("/import", async (HttpContext context, RatesLedger rates, CancellationToken cancel) =>
        {
            var imported = await OfForm(context, rates, cancel);
            return context.SeeOther($"/rates?on={imported.To:yyyy-MM-dd}", imported.Position);
        }).ExcludeFromDescription();
    }

    /// <summary>Records reference rates, an event a published day</summary>
    /// <remarks>From a file as the European Central Bank publishes it, the history or one day. What is recorded is left alone; other figures of a known day are refused unless a reason says why they are right, and then nothing is recorded.</remarks>
    /// <param name="context">Of the request.</param>
    /// <param name="rates">The record's.</param>
    /// <param name="cancel">The sender has gone.</param>
    internal static async Task<RatesImported> ImportRates(HttpContext context, RatesLedger rates, CancellationToken cancel)
    {
        var body = await Fields.OfJson<RatesBody>(context.Request, cancel);
        return await Import(rates, body.Csv ?? throw new InvalidValueException("csv", "is missing"), body.Reason, Preconditions.WriterOf(context, body), cancel);
    }

    private static async Task<RatesImported> OfForm(HttpContext context, RatesLedger rates, CancellationToken cancel)
    {
        var form = await Fields.FormOf(context.Request, cancel);
        var file = form.Files["file"] ?? throw new InvalidValueException("file", "is missing");
        using var bytes = new MemoryStream();
        await file.CopyToAsync(bytes, cancel);
        var reason = form["reason"].ToString();
        return await Import(rates, TextFile.Decode(bytes.ToArray(), "file"), string.IsNullOrWhiteSpace(reason) ? null : reason.Trim(), Author.Of(context), cancel);
    }

    private static async Task<RatesImported> Import(RatesLedger rates, string csv, string? reason, Writer writer, CancellationToken cancel)
    {
        var days = RatesFile.Parse("csv", csv);
        var outcome = await rates.Publish(days, reason is null ? null : new Reason(reason), DateOnly.FromDateTime(DateTime.UtcNow), writer, _ => { }, cancel);
        return new RatesImported(days.Count, days[0].Rates.Day, days[^1].Rates.Day, outcome.Events, outcome.Position);
    }

    /// <summary>The body of a request.</summary>
    internal sealed class RatesBody
    {
        /// <summary>The file, to the letter: eurofxref-hist.csv or eurofxref.csv.</summary>
        public string? Csv { get; set; }

        /// <summary>Why figures that differ from recorded ones are right; left out where they are to be refused.</summary>
        public string? Reason { get; set; }
    }
}
