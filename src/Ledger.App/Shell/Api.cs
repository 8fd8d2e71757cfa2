using Ledger.App.Views;
using Ledger.App.Views.Articles;
using Ledger.App.Views.Companies;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Events;
using Ledger.App.Views.Explain;
using Ledger.App.Views.Investors;
using Ledger.App.Views.Search;

namespace Ledger.App.Shell;

/// <summary>What is read under /api. Each address answers with the same record as the page and the command of its name.</summary>
internal static class Api
{
    private const string Deal = "enflame-technology-series-b";

    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api");
        api.MapGet("/deals", ListDeals).WithTags("Deals").WithExample(("series", "b"), ("status", "closed"), ("limit", "20")).WithProblems("not-found");
        api.MapGet("/deals/{id}", GetDeal).WithTags("Deals").WithExample(("id", Deal)).WithProblems("not-found").Produces<DealRecord>();
        api.MapGet("/deals/{id}/history", GetHistory).WithTags("Deals").WithExample(("id", Deal)).WithProblems("not-found");
        api.MapGet("/companies", ListCompanies).WithTags("Parties").WithExample(("limit", "20"));
        api.MapGet("/companies/{name}", GetCompany).WithTags("Parties").WithExample(("name", "enflame-technology")).WithProblems("not-found");
        api.MapGet("/investors", ListInvestors).WithTags("Parties").WithExample(("limit", "20"));
        api.MapGet("/investors/{name}", GetInvestor).WithTags("Parties").WithExample(("name", "tencent")).WithProblems("not-found");
        api.MapGet("/investors/{name}/co-investors", ListCoInvestors).WithTags("Parties").WithExample(("name", "tencent"), ("limit", "20")).WithProblems("not-found");
        api.MapGet("/articles", ListArticles).WithTags("Articles").WithExample(("limit", "20"));
        api.MapGet("/articles/{id}", GetArticle).WithTags("Articles").WithExample(("id", "b17244a40225f137")).WithProblems("not-found");
        api.MapGet("/explain/{view}/{key}", Explain).WithTags("Deals").WithExample(("view", "deal"), ("key", Deal), ("field", "amount")).WithProblems("not-found");
        api.MapGet("/search", Search).WithTags("Articles").WithExample(("q", "artificial intelligence"), ("limit", "20"));
        api.MapLog();
    }

    /// <summary>Deals, those that changed last first</summary>
    /// <remarks>What is given has to fit, all of it. Amounts and dates are intervals, and a deal fits if it can. What was retracted or merged into another deal is left out.</remarks>
    /// <param name="deals">The record's.</param>
    /// <param name="company">Only deals of this company: an id, a name or an alias.</param>
    /// <param name="investor">Only deals that this investor is in: an id, a name or an alias.</param>
    /// <param name="series">Only of this series: b, seed, pre-ipo.</param>
    /// <param name="status">Only of this status: rumoured, planned, pledged, announced, closed, withdrawn, postponed.</param>
    /// <param name="currency">Only amounts in this currency, by ISO 4217.</param>
    /// <param name="amountFrom">Only deals whose amount can be as much, in whole units of the currency.</param>
    /// <param name="amountTo">Only deals whose amount can be as little.</param>
    /// <param name="announcedFrom">Only deals that can have been announced then or later: 2020-04-03, 2020-04, 2020-Q2, 2020.</param>
    /// <param name="announcedTo">Only deals that can have been announced then or before.</param>
    /// <param name="sector">Only of this sector.</param>
    /// <param name="source">Only deals of which this article says something: its id.</param>
    /// <param name="contested">Only deals that are contested: true, false, or a field that is.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Page<DealRecord>> ListDeals(
        DealQueries deals, string? company, string? investor, string? series, string? status, string? currency, string? amountFrom, string? amountTo,
        string? announcedFrom, string? announcedTo, string? sector, string? source, string? contested, string? next, string? limit, CancellationToken cancel) =>
        deals.List(new DealFilter(company, investor, PageLimit.Parse(limit), next)
        {
            Series = series,
            Status = status,
            Currency = currency,
            AmountFrom = amountFrom,
            AmountTo = amountTo,
            AnnouncedFrom = announcedFrom,
            AnnouncedTo = announcedTo,
            Sector = sector,
            Source = source,
            Contested = contested,
        }, cancel);

    /// <summary>A deal with every claim, its quote and its source</summary>
    /// <remarks>The answer has an ETag: the version, a dash, and a hash. If-Match of a change goes by the version in it.</remarks>
    /// <param name="context">Of the request.</param>
    /// <param name="deals">The record's.</param>
    /// <param name="id">The deal's id.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static async Task<IResult> GetDeal(HttpContext context, DealQueries deals, string id, CancellationToken cancel)
    {
        var deal = await deals.Get(id, cancel);
        return context.Versioned(deal, deal.Version);
    }

    /// <summary>What each event changed in a deal</summary>
    /// <remarks>Oldest first: when, by whom, from which source, which field from what to what.</remarks>
    /// <param name="deals">The record's.</param>
    /// <param name="id">The deal's id.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Page<HistoryEntry>> GetHistory(DealQueries deals, string id, string? next, string? limit, CancellationToken cancel) =>
        deals.History(id, cancel, PageLimit.Parse(limit), next);

    /// <summary>Companies by name, with totals</summary>
    /// <remarks>Everyone who raises money in a deal, and whoever sponsors a fund. Totals are in the currency as announced.</remarks>
    /// <param name="companies">The record's.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Page<CompanyEntry>> ListCompanies(CompanyQueries companies, string? next, string? limit, CancellationToken cancel) =>
        companies.List(PageLimit.Parse(limit), next, cancel);

    /// <summary>A company: rounds, totals, latest valuation, investors and sources</summary>
    /// <remarks>A name that several parties go by is refused, with their ids.</remarks>
    /// <param name="companies">The record's.</param>
    /// <param name="name">An id, a name or an alias, in any case.</param>
    /// <param name="group">Whether deals and totals are those of its subsidiaries, and theirs, too.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<CompanyRecord> GetCompany(CompanyQueries companies, string name, bool? group, CancellationToken cancel) => companies.Get(name, group ?? false, cancel);

    /// <summary>Investors by name, with how many deals they led and joined</summary>
    /// <remarks>Everyone who is named as an investor of a deal or as a backer of a company.</remarks>
    /// <param name="investors">The record's.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Page<InvestorEntry>> ListInvestors(InvestorQueries investors, string? next, string? limit, CancellationToken cancel) =>
        investors.List(PageLimit.Parse(limit), next, cancel);

    /// <summary>An investor: deals led and joined, companies, co-investors</summary>
    /// <remarks>Of its companies, co-investors and deals the first 20, with how many there are; dealsNext is the next of the list of its deals.</remarks>
    /// <param name="investors">The record's.</param>
    /// <param name="name">An id, a name or an alias, in any case.</param>
    /// <param name="affiliates">Whether its funds, subsidiaries and corporate ventures are counted in.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<InvestorOverview> GetInvestor(InvestorQueries investors, string name, bool? affiliates, CancellationToken cancel) => investors.Get(name, affiliates ?? false, cancel);

    /// <summary>Who invests together with an investor, those it meets most often first</summary>
    /// <remarks>Each with how many deals name both. Who only backs a company is in none together with anybody.</remarks>
    /// <param name="investors">The record's.</param>
    /// <param name="name">An id, a name or an alias, in any case.</param>
    /// <param name="affiliates">Whether its funds, subsidiaries and corporate ventures are counted in.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Page<CoInvestor>> ListCoInvestors(InvestorQueries investors, string name, bool? affiliates, string? next, string? limit, CancellationToken cancel) =>
        investors.CoInvestors(name, affiliates ?? false, PageLimit.Parse(limit), next, cancel);

    /// <summary>Articles, the latest first</summary>
    /// <remarks>With how each begins, and how many claims were made from it.</remarks>
    /// <param name="articles">The record's.</param>
    /// <param name="next">Where the page before ended, as it said.</param>
    /// <param name="limit">How many at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Page<ArticleEntry>> ListArticles(ArticleQueries articles, string? next, string? limit, CancellationToken cancel) =>
        articles.List(PageLimit.Parse(limit), next, cancel);

    /// <summary>An article, its text, and where its quotes stand</summary>
    /// <remarks>Places are counted in UTF-16 code units from 0.</remarks>
    /// <param name="articles">The record's.</param>
    /// <param name="id">The first 16 hexadecimal digits of the SHA-256 of its text.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<ArticleRecord> GetArticle(ArticleQueries articles, string id, CancellationToken cancel) => articles.Get(id, cancel);

    /// <summary>Parties, deals, articles and quotes by words</summary>
    /// <remarks>Parties and deals by any part of a name, 25 of each at the most, and more says whether there are more. Articles, with their quotes, by the words in them: "quoted" words stand together, -word must not be there; what is written without spaces, as Chinese is, is found as it stands. Best first, as of any moment.</remarks>
    /// <param name="search">The record's.</param>
    /// <param name="q">What is looked for, at most 200 characters.</param>
    /// <param name="next">Where the page of articles before ended, as it said.</param>
    /// <param name="limit">How many articles at the most, up to 1000; 50 where nothing is said.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<SearchResult> Search(SearchQueries search, string q, string? next, string? limit, CancellationToken cancel) =>
        search.Find(q, PageLimit.Parse(limit), next, cancel);

    /// <summary>The events, claims and quotes behind a row or a figure</summary>
    /// <remarks>Of a deal, a company, an investor or a party. What no claim says, an event without one does: a tag, a merge, a retraction.</remarks>
    /// <param name="explanations">The record's.</param>
    /// <param name="view">deal, company, investor or party.</param>
    /// <param name="key">An id, or the name of a party.</param>
    /// <param name="field">A field or a figure: amount, sectors, totals/CNY, led; left out for the whole row.</param>
    /// <param name="cancel">The reader has gone.</param>
    internal static Task<Explanation> Explain(Explanations explanations, string view, string key, string? field, CancellationToken cancel) =>
        explanations.Explain(view, key, field, cancel);
}
