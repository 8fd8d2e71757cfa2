using System.Globalization;
using Ledger.App.Log;
using Ledger.App.Views.Articles;
using Ledger.App.Views.Deals;
using Ledger.App.Views.Moments;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Views.Audit;

/// <summary>How the record of a deal came to say what it says.</summary>
public sealed class DealAudits(Snapshot snapshot, DealQueries deals, ArticleQueries articles, EventLog log)
{
    /// <summary>What a program that reads a report goes by.</summary>
    internal const string Format = "ledger-audit/1";

    private static readonly TimeSpan SignedWithin = TimeSpan.FromSeconds(10);

    /// <summary>What became of a deal between two of its states.</summary>
    /// <param name="id">The deal's.</param>
    /// <param name="from">A version (3), a position (@120), a date, which means its end, UTC, or a time; null for the version before <paramref name="to"/>.</param>
    /// <param name="to">The same; null for the present.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="NotFoundException">No deal has the id.</exception>
    /// <exception cref="InvalidValueException">There is no such moment, or they are the wrong way round.</exception>
    public async Task<DealDiff> Diff(string id, string? from, string? to, CancellationToken cancel)
    {
        var steps = await Steps(id, cancel);
        var upTo = to is null ? steps.Count : await Count(steps, "to", to, cancel);
        var since = from is null ? Math.Max(0, upTo - 1) : await Count(steps, "from", from, cancel);
        if (since > upTo)
            throw new InvalidValueException("from", $"'{from}' is after '{to ?? "the present"}'");
        var between = steps[since..upTo];
        var last = LastOf(between);
        var net = new DealChange(State(id, steps, since), State(id, steps, upTo), steps[^1].Change.Cause);
        return new DealDiff(id, MomentOf(steps, since), MomentOf(steps, upTo),
            [.. net.Fields().Select(change => new DiffLine(change.Slot.ToString(), ChangedValue.Of(change.From), ChangedValue.Of(change.To), MadeBy.Of(last[change.Slot.ToString()])))],
            [.. between.Select(step => HistoryEntry.Of(step.Change, step.Event))]);
    }

    /// <summary>For each field of the deal, what it goes by, and which event made it so.</summary>
    /// <exception cref="NotFoundException">No deal has the id.</exception>
    public async Task<DealBlame> Blame(string id, CancellationToken cancel)
    {
        var steps = await Steps(id, cancel);
        var deal = State(id, steps, steps.Count);
        return new DealBlame(id, deal.Version, deal.Last!.Position, Blame(deal, steps, await articles.Of(deal.Sources.Select(source => source.Value), cancel)));
    }

    /// <summary>Everything that is recorded of a deal, with a proof of each event.</summary>
    /// <param name="id">The deal's.</param>
    /// <param name="tree">What proves it. It has signed the log as it is, or is about to.</param>
    /// <param name="key">What it is signed with.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="NotFoundException">No deal has the id.</exception>
    public async Task<DealAudit> Audit(string id, LogTree tree, LogKey key, CancellationToken cancel)
    {
        var record = await deals.Get(id, cancel);
        var steps = await Steps(id, cancel);
        var deal = State(id, steps, steps.Count);
        var sources = await articles.Of(record.Sources, cancel);
        var streams = deal.WithAbsorbed().Select(of => StoredEvents.StreamOf(of.Id)).Concat(record.Sources.Select(source => StoredEvents.Articles + source));
        var events = await log.ReadStreams([.. streams.Distinct()], await snapshot.Position(cancel), cancel);
        var proven = new List<ProvenEvent>();
        foreach (var e in events.OrderBy(e => e.Position))
            proven.Add(new ProvenEvent(e.Position, e.Stream, e.Version, e.Type, await Proof(tree, e.Position, cancel)));
        return new DealAudit(Format, await snapshot.Position(cancel), key.VerifierKey, record, Blame(deal, steps, sources),
            [.. steps.Select(step => HistoryEntry.Of(step.Change, step.Event))], [.. record.Sources.Select(source => sources[source])], proven);
    }

    private async Task<List<DealStep>> Steps(string id, CancellationToken cancel)
    {
        var merges = await snapshot.Merges(cancel);
        return [.. (await deals.Steps(id, cancel)).Select(step => step with
        {
            Change = step.Change with { Before = step.Change.Before.Following(merges.Root), After = step.Change.After.Following(merges.Root) },
        })];
    }

    private static List<BlameLine> Blame(Deal deal, List<DealStep> steps, IReadOnlyDictionary<string, ArticleName> sources)
    {
        var last = LastOf(steps);
        var contested = deal.Contested.ToHashSet();
        return
        [
            .. deal.Choices().Select(slot => new BlameLine(
                slot.Key.ToString(), ClaimRecord.Of(slot.Value.Claim, current: true, slot.Value.By), sources[slot.Value.Claim.Source.Value].Name,
                contested.Contains(slot.Key.Field), MadeBy.Of(last[slot.Key.ToString()]))),
        ];
    }

    /// <summary>Of each field that changed, the step that changed it last.</summary>
    private static Dictionary<string, DealStep> LastOf(IEnumerable<DealStep> steps)
    {
        var last = new Dictionary<string, DealStep>();
        foreach (var step in steps)
        {
            foreach (var change in step.Change.Fields())
                last[change.Slot.ToString()] = step;
        }
        return last;
    }

    private static Deal State(string id, List<DealStep> steps, int count) => count == 0 ? Deal.Unknown(new DealId(id)) : steps[count - 1].Change.After;

    private static DealMoment MomentOf(List<DealStep> steps, int count) =>
        count == 0 ? new DealMoment(0, null, null) : new DealMoment(steps[count - 1].Change.Cause.Version, steps[count - 1].Change.Cause.Position, steps[count - 1].Change.Cause.RecordedAt);

    /// <summary>How many steps there were by then.</summary>
    private async Task<int> Count(List<DealStep> steps, string field, string text, CancellationToken cancel)
    {
        if (text.StartsWith('@'))
        {
            var position = await Moment.Position(field, text[1..], log, cancel);
            return steps.Count(step => step.Change.Cause.Position <= position);
        }
        if (!text.All(char.IsAsciiDigit))
        {
            var time = Moment.Time(field, text);
            return steps.Count(step => step.Change.Cause.RecordedAt <= time);
        }
        var version = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;
        return version <= steps[^1].Change.Cause.Version ? steps.Count(step => step.Change.Cause.Version <= version)
            : throw new InvalidValueException(field, $"there is no version {text}; the last is {steps[^1].Change.Cause.Version}");
    }

    /// <summary>A server signs within a second of what is recorded.</summary>
    private static async Task<string> Proof(LogTree tree, long position, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(SignedWithin);
        while (true)
        {
            try
            {
                return await tree.ProveInclusion(position, cancel);
            }
            catch (ArgumentOutOfRangeException) when (!patience.IsCancellationRequested)
            {
                await Task.Delay(100, cancel);
            }
        }
    }
}
