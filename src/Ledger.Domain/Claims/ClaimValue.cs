using Ledger.Domain.Values;

namespace Ledger.Domain.Claims;

/// <summary>What a claim says. The set is closed: its cases live in this file; their stored names in the program's registry.</summary>
public abstract record ClaimValue
{
    private ClaimValue() { }

    /// <summary>The same said of the parties that the named ones are known to be by now.</summary>
    public ClaimValue Following(Func<PartyId, PartyId> root) => this switch
    {
        Company v when root(v.Party) is var known && known != v.Party => new Company(known),
        Investor { Party: { } party } v when root(party) is var known && known != party => new Investor(known, v.Role, v.Existing),
        Backer v when root(v.Party) is var known && known != v.Party => new Backer(known),
        Affiliation { With: { } with } v when root(with) is var known && known != with => new Affiliation(v.Value, known, v.From),
        _ => this,
    };

    /// <summary>Where the value belongs.</summary>
    public abstract Slot Slot { get; }

    /// <summary>Whether both can be true at once. Values of a field that cannot make it contested.</summary>
    public virtual bool Agrees(ClaimValue other) => Equals(other);

    /// <summary>Whose deal it is: the company that raises, or the sponsor of a fund.</summary>
    public sealed record Company(PartyId Party) : ClaimValue
    {
        public override Slot Slot => new(Field.Company, "");
    }

    public sealed record Kind(DealKind Value) : ClaimValue
    {
        public override Slot Slot => new(Field.Kind, "");
    }

    /// <summary>The round on its axes; its status is a claim of its own.</summary>
    /// <param name="Series">"b", "seed", "pre-ipo"; null where none is named.</param>
    /// <param name="Modifier">"plus", "extension", "bridge"; null where none is named.</param>
    /// <param name="Instrument">Null where the article does not let one tell.</param>
    public sealed record Round(string? Series, string? Modifier, Instrument? Instrument) : ClaimValue
    {
        public string? Series { get; } = Series is null ? null : Values.Slug.Check("round.series", Series);

        public string? Modifier { get; } = Modifier is null ? null : Values.Slug.Check("round.modifier", Modifier);

        public override Slot Slot => new(Field.Round, "");

        /// <summary>An axis that one article leaves open contradicts nothing.</summary>
        public override bool Agrees(ClaimValue other) => other is Round o
            && (Series is null || o.Series is null || Series == o.Series)
            && (Modifier is null || o.Modifier is null || Modifier == o.Modifier)
            && (Instrument is null || o.Instrument is null || Instrument == o.Instrument);
    }

    /// <param name="Effective">Since when; <see cref="When.Unknown"/> where the article gives no time, and then the later recorded counts.</param>
    public sealed record Status(DealStatus Value, When Effective) : ClaimValue
    {
        public override Slot Slot => new(Field.Status, "");

        /// <summary>A status that has moved on does not contradict the one before it.</summary>
        public override bool Agrees(ClaimValue other) => true;
    }

    /// <summary>The sum, in the currency that the article leads with.</summary>
    public sealed record Raised(Amount Amount) : ClaimValue
    {
        public override Slot Slot => new(Field.Amount, "");

        public override bool Agrees(ClaimValue other) => other is Raised o && Amount.Agrees(o.Amount);
    }

    /// <summary>The dollar figure that the article itself gives beside the sum; never one that was computed.</summary>
    public sealed record UsdAsReported(Amount Amount) : ClaimValue
    {
        public Amount Amount { get; } = Amount.Currency == Currency.Usd ? Amount
            : throw new InvalidValueException("usdAsReported.currency", $"is {Amount.Currency?.ToString() ?? "missing"}; USD is expected");

        public override Slot Slot => new(Field.UsdAsReported, "");

        public override bool Agrees(ClaimValue other) => other is UsdAsReported o && Amount.Agrees(o.Amount);
    }

    public sealed record Valuation(Amount Amount, ValuationBasis Basis) : ClaimValue
    {
        public override Slot Slot => new(Field.Valuation, "");

        public override bool Agrees(ClaimValue other) => other is Valuation o && Amount.Agrees(o.Amount)
            && (Basis == o.Basis || Basis == ValuationBasis.Unknown || o.Basis == ValuationBasis.Unknown);
    }

    /// <summary>An investor of the deal.</summary>
    /// <param name="Party">Null where the article describes investors without naming them.</param>
    /// <param name="Existing">The article says that it had invested in the company before.</param>
    /// <param name="Unnamed">How the article describes investors that it does not name; null where it names one.</param>
    public sealed record Investor(PartyId? Party, InvestorRole Role, bool Existing = false, string? Unnamed = null) : ClaimValue
    {
        public PartyId? Party { get; } = (Party is null) == (Unnamed is null)
            ? throw new InvalidValueException("investor", "takes either a party or the words for unnamed investors")
            : Party;

        public string? Unnamed { get; } = Unnamed is null ? null : Text.Line("investor.unnamed", Unnamed);

        /// <summary>Words for unnamed investors are kept apart from ids, which they may happen to spell.</summary>
        public override Slot Slot => new(Field.Investor, Party?.Value ?? $"“{Unnamed}”");

        /// <summary>Who leads or joins a round backs the company too.</summary>
        public override bool Agrees(ClaimValue other) => other is Investor o
            && (Role == o.Role || Role == InvestorRole.Backer || o.Role == InvestorRole.Backer);
    }

    /// <summary>The article says that there were more investors than it names.</summary>
    public sealed record OthersUndisclosed : ClaimValue
    {
        public override Slot Slot => new(Field.OthersUndisclosed, "");
    }

    /// <summary>When the deal was announced or done, as far as the article says.</summary>
    public sealed record Announced(When When) : ClaimValue
    {
        public override Slot Slot => new(Field.Announced, "");

        public override bool Agrees(ClaimValue other) => other is Announced o && When.Agrees(o.When);
    }

    /// <summary>What the money is for. The words as written are the value.</summary>
    public sealed record UseOfProceeds : ClaimValue
    {
        public override Slot Slot => new(Field.UseOfProceeds, "");
    }

    /// <summary>The time over which an aggregate sums up: "this year" is unknown where the article has no date.</summary>
    public sealed record Period(When When) : ClaimValue
    {
        public override Slot Slot => new(Field.Period, "");

        public override bool Agrees(ClaimValue other) => other is Period o && When.Agrees(o.When);
    }

    public sealed record Sector(string Slug) : ClaimValue
    {
        public string Slug { get; } = Values.Slug.Check("sector", Slug);

        public override Slot Slot => new(Field.Sector, Slug);
    }

    public sealed record Place(string Name) : ClaimValue
    {
        public string Name { get; } = Text.Line("place", Name);

        public override Slot Slot => new(Field.Place, Name);
    }

    /// <summary>Whom the article names as its own source for the deal.</summary>
    public sealed record ReportedBy(string Name) : ClaimValue
    {
        public string Name { get; } = Text.Line("reportedBy", Name);

        public override Slot Slot => new(Field.ReportedBy, Name);
    }

    /// <summary>Of a party: when it was founded.</summary>
    public sealed record Founded(When When) : ClaimValue
    {
        public override Slot Slot => new(Field.Founded, "");

        public override bool Agrees(ClaimValue other) => other is Founded o && When.Agrees(o.When);
    }

    /// <summary>Of a party: what sort of investor it is ("private-equity", "corporate", "government-backed").</summary>
    public sealed record InvestorKind(string Slug) : ClaimValue
    {
        public string Slug { get; } = Values.Slug.Check("investorKind", Slug);

        public override Slot Slot => new(Field.InvestorKind, Slug);
    }

    /// <summary>Of a party: what it is to another one.</summary>
    /// <param name="With">The other party; null where only the nature is told (a state-backed fund of a state not named).</param>
    /// <param name="From">Since when; null where nothing is said of it.</param>
    public sealed record Affiliation(AffiliationKind Value, PartyId? With, When? From = null) : ClaimValue
    {
        public PartyId? With { get; } = With is null && Value is not AffiliationKind.StateBacked
            ? throw new InvalidValueException("affiliation.with", "is missing; only a state-backed party may leave it open")
            : With;

        public override Slot Slot => new(Field.Affiliation, With is { } with ? $"{Name}/{with}" : Name);

        public override bool Agrees(ClaimValue other) => other is Affiliation o && (From is null || o.From is null || From.Agrees(o.From));

        private string Name => char.ToLowerInvariant(Value.ToString()[0]) + Value.ToString()[1..];
    }

    /// <summary>Of a company: an investor in it, in no round that the article names.</summary>
    public sealed record Backer(PartyId Party) : ClaimValue
    {
        public override Slot Slot => new(Field.Backer, Party.Value);
    }

    /// <summary>Of an article: a figure about a market, not about a deal.</summary>
    /// <param name="Measure">What was measured, in the article's words or nearly.</param>
    /// <param name="During">The time over which; "Q1" is unknown where the article names no year.</param>
    public sealed record MarketFigure(string Measure, When During, Amount Amount) : ClaimValue
    {
        public string Measure { get; } = Text.Line("marketFigure.measure", Measure);

        public override Slot Slot => new(Field.MarketFigure, $"{Measure}/{During}/{Amount.Low}");
    }
}
