using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;

namespace Ledger.Domain.Tests.Support;

/// <summary>Several deals and their events, as a log would hold them.</summary>
internal sealed class SeveralDeals
{
    private readonly Dictionary<string, List<PastEvent>> _events = [];
    private long _position;

    public Deal this[string id] => _events.GetValueOrDefault(id, []).Aggregate(Deal.Unknown(new DealId(id)), (deal, past) => deal.Evolve(past.Happened, past.Cause));

    public SeveralDeals Announce(string id, DealStatus status, decimal figure, DealKind kind = DealKind.Round, string company = "enflame")
    {
        ClaimValue[] values = [new ClaimValue.Company(new PartyId(company)), new ClaimValue.Kind(kind), Sample.Status(status), Sample.Raised(figure)];
        Assert.NotEmpty(Do(id, new DealCommand.Announce(Sample.Article, [.. values.Select(value => Sample.Claim(value, $"words of {id}"))])));
        return this;
    }

    public string[] Do(string id, DealCommand command, string? named = null) =>
        Record(DealDecisions.Decide(this[id], command, named is null ? null : new DealId(named)) is Decision<DealEvent>.Record(var events)
            ? [.. events.Select(happened => new DealFact(new DealId(id), happened))] : []);

    public string[] Do(string deal, string other, TieCommand command) =>
        Record(TieDecisions.Decide(this[deal], this[other], command) is Decision<DealFact>.Record(var facts) ? [.. facts] : []);

    public string[] Merge(string deal, string into) => Do(deal, into, new TieCommand.Merge([.. _events[deal]], new Reason("because")));

    public string[] Cover(string deal, string aggregate) =>
        Do(deal, aggregate, new TieCommand.Cover([.. this[aggregate].Covers.Select(covered => this[covered.Deal.Value])], new Reason("because")));

    public void Refuses(string deal, string other, TieCommand command, string type, string sentence)
    {
        var refusal = Assert.IsType<Decision<DealFact>.Refuse>(TieDecisions.Decide(this[deal], this[other], command)).Refusal;
        Assert.Equal((type, sentence), (refusal.Type, refusal.Sentence));
    }

    /// <summary>All that a deal says, without its version.</summary>
    public string Tell(string id) => Tell(this[id]);

    /// <summary>The same of a deal that was never merged and into which none was, all other events being the same.</summary>
    public string TellWithoutMerges(string id) => Tell(_events[id]
        .Where(past => past.Happened is not (DealEvent.DealMerged or DealEvent.DealUnmerged or DealEvent.DealAbsorbed or DealEvent.DealReleased or DealEvent.DealEchoed))
        .Aggregate(Deal.Unknown(new DealId(id)), (deal, past) => deal.Evolve(past.Happened, past.Cause)));

    private static string Tell(Deal deal) =>
        string.Join('\n', [$"{deal.Counts} {deal.IsListed} {string.Join(' ', deal.Contested)} {string.Join(' ', deal.Sectors)}", .. deal.Claims.Select(claim => claim.ToString())]);

    /// <summary>What happened to a deal that was merged is recorded of it too, as the write path does.</summary>
    private string[] Record(IEnumerable<DealFact> facts)
    {
        var told = new List<string>();
        foreach (var (deal, happened) in facts)
        {
            Add(deal, happened);
            for (var inner = happened as DealEvent.DealEchoed; inner is { First: null }; inner = inner.Happened as DealEvent.DealEchoed)
                Add(inner.Deal, inner.Happened);
        }
        return [.. told];

        void Add(DealId deal, DealEvent happened)
        {
            if (!_events.TryGetValue(deal.Value, out var events))
                _events.Add(deal.Value, events = []);
            _position++;
            events.Add(new PastEvent(happened, new Cause(_position, events.Count + 1, DateTimeOffset.UnixEpoch.AddSeconds(_position), "somebody")));
            told.Add($"{deal}: {happened.GetType().Name}");
        }
    }
}
