using System.Text.Json.Nodes;
using Ledger.App.Tests.Support;

namespace Ledger.App.Tests.Seeds;

/// <summary>That the program's JSON has the shape that is promised: names, their order, and nulls where nothing is known.</summary>
public sealed class SeedJsonTests(SeededLedger ledger)
{
    [Fact]
    public async Task A_deal_has_these_fields_in_this_order()
    {
        foreach (var deal in await ledger.List("deals", "--limit", "1000"))
        {
            HasFields(deal, "id", "kind", "company", "round", "status", "amount", "valuation", "sectors", "places", "investors", "unnamedInvestors",
                "othersUndisclosed", "announced", "period", "useOfProceeds", "reportedBy", "sources", "contested", "version", "position");
            HasFields(deal["company"], "id", "name");
            HasFieldsOrIsNull(deal["round"], "asWritten", "series", "modifier", "instrument");
            HasFields(deal["amount"], ["qualifier", "currency", "low", "high", "asWritten", "usdAsReported", .. deal["amount"]!["impliedRate"] is null ? Array.Empty<string>() : ["impliedRate"]]);
            HasFieldsOrIsNull(deal["amount"]!["impliedRate"], "low", "high", "reference", "implausible");
            HasFieldsOrIsNull(deal["amount"]!["usdAsReported"], "qualifier", "low", "high", "asWritten");
            HasFieldsOrIsNull(deal["valuation"], "qualifier", "currency", "low", "high", "asWritten", "basis");
            Assert.All(deal["investors"]!.AsArray(), investor => HasFields(investor, "id", "name", "role", "existing"));
            Assert.All(deal["unnamedInvestors"]!.AsArray(), investor => HasFields(investor, "asWritten", "role"));
            HasFields(deal["announced"], "date", "precision", "asWritten");
            HasFieldsOrIsNull(deal["period"], "date", "precision", "asWritten");
            Assert.Single(deal["sources"]!.AsArray());
        }
    }

    [Fact]
    public async Task A_deal_alone_has_its_claims_besides()
    {
        var deal = (await ledger.Ask("deal", "stepfun-series-b")).AsObject();

        Assert.Equal("claims", deal.Last().Key);
        Assert.All(deal["claims"]!.AsArray(), claim =>
        {
            HasFields(claim, "id", "field", "value", "asWritten", "quote", "source", "current", "standing", "recordedAt", "author", "position");
            HasFields(claim!["quote"], "text", "occurrence", "start");
        });
    }

    [Fact]
    public async Task A_company_and_an_investor_have_these_fields_in_this_order()
    {
        var company = await ledger.Ask("company", "zhipu");
        HasFields(company, "id", "name", "aliases", "founded", "kinds", "sectors", "places", "affiliations", "totals", "counted", "undisclosed",
            "latestValuation", "investors", "deals", "sources", "claims", "version", "position");
        Assert.All(company["totals"]!.AsArray(), total => HasFields(total, "currency", "low", "high", "deals", "pledged"));
        HasFields(company["latestValuation"], "deal", "valuation");
        Assert.All(company["investors"]!.AsArray(), investor => HasFields(investor, "id", "name", "roles", "deals"));

        var investor = await ledger.Ask("investor", "tencent");
        HasFields(investor, "id", "name", "aliases", "founded", "kinds", "sectors", "places", "affiliations", "counts", "companies", "companiesInAll",
            "coInvestors", "coInvestorsInAll", "deals", "dealsNext", "sources", "claims", "version", "position");
        HasFields(investor["counts"], "deals", "led", "joined", "backed");
        Assert.All(investor["companies"]!.AsArray(), held => HasFields(held, "id", "name", "roles", "deals"));
        Assert.All(investor["coInvestors"]!.AsArray(), other => HasFields(other, "id", "name", "deals"));
        Assert.All(investor["deals"]!.AsArray(), held => HasFields(held, "role", "existing", "deal"));
    }

    [Fact]
    public async Task Lists_have_items_and_next_everywhere()
    {
        foreach (var list in new[] { await ledger.Ask("deals"), await ledger.Ask("events"), await ledger.Ask("history", "biren-pledge") })
        {
            HasFields(list, "items", "next");
            Assert.Null(list["next"]);
        }
        Assert.All((await ledger.Ask("events"))["items"]!.AsArray(), e => HasFields(e, "position", "id", "stream", "version", "type", "recordedAt", "author", "data"));
    }

    [Fact]
    public async Task Positions_are_dense_and_each_deal_names_the_one_of_its_last_event()
    {
        var events = await ledger.Events();

        Assert.Equal(Enumerable.Range(1, events.Count).Select(n => (long)n), events.Select(e => (long)e["position"]!));
        foreach (var deal in await ledger.List("deals", "--limit", "1000"))
        {
            var last = events.Last(e => (string)e["stream"]! == $"deal-{(string)deal["id"]!}");
            Assert.Equal(((long)last["position"]!, (long)last["version"]!), ((long)deal["position"]!, (long)deal["version"]!));
        }
    }

    private static void HasFields(JsonNode? node, params string[] names) => Assert.Equal(names, node!.AsObject().Select(field => field.Key));

    private static void HasFieldsOrIsNull(JsonNode? node, params string[] names)
    {
        if (node is not null)
            HasFields(node, names);
    }
}
