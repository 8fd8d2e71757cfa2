using Ledger.App.Views.Articles;
using Ledger.App.Views.Companies;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Events;
using Ledger.App.Views.Investors;

namespace Ledger.App.Shell;

/// <summary>What is served under /api. Each address answers with the same record as the page and the command of its name.</summary>
internal static class Api
{
    private const int LimitMax = 1000;

    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api");
        api.MapGet("/deals", (DealQueries deals, string? company, string? investor, string? next, int? limit, CancellationToken cancel) =>
            deals.List(new DealFilter(company, investor, Limit(limit), next), cancel));
        api.MapGet("/deals/{id}", (DealQueries deals, string id, CancellationToken cancel) => deals.Get(id, cancel));
        api.MapGet("/deals/{id}/history", (DealQueries deals, string id, CancellationToken cancel) => deals.History(id, cancel));
        api.MapGet("/companies/{name}", (CompanyQueries companies, string name, CancellationToken cancel) => companies.Get(name, cancel));
        api.MapGet("/investors/{name}", (InvestorQueries investors, string name, CancellationToken cancel) => investors.Get(name, cancel));
        api.MapGet("/articles/{id}", (ArticleQueries articles, string id, CancellationToken cancel) => articles.Get(id, cancel));
        api.MapGet("/events", (EventQueries events, long? after, int? limit, CancellationToken cancel) => events.List(after ?? 0, Limit(limit), cancel));
    }

    private static int Limit(int? limit) => limit switch
    {
        null => 50,
        >= 1 and <= LimitMax => limit.Value,
        _ => throw new Domain.Values.InvalidValueException("limit", $"{limit} is out of range; a number from 1 to {LimitMax} is expected"),
    };
}
