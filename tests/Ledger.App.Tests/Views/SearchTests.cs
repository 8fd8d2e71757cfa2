using Ledger.App.Tests.Deals;
using Ledger.App.Tests.Support;
using Ledger.App.Views.Search;

namespace Ledger.App.Tests.Views;

/// <summary>Articles and quotes by their words; names are looked for in the browser's tests.</summary>
public sealed class SearchTests(SeededLedger seeded)
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Articles_and_quotes_are_found_by_their_words_in_any_form_with_the_words_marked()
    {
        var found = await seeded.Served.Get("/api/search?q=proceeds expanding");
        JsonAssert.Has("""{ "parties": [], "deals": [], "articles": {"items": [{"id": "b17244a40225f137"}], "next": null} }""", found);
        var article = found["articles"]!["items"]![0]!;
        Assert.Contains(article["fragment"]!.AsArray(), run => (bool)run!["found"]! && (string)run["text"]! is "proceeds" or "expand");
        var quote = Assert.Single(article["quotes"]!.AsArray())!;
        JsonAssert.Has("""{ "claims": [{"subject": "deal", "subjectId": "enflame-technology-series-b", "field": "useOfProceeds"}] }""", quote);
        Assert.StartsWith("The proceeds of the round", string.Concat(quote["text"]!.AsArray().Select(run => (string)run!["text"]!)), StringComparison.Ordinal);

        Assert.Empty((await seeded.Served.Get("/api/search?q=\"expanding proceeds\""))["articles"]!["items"]!.AsArray());
        Assert.Empty((await seeded.Served.Get("/api/search?q=proceeds expanding&at=0"))["articles"]!["items"]!.AsArray());
        var page = await (await seeded.Served.Http()).GetStringAsync("/search?q=proceeds expanding", Cancel);
        Assert.Contains("<mark>proceeds</mark>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Found_articles_come_best_first_page_by_page()
    {
        var whole = (await seeded.Served.Get("/api/search?q=funding"))["articles"]!["items"]!.AsArray().Select(article => (string)article!["id"]!).ToList();
        Assert.InRange(whole.Count, 3, 5);
        var (pages, next) = (new List<string>(), "");
        while (next is not null)
        {
            var page = (await seeded.Served.Get($"/api/search?q=funding&limit=2{next}"))["articles"]!;
            pages.AddRange(page["items"]!.AsArray().Select(article => (string)article!["id"]!));
            next = (string?)page["next"] is { } given ? $"&next={Uri.EscapeDataString(given)}" : null;
        }
        Assert.Equal(whole, pages);
        Assert.Equal(400, (int)(await seeded.Served.Send(HttpMethod.Get, "/api/search?q=funding&next=x")).Answer.StatusCode);
    }

    [Fact]
    public async Task What_is_written_without_spaces_is_found_as_it_stands()
    {
        await using var desk = await Desk.Open("command line");
        await desk.Announce("据悉，燧原科技𠮷完成7亿元人民币B轮融资。", """
            article: {file: a.txt}
            parties:
              - {id: enflame, name: 燧原科技}
            deals:
              - id: enflame-b
                claims:
                  - {company: enflame, words: 燧原科技, quote: 燧原科技𠮷完成7亿元人民币B轮融资}
                  - {kind: round, words: B轮融资, quote: 完成7亿元人民币B轮融资}
                  - {status: closed, words: 完成, quote: 完成7亿元人民币B轮融资}
            """);
        await desk.Ledger.CatchUp(Cancel);

        var found = await desk.Ledger.Get<SearchQueries>().Find("元人民币b轮", 20, null, Cancel);

        var article = Assert.Single(found.Articles.Items);
        Assert.Equal([new("据悉，燧原科技𠮷完成7亿", false), new("元人民币B轮", true), new FoundText("融资。", false)], article.Fragment);
        Assert.Equal(["燧原科技𠮷完成7亿元人民币B轮融资", "完成7亿元人民币B轮融资"], article.Quotes.Select(quote => string.Concat(quote.Text.Select(run => run.Text))));
        Assert.Equal("enflame", Assert.Single((await desk.Ledger.Get<SearchQueries>().Find("原科", 20, null, Cancel)).Parties).Id);
        Assert.Empty((await desk.Ledger.Get<SearchQueries>().Find("科原", 20, null, Cancel)).Articles.Items);
    }
}
