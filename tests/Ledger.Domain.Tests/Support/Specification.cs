using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Support;

/// <summary>Given facts, when a command, then facts, nothing, or a refusal.</summary>
internal static class Given
{
    public static Specification<DealCommand, DealEvent> Deal(params DealEvent[] history) => new(history,
        (facts, command) => DealDecisions.Decide(Fold(facts, Domain.Deals.Deal.Unknown(Sample.Deal), (state, e, cause) => state.Evolve(e, cause)), command));

    public static Specification<PartyCommand, PartyEvent> Party(params PartyEvent[] history) => new(history,
        (facts, command) => PartyDecisions.Decide(Fold(facts, Domain.Parties.Party.Unknown(Sample.Tencent), (state, e, cause) => state.Evolve(e, cause)), command));

    public static Specification<ArticleCommand, ArticleEvent> Article(params ArticleEvent[] history) => new(history,
        (facts, command) => ArticleDecisions.Decide(Fold(facts, Domain.Articles.Article.Unknown(Sample.Article), (state, e, cause) => state.Evolve(e, cause)), command));

    private static TState Fold<TState, TEvent>(IEnumerable<TEvent> facts, TState unknown, Func<TState, TEvent, Cause, TState> evolve)
    {
        var position = 0;
        return facts.Aggregate(unknown, (state, e) => evolve(state, e, Sample.Cause(++position)));
    }
}

internal sealed class Specification<TCommand, TEvent>(IReadOnlyList<TEvent> history, Func<IReadOnlyList<TEvent>, TCommand, Decision<TEvent>> decide)
    where TEvent : notnull
    where TCommand : notnull
{
    public Outcome When(TCommand command) => new(history, command, decide);

    internal sealed class Outcome(IReadOnlyList<TEvent> history, TCommand command, Func<IReadOnlyList<TEvent>, TCommand, Decision<TEvent>> decide)
    {
        private Decision<TEvent> Decision => decide(history, command);

        /// <summary>And when the same command comes again after that, nothing: so it is of every command that records.</summary>
        public void Then(params TEvent[] facts)
        {
            var recorded = Assert.IsType<Decision<TEvent>.Record>(Decision).Events;
            Assert.Equal(facts.Select(Tell), recorded.Select(Tell));
            Assert.Empty(Assert.IsType<Decision<TEvent>.Record>(decide([.. history, .. recorded], command)).Events);
        }

        public void ThenNothing() => Assert.Empty(Assert.IsType<Decision<TEvent>.Record>(Decision).Events);

        public void ThenRefused(string type, string sentence)
        {
            var refusal = Assert.IsType<Decision<TEvent>.Refuse>(Decision).Refusal;
            Assert.Equal((type, sentence), (refusal.Type, refusal.Sentence));
        }
    }

    /// <summary>Arrays in records are compared by reference, and a line a fact is easier to read besides.</summary>
    private static string Tell(TEvent happened) => happened switch
    {
        DealEvent.DealAnnounced e => $"announced from {e.Source}: {Tell(e.Claims)}",
        DealEvent.DealCorroborated e => $"corroborated from {e.Source}: {Tell(e.Claims)}",
        DealEvent.DealClaimRestored e => $"restored {e.Claim}, withdrawn {string.Join(", ", e.Withdrawn)}: {e.Reason}",
        DealEvent.DealSourceRanked e => $"ranked {e.Source} {e.Rank}: {string.Join(", ", e.Articles)}",
        PartyEvent.PartyDescribed e => $"described from {e.Source}: {Tell(e.Claims)}",
        ArticleEvent.ArticleClaimed e => $"claimed: {Tell(e.Claims)}",
        _ => happened.ToString()!,
    };

    private static string Tell(IEnumerable<Claim> claims) => string.Join("; ", claims);
}
