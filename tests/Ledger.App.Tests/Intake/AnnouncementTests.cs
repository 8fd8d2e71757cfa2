using Ledger.App.Intake;
using Ledger.Domain.Claims;
using Ledger.Domain.Values;

namespace Ledger.App.Tests.Intake;

/// <summary>What an announcement may say, and the sentence that refuses what it may not.</summary>
public sealed class AnnouncementTests
{
    private const string Quote = "\nwords: RMB 700 million\nquote: Series B of RMB 700 million";

    [Fact]
    public void An_announcement_is_read_with_its_quotes_in_their_places()
    {
        var announcement = Input.Read(Input.WithClaim(Input.Value("amount: {qualifier: exact, currency: CNY, low: 700000000, high: 700000000}")));

        var deal = Assert.Single(announcement.Deals);
        var amount = deal.Command.Claims[^1];
        Assert.Equal(new ClaimValue.Raised(new Amount(AmountQualifier.Exact, new Currency("CNY"), 700_000_000, 700_000_000)), amount.Value);
        Assert.Equal((34, 1), (amount.Quote.Start, amount.Quote.Occurrence));
        Assert.Equal("RMB 700 million", amount.AsWritten);
    }

    [Fact]
    public void The_same_claim_read_again_has_the_same_id_and_any_other_one_has_another()
    {
        var low = Id("amount: {qualifier: over, currency: CNY, low: 700000000}");

        Assert.Equal(low, Id("amount: {qualifier: over, currency: CNY, low: 700000000}"));
        Assert.Equal(low, Id("amount: {low: 700000000.00, currency: CNY, qualifier: over}"));
        Assert.NotEqual(low, Id("amount: {qualifier: over, currency: CNY, low: 700000001}"));
        Assert.NotEqual(low, Id("amount: {qualifier: over, currency: USD, low: 700000000}"));

        static ClaimId Id(string value) => Input.Read(Input.WithClaim(Input.Value(value))).Deals[0].Command.Claims[^1].Id;
    }

    [Fact]
    public void The_second_place_of_a_quote_is_chosen_by_its_occurrence()
    {
        var claim = Input.Read(Input.WithClaim("place: Beijing\nwords: Xinhua\nquote: \"Photo: Xinhua\"\noccurrence: 2")).Deals[0].Command.Claims[^1];

        Assert.Equal((2, Input.Article.LastIndexOf("Photo", StringComparison.Ordinal)), (claim.Quote.Occurrence, claim.Quote.Start));
    }

    // The claim that is refused begins on line 19 of the announcement.
    public static readonly TheoryData<string, string> Claims = new()
    {
        // The quote and its words.
        { "sector: gaming\nwords: RMB 800 million\nquote: RMB 800 million", "quote: “RMB 800 million” does not stand in the article" },
        { "sector: gaming\nwords: Series C\nquote: Series B of RMB 700 million", "words: “Series C” do not stand in the quote “Series B of RMB 700 million”" },
        { "sector: gaming\nwords: Xinhua\nquote: \"Photo: Xinhua\"", "quote: “Photo: Xinhua” stands in the article 2 times; occurrence says which, from 1 to 2" },
        { "sector: gaming\nwords: Xinhua\nquote: \"Photo: Xinhua\"\noccurrence: 3", "quote: “Photo: Xinhua” has no occurrence 3; it stands in the article 2 times" },
        { "sector: gaming\nwords: Xinhua\nquote: \"Photo: Xinhua\"\noccurrence: 0", "quote: “Photo: Xinhua” has no occurrence 0; it stands in the article 2 times" },
        { "sector: gaming\nwords: Series B\nquote: Series B\noccurrence: 2", "quote: “Series B” has no occurrence 2; it stands in the article 1 time" },
        { "sector: gaming\nquote: Series B", "words: are missing; a claim gives the words of the article for its value" },
        { "sector: gaming\nwords: Series B", "quote: is missing; a claim gives the passage that carries it" },
        { "sector: gaming\nwords: \"\"\nquote: Series B", "words: is empty" },
        { "sector: gaming\nwords: Series B\nquote: \"Series\\0B\"", "quote: has the control character U+0000 at 6" },
        // Figures.
        { "amount: {qualifier: exact, currency: CNY, low: -5, high: -5}" + Quote, "amount.low: -5 is out of range; a figure above 0 and at most 1000000000000000 is expected" },
        { "amount: {qualifier: upTo, currency: CNY, high: 0}" + Quote, "amount.high: 0 is out of range; a figure above 0 and at most 1000000000000000 is expected" },
        { "amount: {qualifier: exact, currency: RMB, low: 7, high: 7}" + Quote, "currency: 'RMB' is no ISO 4217 code such as USD, EUR or CNY" },
        { "amount: {qualifier: exact, low: 7, high: 7}" + Quote, "amount.currency: is missing; only an undisclosed amount has none" },
        { "amount: {qualifier: exact, currency: CNY, low: 7, high: 8}" + Quote, "amount: qualifier exact takes the same low and high (low 7, high 8)" },
        { "amount: {qualifier: about, currency: CNY, low: 7, high: 7}" + Quote, "amount.qualifier: 'about' is not one of exact, approximately, over, upTo, orderOfMagnitude, undisclosed" },
        { "amount: {currency: CNY, low: 7, high: 7}" + Quote, "amount.qualifier: is missing; it is one of exact, approximately, over, upTo, orderOfMagnitude, undisclosed" },
        { "amount: {qualifier: undisclosed, currency: CNY}" + Quote, "amount.currency: is CNY; an undisclosed amount has none" },
        { "usdAsReported: {qualifier: exact, currency: CNY, low: 7, high: 7}" + Quote, "usdAsReported.currency: is CNY; USD is expected" },
        { "usdAsReported: {qualifier: undisclosed}" + Quote, "usdAsReported.currency: is missing; USD is expected" },
        { "usdAsReported: {qualifier: exact, low: -1, high: -1}" + Quote, "usdAsReported.low: -1 is out of range; a figure above 0 and at most 1000000000000000 is expected" },
        { "valuation: {qualifier: exact, currency: CNY, low: 7, high: 7}\nbasis: after" + Quote, "basis: 'after' is not one of post, pre, unknown" },
        // Closed vocabularies, dates and ids.
        { "kind: loan" + Quote, "kind: 'loan' is not one of round, aggregate, fund, listing" },
        { "status: Closed" + Quote, "status: 'Closed' is not one of rumoured, planned, pledged, announced, closed, withdrawn, postponed" },
        { "status: 4" + Quote, "status: '4' is not one of rumoured, planned, pledged, announced, closed, withdrawn, postponed" },
        { "round: {series: Series B}" + Quote, "round.series: 'Series B' has other characters than lower-case letters, digits and inner hyphens" },
        { "round: {instrument: shares}" + Quote, "round.instrument: 'shares' is not one of equity, convertible, debt, grant, secondary, crowdfunding, token" },
        { "announced: 2020-02-30" + Quote, "announced: '2020-02-30' is no date; 2020-04-03, 2020-04, 2020-Q2, 2020, XXXX-04-03, XXXX-04 or unknown is expected" },
        { "status: closed\neffective: soon" + Quote, "effective: 'soon' is no date; 2020-04-03, 2020-04, 2020-Q2, 2020, XXXX-04-03, XXXX-04 or unknown is expected" },
        { "sector: Artificial intelligence" + Quote, "sector: 'Artificial intelligence' has other characters than lower-case letters, digits and inner hyphens" },
        { "company: Enflame" + Quote, "party id: 'Enflame' has other characters than lower-case letters, digits and inner hyphens" },
        { "investor: tencent\nrole: leader" + Quote, "role: 'leader' is not one of lead, participant, backer" },
        { "investor: tencent" + Quote, "role: is missing; it is one of lead, participant, backer" },
        { "unnamedInvestors: many" + Quote, "unnamedInvestors: 'many' is not one of lead, participant, backer" },
        // One claim says one thing.
        { "words: Series B\nquote: Series B", "claim: has no value field" },
        { "sector: gaming\nplace: Beijing" + Quote, "claim: has 2 value fields; one claim says one thing" },
        { "othersUndisclosed: false" + Quote, "othersUndisclosed: is false; a claim is made or left out" },
        { "useOfProceeds: false" + Quote, "useOfProceeds: is false; a claim is made or left out" },
        // What qualifies another field is refused without it.
        { "sector: gaming\nrole: lead" + Quote, "role: belongs to a claim of investor only" },
        { "unnamedInvestors: lead\nrole: lead" + Quote, "role: belongs to a claim of investor only" },
        { "sector: gaming\neffective: 2020" + Quote, "effective: belongs to a claim of status only" },
        { "sector: gaming\nbasis: post" + Quote, "basis: belongs to a claim of valuation only" },
        { "sector: gaming\nexisting: true" + Quote, "existing: belongs to a claim of investor only" },
        { "sector: gaming\nexisting: false" + Quote, "existing: belongs to a claim of investor only" },
    };

    [Theory]
    [MemberData(nameof(Claims))]
    public void A_claim_that_cannot_be_taken_is_refused_with_its_line_and_field(string claim, string problem) =>
        Assert.Equal($"a.yaml, line 19: {problem}.", Input.Refusal(Input.WithClaim(claim)));

    // What YAML itself refuses names the line on which it stands.
    public static readonly TheoryData<string, string> Yaml = new()
    {
        { "sector: gaming\nsectors: gaming" + Quote, "line 20: 'sectors' is not a field that is known there" },
        { "amount: {qualifier: exact, currency: CNY, low: 7, high: 7, median: 7}" + Quote, "line 19: 'median' is not a field that is known there" },
        { "sector: gaming\nsector: robotics" + Quote, "line 20: 'sector' stands twice" },
        { "amount: {qualifier: exact, currency: CNY, low: seven, high: 7}" + Quote, "line 19: 'seven' is not a number" },
        { "amount: {qualifier: exact, currency: CNY, low: (5), high: 7}" + Quote, "line 19: '(5)' is not a number" },
        { "amount: {qualifier: exact, currency: CNY, low: \"700,000\", high: 7}" + Quote, "line 19: '700,000' is not a number" },
        { "amount: {qualifier: exact, currency: CNY, low: \"$7\", high: 7}" + Quote, "line 19: '$7' is not a number" },
        { "amount: {qualifier: exact, currency: CNY, low: 1e400, high: 7}" + Quote, "line 19: '1e400' is not a number" },
        { "amount: {qualifier: exact, currency: CNY, low: .inf, high: 7}" + Quote, "line 19: '.inf' is not a number" },
        { "amount: 700000000" + Quote, "line 19: '700000000' stands where fields are expected" },
        { "amount: [7, 7]" + Quote, "line 19: a list stands where fields are expected" },
        { "sector: [gaming, robotics]" + Quote, "line 19: a list stands where a text is expected" },
        { "sector: {name: gaming}" + Quote, "line 19: fields stand where a text is expected" },
        { "sector: gaming\noccurrence: two" + Quote, "line 20: 'two' is not a whole number" },
        { "sector: gaming\noccurrence: 1.5" + Quote, "line 20: '1.5' is not a whole number" },
        { "sector: gaming\noccurrence: 99999999999" + Quote, "line 20: '99999999999' is not a whole number" },
        { "othersUndisclosed: perhaps" + Quote, "line 19: 'perhaps' is not true or false" },
        { "sector: *gaming" + Quote, "line 19: " },
        { "sector: gaming\nquote: \"no end", "line 20: cannot be read as YAML: a bracket" },
        { "amount: {qualifier: exact" + Quote, "line 19: cannot be read as YAML: a bracket" },
        { "sector: gaming\n  place: Beijing", "line 20: cannot be read as YAML: a bracket" },
        { "sector: \"\\q\"" + Quote, "line 19: cannot be read as YAML: a bracket" },
    };

    [Theory]
    [MemberData(nameof(Yaml))]
    public void Yaml_that_does_not_fit_is_refused_with_its_line(string claim, string problem)
    {
        var refusal = Input.Refusal(Input.WithClaim(claim));

        Assert.StartsWith($"a.yaml, {problem}", refusal, StringComparison.Ordinal);
        Assert.Matches(@"^a\.yaml, line \d+: [^\n]+[^.]\.$", refusal);
        Assert.DoesNotContain("Exception", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain("Ledger.App", refusal, StringComparison.Ordinal);
    }

    public static readonly TheoryData<string, string> Files = new()
    {
        { "", "a.yaml: is empty." },
        { "# only a remark\n", "a.yaml: is empty." },
        { "- article\n", "a.yaml, line 1: a list stands where fields are expected." },
        { "article\n", "a.yaml, line 1: 'article' stands where fields are expected." },
        { "article: {file: a.txt}\ndeal: []\n", "a.yaml, line 2: 'deal' is not a field that is known there." },
        { "article: {file: a.txt}\n---\ndeals: []\n", "a.yaml, line 2: a second document begins; a file holds one." },
        { "article: {file: a.txt}\ndeals: enflame\n", "a.yaml, line 2: 'enflame' stands where a list is expected." },
        { "article: {file: a.txt}\ndeals: {id: enflame}\n", "a.yaml, line 2: fields stand where a list is expected." },
        { "article: {file: a.txt}\ndeals:\n  - enflame\n", "a.yaml, line 3: 'enflame' stands where fields are expected." },
        { "article: {file: a.txt}\ndeals:\n  -\n", "a.yaml, line 3: nothing stands where fields are expected." },
        { "article: {file: a.txt}\nparties:\n  - ~\n", "a.yaml, line 3: nothing stands where fields are expected." },
        { "article: {file: a.txt}\nparties:\n  - {id: a, name: A, aliases: [~]}\n", "a.yaml, line 3: nothing stands where a text is expected." },
        { "article: {file: a.txt}\ndeals:\n  - id: a\n    claims: [~]\n", "a.yaml, line 4: nothing stands where fields are expected." },
        { "article: {file: a.txt}\nparties:\n  - {id: a, name: A}\n  - {id: a, name: B}\n", "a.yaml, line 4: party a stands twice." },
        { "article: {file: a.txt}\ndeals:\n  - {id: a}\n  - {id: a}\n", "a.yaml, line 4: deal a stands twice." },
        { "article: {file: a.txt}\nparties:\n  - {name: A}\n", "a.yaml, line 3: party.id: is missing." },
        { "article: {file: a.txt}\nparties:\n  - {id: a}\n", "a.yaml, line 3: party.name: is empty." },
        { "article: {file: a.txt}\nparties:\n  - {id: A, name: A}\n", "a.yaml, line 3: party id: 'A' has other characters than lower-case letters, digits and inner hyphens." },
        { "article: {file: a.txt}\nparties:\n  - {id: a, name: \"A\\nB\"}\n", "a.yaml, line 3: party.name: 'A\nB' runs over several lines; one is expected." },
        { "article: {file: a.txt}\ndeals:\n  - {claims: []}\n", "a.yaml, line 3: deal.id: is missing." },
        { "article: {file: a.txt, address: \"javascript:alert(1)\"}\n", "a.yaml, line 1: article.address: 'javascript:alert(1)' is not an absolute http or https address." },
        { "article: {file: a.txt, published: 2024-13}\n", "a.yaml, line 1: article.published: '2024-13' is no date; 2020-04-03, 2020-04, 2020-Q2, 2020, XXXX-04-03, XXXX-04 or unknown is expected." },
        { "article: {file: a.txt}\nparties: [&a {id: a, name: *a}]\n", "a.yaml, line 2: " },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_that_is_no_announcement_is_refused(string yaml, string sentence) =>
        Assert.StartsWith(sentence, Input.Refusal(yaml), StringComparison.Ordinal);

    [Theory]
    [InlineData("founded: 2014", "founded")]
    [InlineData("backer: tencent", "backer/tencent")]
    [InlineData("investorKind: corporate", "investorKind/corporate")]
    [InlineData("affiliation: {is: stateBacked}", "affiliation/stateBacked")]
    public void A_field_of_parties_is_refused_of_a_deal(string value, string field) =>
        Assert.Equal($"a.yaml, line 8: Deal enflame-series-b: {field} is not a field of a deal.", Input.Refusal(Input.WithClaim(Input.Value(value))));

    [Fact]
    public void A_file_that_is_nested_without_end_is_refused() =>
        Assert.StartsWith("a.yaml, line 1: ", Input.Refusal("article: " + new string('[', 100_000)), StringComparison.Ordinal);

    [Fact]
    public void Lists_that_are_left_empty_are_empty()
    {
        var announcement = Input.Read("article: {file: a.txt}\nparties:\ndeals:\nfigures:\n");

        Assert.Equal((0, 0, 0), (announcement.Parties.Length, announcement.Deals.Length, announcement.Figures.Length));
    }
}
