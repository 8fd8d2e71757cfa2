using Ledger.Domain.Values;

namespace Ledger.Domain.Articles;

/// <summary>A passage of an article, and where it stands.</summary>
/// <param name="Text">To the letter.</param>
/// <param name="Occurrence">Which of the places where the same words stand, counted from 1.</param>
/// <param name="Start">Offset of its first character, in UTF-16 code units from 0.</param>
/// <param name="Line">Of a row of a table: its line, counted from 1; null of prose.</param>
public sealed record Quote(string Text, int Occurrence, int Start, int? Line = null)
{
    public string Text { get; } = Values.Text.Passage("quote", Text);

    public int Occurrence { get; } = Occurrence >= 1 ? Occurrence
        : throw new InvalidValueException("quote.occurrence", $"{Occurrence} is less than 1");

    public int Start { get; } = Start >= 0 ? Start
        : throw new InvalidValueException("quote.start", $"{Start} is negative");

    public int? Line { get; } = Line is null or >= 1 ? Line
        : throw new InvalidValueException("quote.line", $"{Line} is less than 1");
}
