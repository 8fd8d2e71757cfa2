using Ledger.App.Views;
using Ledger.App.Views.Articles;
using Ledger.App.Views.Companies;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Events;
using Ledger.App.Views.Explain;
using Ledger.App.Views.Investors;

namespace Ledger.App.Shell;

/// <summary>What is served under /api. Each address answers with the same record as the page and the command of its name.</summary>
internal static class Api
{
    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api");
        api.MapGet("/deals", (DealQueries deals, string? company, string? investor, string? next, string? limit, CancellationToken cancel) =>
            deals.List(new DealFilter(company, investor, PageLimit.Parse(limit), next), cancel));
        api.MapGet("/deals/{id}", async (HttpContext context, DealQueries deals, string id, CancellationToken cancel) =>
        {
            var deal = await deals.Get(id, cancel);
            return context.Versioned(deal, deal.Version);
        });
        api.MapGet("/deals/{id}/history", (DealQueries deals, string id, CancellationToken cancel) => deals.History(id, cancel));
        api.MapGet("/companies", (CompanyQueries companies, string? next, string? limit, CancellationToken cancel) =>
            companies.List(PageLimit.Parse(limit), next, cancel));
        api.MapGet("/companies/{name}", (CompanyQueries companies, string name, bool? group, CancellationToken cancel) => companies.Get(name, group ?? false, cancel));
        api.MapGet("/investors", (InvestorQueries investors, string? next, string? limit, CancellationToken cancel) =>
            investors.List(PageLimit.Parse(limit), next, cancel));
        api.MapGet("/investors/{name}", (InvestorQueries investors, string name, bool? affiliates, CancellationToken cancel) => investors.Get(name, affiliates ?? false, cancel));
        api.MapGet("/articles", (ArticleQueries articles, string? next, string? limit, CancellationToken cancel) =>
            articles.List(PageLimit.Parse(limit), next, cancel));
        api.MapGet("/articles/{id}", (ArticleQueries articles, string id, CancellationToken cancel) => articles.Get(id, cancel));
        api.MapGet("/explain/{view}/{key}", (Explanations explanations, string view, string key, string? field, CancellationToken cancel) =>
            explanations.Explain(view, key, field, cancel));
        api.MapLog();
    }
}
