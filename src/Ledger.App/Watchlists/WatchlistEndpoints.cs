using Ledger.App.Deals;
using Ledger.App.Shell;
using Ledger.App.Views;
using Ledger.Domain.Values;
using Ledger.Domain.Watchlists;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Ledger.App.Watchlists;

/// <summary>Watchlists over HTTP: under /api as JSON, and as the forms on their pages.</summary>
internal static class WatchlistEndpoints
{
    private const string Lists = "Watchlists";
    private const string Member = """{"party": "tencent", "reason": "We have known them for long."}""";

    public static void MapWatchlists(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/watchlists", ListWatchlists).WithTags(Lists).WithExample(("limit", "20"));
        routes.MapGet("/api/watchlists/{id}", GetWatchlist).WithTags(Lists).WithExample(("id", "robots")).WithProblems("not-found");
        routes.MapGet("/api/watchlists/{id}/history", GetWatchlistHistory).WithTags(Lists).WithExample(("id", "robots")).WithProblems("not-found");
        routes.MapGet("/api/rules", ReadRule).WithTags(Lists).WithExample(("rule", "companies where raised within 12 months"));
        routes.MapGet("/rules/told", TellRule).ExcludeFromDescription();
        routes.MapGet("/api/rules/try", TryRule).WithTags(Lists).WithExample(("rule", "companies where raised within 12 months"), ("on", "2020-04-30"));
        routes.MapGroup("/api/watchlists").MapPost("", DefineWatchlist).WithTags(Lists).Accepts<DefineFields>("application/json").WithProblems("watchlist-exists", "watchlist-deleted")
            .WithBody("""{"name": "Robots", "rule": "companies where sector = robotics and raised within 12 months"}""");
        routes.MapGroup("/watchlists").MapPost("define", DefineByForm).ExcludeFromDescription();
        Change<RuleFields>(routes, "rule", "Has another rule choose who is on a list", """{"rule": "companies where sector = robotics", "reason": "All of them, after all."}""",
            async (fields, services, cancel) => new WatchlistCommand.ChangeRule(await services.GetRequiredService<WatchlistQueries>().Rule(fields.Rule ?? "", cancel), new Reason(fields.Reason!)));
        Change<NameFields>(routes, "rename", "Shows a list under another name; its id stays", """{"name": "Robots that walk", "reason": "Arms have a list of their own now."}""",
            (fields, _, _) => Task.FromResult<WatchlistCommand>(new WatchlistCommand.Rename(Text.Line("name", fields.Name).Trim(), new Reason(fields.Reason!))));
        Change<MemberFields>(routes, "pin", "Has a party on a list, whatever its rule says", Member, OfParty((party, reason) => new WatchlistCommand.Pin(party, reason)));
        Change<MemberFields>(routes, "exclude", "Has a party not on a list, whatever its rule says", Member, OfParty((party, reason) => new WatchlistCommand.Exclude(party, reason)));
        Change<MemberFields>(routes, "release", "Leaves a party to the rule of a list again", Member, OfParty((party, reason) => new WatchlistCommand.Release(party, reason)));
        Change<ReasonFields>(routes, "delete", "Keeps a list no more; its history stays", """{"reason": "Nobody looks at it."}""", (fields, _, _) => Task.FromResult<WatchlistCommand>(new WatchlistCommand.Delete(new Reason(fields.Reason!))));
    }

    /// <summary>Watchlists with their rules</summary>
    /// <remarks>Those that are kept, by their ids, each with its rule in plain words and how many are on it.</remarks>
    /// <param name="lists">The record's.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Page<WatchlistEntryRecord>> ListWatchlists(WatchlistQueries lists, string? next, string? limit, CancellationToken cancel) => lists.List(PageLimit.Parse(limit), next, cancel);

    /// <summary>A watchlist: who is on it, since when, and because of which events</summary>
    /// <remarks>Members in the order of their names; whom editors have excluded stands in exclusions.</remarks>
    /// <param name="lists">The record's.</param>
    /// <param name="id">The list's id, or its name.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many members at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<WatchlistRecord> GetWatchlist(WatchlistQueries lists, string id, string? next, string? limit, CancellationToken cancel) => lists.Get(id, PageLimit.Parse(limit), next, cancel);

    /// <summary>What became of a watchlist</summary>
    /// <remarks>Rules, decisions of editors, and who joined and left because of which events, the last first.</remarks>
    /// <param name="lists">The record's.</param>
    /// <param name="id">The list's id, or its name.</param>
    /// <param name="party">Only what is about this party: an id, a name or an alias.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Page<WatchlistHistoryEntry>> GetWatchlistHistory(WatchlistQueries lists, string id, string? party, string? next, string? limit, CancellationToken cancel) =>
        lists.History(id, party, PageLimit.Parse(limit), next, cancel);

    /// <summary>Reads a rule, and tells it in plain words</summary>
    /// <remarks>Or tells in problem what is wrong with it, and at which line and column.</remarks>
    /// <param name="lists">The record's.</param>
    /// <param name="rule">In the language of rules, which /watchlists/language tells.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<ReadRule> ReadRule(WatchlistQueries lists, string rule, CancellationToken cancel) => lists.Read(rule, cancel);

    /// <summary>A piece of a page, for while a rule is typed there.</summary>
    private static async Task<IResult> TellRule(WatchlistQueries lists, string? rule, CancellationToken cancel) =>
        new RazorComponentResult<RuleTold>(new { Read = string.IsNullOrWhiteSpace(rule) ? null : await lists.ReadForList(rule, cancel), IsWhileTyping = true });

    /// <summary>Whom a rule chooses, without a list</summary>
    /// <remarks>How many, and the first 50 by name.</remarks>
    /// <param name="lists">The record's.</param>
    /// <param name="rule">Over companies or investors.</param>
    /// <param name="on">The day that it is asked of; where nothing is said today, UTC, or that of effective or asOf.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<TriedRule> TryRule(WatchlistQueries lists, string rule, string? on, CancellationToken cancel) => lists.Try(rule, WatchDay.Parse("on", on), cancel);

    /// <summary>Keeps a list of whom a rule chooses</summary>
    /// <remarks>Its id is made from its name. The same again changes nothing.</remarks>
    /// <param name="context">Of the request.</param>
    /// <param name="cancel">The sender has gone.</param>
    internal static async Task<ChangeSummary> DefineWatchlist(HttpContext context, CancellationToken cancel) =>
        (await Define(context, await Fields.OfJson<DefineFields>(context.Request, cancel), cancel)).Summary;

    private static async Task DefineByForm(HttpContext context, CancellationToken cancel)
    {
        var (id, summary) = await Define(context, await Fields.OfForm<DefineFields>(context.Request, cancel), cancel);
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = $"/watchlists/{id}{(summary.Position > 0 ? $"?after={summary.Position}" : "")}";
    }

    private static async Task<(WatchlistId Id, ChangeSummary Summary)> Define(HttpContext context, DefineFields fields, CancellationToken cancel)
    {
        var name = Text.Line("name", fields.Name).Trim();
        var id = WatchlistLedger.IdOf(name);
        var rule = await context.RequestServices.GetRequiredService<WatchlistQueries>().Rule(fields.Rule ?? "", cancel);
        return (id, await Record(context, id, new WatchlistCommand.Define(name, rule), fields, cancel));
    }

    private static void Change<TFields>(IEndpointRouteBuilder routes, string verb, string summary, string body, Func<TFields, IServiceProvider, CancellationToken, Task<WatchlistCommand>> read)
        where TFields : class, new() =>
        routes.MapChange<TFields, ChangeSummary>("watchlists", verb, async (context, id, fields) =>
                await Record(context, new WatchlistId(id), await read(fields, context.RequestServices, context.RequestAborted), fields, context.RequestAborted))
            .WithTags(Lists).WithSummary(summary).WithDescription("The answer says what was recorded; the members of the list follow in a moment.").WithBody(body).WithExample(("id", "robots"))
            .WithProblems(["watchlist-unknown", "watchlist-deleted", .. verb == "rename" ? ["watchlist-exists"] : Array.Empty<string>()]);

    private static async Task<ChangeSummary> Record<TFields>(HttpContext context, WatchlistId id, WatchlistCommand command, TFields fields, CancellationToken cancel)
    {
        var outcome = await context.RequestServices.GetRequiredService<WatchlistLedger>().Change(id, command, Preconditions.WriterOf(context, fields), cancel);
        return new ChangeSummary(outcome.Events, outcome.Position);
    }

    private static Func<MemberFields, IServiceProvider, CancellationToken, Task<WatchlistCommand>> OfParty(Func<PartyId, Reason, WatchlistCommand.OfParty> decide) => (fields, services, cancel) =>
        services.GetRequiredService<WatchlistQueries>().OfParty(Text.Line("party", fields.Party), party => decide(party, new Reason(fields.Reason!)), cancel);

    internal sealed class DefineFields
    {
        public string? Name { get; set; }

        public string? Rule { get; set; }
    }

    internal sealed class RuleFields
    {
        public string? Rule { get; set; }

        public string? Reason { get; set; }
    }

    internal sealed class NameFields
    {
        public string? Name { get; set; }

        public string? Reason { get; set; }
    }

    internal sealed class MemberFields
    {
        public string? Party { get; set; }

        public string? Reason { get; set; }
    }

    internal sealed class ReasonFields
    {
        public string? Reason { get; set; }
    }
}
