using System.Globalization;
using Ledger.App.Views;
using Ledger.App.Views.Articles;
using Ledger.App.Views.Companies;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Events;
using Ledger.App.Views.Investors;
using Ledger.Domain.Values;

namespace Ledger.App.Shell;

/// <summary>What is served under /api. Each address answers with the same record as the page and the command of its name.</summary>
internal static class Api
{
    private const int LimitDefault = 50;
    private const int LimitMax = 1000;

    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api");
        api.MapGet("/deals", (DealQueries deals, string? company, string? investor, string? next, string? limit, CancellationToken cancel) =>
            deals.List(new DealFilter(company, investor, Limit(limit), next), cancel));
        api.MapGet("/deals/{id}", (DealQueries deals, string id, CancellationToken cancel) => deals.Get(id, cancel));
        api.MapGet("/deals/{id}/history", (DealQueries deals, string id, CancellationToken cancel) => deals.History(id, cancel));
        api.MapGet("/companies/{name}", (CompanyQueries companies, string name, CancellationToken cancel) => companies.Get(name, cancel));
        api.MapGet("/investors/{name}", (InvestorQueries investors, string name, CancellationToken cancel) => investors.Get(name, cancel));
        api.MapGet("/articles/{id}", (ArticleQueries articles, string id, CancellationToken cancel) => articles.Get(id, cancel));
        api.MapGet("/events", (EventQueries events, string? after, string? limit, CancellationToken cancel) =>
            events.List(Cursor.Parse(after, first: 0), Limit(limit), cancel));
    }

    private static int Limit(string? limit) =>
        limit is null ? LimitDefault
        : int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= LimitMax ? number
        : throw new InvalidValueException("limit", $"'{limit}' is out of range; a number from 1 to {LimitMax} is expected");
}
