using Ledger.App.Deals;
using Ledger.App.Deals.Same;
using Ledger.App.Log;
using Ledger.Domain.Values;
using Ledger.EventStore;

namespace Ledger.App.Intake.Announce;

/// <summary>
/// Records what an article announces, after its new deals were compared with the known ones. That one of them may be a known deal keeps nothing
/// from being recorded, since only its editor can say so: then or later, by merging the two, which can be undone.
/// </summary>
public sealed class Announcing(DealLedger ledger, Candidates candidates, ViewRuntime views, EventLog log)
{
    /// <param name="announcement">The article and what it says.</param>
    /// <param name="writer">Who records it.</param>
    /// <param name="preview">Whether nothing is to be recorded.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="RefusedException">A rule of the record refuses it; nothing was recorded.</exception>
    internal async Task<AnnounceSummary> Record(Announcement announcement, Writer writer, bool preview, CancellationToken cancel)
    {
        var likely = await Compare(announcement, cancel);
        if (preview)
            await ledger.Check(announcement, cancel);
        var outcome = preview ? RecordOutcome.Nothing : await ledger.Record([announcement], writer, cancel);
        return new AnnounceSummary(announcement.Article.Id.Value, [.. announcement.Deals.Select(deal => deal.Id.Value)], outcome.Events, outcome.Position, likely);
    }

    /// <summary>Has deals of an announcement be known ones, as its editor says.</summary>
    /// <param name="file">The announcement; its deals get the ids of the known ones.</param>
    /// <param name="same">By the ids in the announcement, the ids of known deals.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="InvalidValueException">One of the two is not there.</exception>
    public async Task Take(AnnouncementFile file, IReadOnlyDictionary<string, string> same, CancellationToken cancel)
    {
        foreach (var (announced, known) in same)
        {
            if (!file.Deals.Exists(deal => deal.Id == announced))
                throw new InvalidValueException("same", $"'{announced}' is not a deal of the announcement");
            if ((await log.ReadStreams([Log.StoredEvents.StreamOf(new DealId(known))], cancel: cancel)).Count == 0)
                throw new InvalidValueException("same", $"'{known}' is not recorded, so that {announced} cannot be that deal");
        }
        foreach (var deal in file.Deals)
        {
            deal.Id = Known(deal.Id);
            foreach (var tie in new[] { deal.PartOf, deal.CoveredBy }.OfType<TieFields>())
                tie.Deal = Known(tie.Deal);
        }

        string? Known(string? id) => id is null ? null : same.GetValueOrDefault(id, id);
    }

    /// <summary>Null where the views stand still: what is recorded does not wait for them.</summary>
    private async Task<IReadOnlyList<Candidate>?> Compare(Announcement announcement, CancellationToken cancel)
    {
        if (announcement.Deals.IsEmpty)
            return [];
        try
        {
            await views.Prepare(cancel: cancel);
            await views.CatchUp(cancel);
            return await candidates.Of(announcement, cancel);
        }
        catch (Exception e) when (e is ViewStoppedException or ViewsMissingException)
        {
            return null;
        }
    }
}
