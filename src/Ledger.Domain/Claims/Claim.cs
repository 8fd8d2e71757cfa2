using Ledger.Domain.Articles;
using Ledger.Domain.Values;

namespace Ledger.Domain.Claims;

/// <summary>One thing that an article says of a deal, a party or a market, with the words that say it.</summary>
/// <param name="AsWritten">The words for the value, which stand in the quote: "RMB 700 million".</param>
/// <param name="Quote">The passage that carries the claim.</param>
public sealed record Claim(ClaimId Id, ClaimValue Value, string AsWritten, Quote Quote)
{
    public string AsWritten { get; } = Carried(AsWritten, Quote);

    private static string Carried(string words, Quote quote)
    {
        Text.Passage("words", words, 1000);
        return quote.Text.Contains(words, StringComparison.Ordinal) ? words
            : throw new InvalidValueException("words", $"“{Text.Shorten(words)}” do not stand in the quote “{Text.Shorten(quote.Text)}”");
    }
}
