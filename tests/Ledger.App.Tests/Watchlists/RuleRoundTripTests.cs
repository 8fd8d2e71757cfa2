using FsCheck;
using FsCheck.Fluent;
using Ledger.App.Watchlists.Language;
using Ledger.Domain.Rules;

namespace Ledger.App.Tests.Watchlists;

public sealed class RuleRoundTripTests
{
    [Fact]
    public void Every_rule_that_is_written_is_read_as_itself_and_can_be_told() => Check.One(
        Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(1000),
        Prop.ForAll(AnyRule.Over(["acme", "zeta"], Subject.Companies, Subject.Investors, Subject.Deals), rule =>
        {
            var read = RuleReader.Read(rule.ToString());
            Assert.Equal(rule.ToString(), read.ToString());
            Assert.Equal(rule, read);
            Assert.EndsWith(".", rule.Explain(), StringComparison.Ordinal);
            // Its needs and its parties are found, whatever it asks.
            _ = RuleNeeds.Of(rule);
            Assert.Equal(rule, rule.WithParties(id => id));
        }));
}
