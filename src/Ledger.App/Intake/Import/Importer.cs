using Ledger.App.Deals;
using Ledger.App.Intake.Announce;
using Ledger.Domain.Articles;
using Ledger.Domain.Values;

namespace Ledger.App.Intake.Import;

/// <summary>How far an import has come.</summary>
/// <param name="Rows">Rows read, recorded or skipped.</param>
/// <param name="Events">Events recorded; what was known already makes none.</param>
/// <param name="Skipped">Rows that could not be recorded, and why.</param>
internal sealed record ImportReport(string Source, int Rows, int Deals, int Events, IReadOnlyList<SkippedRow> Skipped);

/// <param name="Line">Counted from 1; the headings are line 1.</param>
internal sealed record SkippedRow(int Line, string Why);

/// <summary>
/// Records the rows of a table, a transaction a chunk: what was reported as done is recorded, and an import that was stopped is
/// begun again and finds that part recorded.
/// </summary>
internal sealed class Importer(DealLedger ledger)
{
    /// <summary>A chunk's events are recorded at once, and others wait for as long as that takes.</summary>
    private const int ChunkRows = 50;

    public async Task<ImportReport> Run(RowReader reader, Table table, ArticleDescription source, string author, Action<ImportReport> progress, CancellationToken cancel)
    {
        var skipped = new List<SkippedRow>();
        var lines = new Dictionary<DealId, int>();
        var (rows, events) = (0, 0);
        foreach (var chunk in table.Rows().Chunk(ChunkRows))
        {
            var read = new List<(PartyAnnouncement[] Parties, DealAnnouncement Deal)>(chunk.Length);
            foreach (var row in chunk)
            {
                try
                {
                    var announced = reader.Read(row);
                    if (lines.TryAdd(announced.Deal.Id, row.Line))
                        read.Add(announced);
                    else
                        skipped.Add(new SkippedRow(row.Line, $"repeats line {lines[announced.Deal.Id]}: the same company, round, day and amount"));
                }
                catch (InvalidValueException e)
                {
                    skipped.Add(new SkippedRow(row.Line, e.Message));
                }
            }
            events += await Record(read);
            rows += chunk.Length;
            progress(Report());
        }
        return Report();

        // A chunk that a rule of the record refuses is halved until it is known which of its rows are to blame: the others are recorded.
        async Task<int> Record(IReadOnlyList<(PartyAnnouncement[] Parties, DealAnnouncement Deal)> read)
        {
            try
            {
                // A company stands in many rows, and goes by the name that the first of them gives it.
                var parties = read.SelectMany(row => row.Parties).DistinctBy(party => (party.Id, party.Register.Name));
                var announcement = new Announcement(table.Path, table.Source, source, [], [.. parties], [.. read.Select(row => row.Deal)]);
                return (await ledger.Record([announcement], author, cancel)).Events;
            }
            catch (RefusedException e) when (read.Count == 1)
            {
                lines.Remove(read[0].Deal.Id, out var line);
                skipped.Add(new SkippedRow(line, e.Refusal.Sentence));
                return 0;
            }
            catch (RefusedException) when (read.Count > 1)
            {
                return await Record([.. read.Take(read.Count / 2)]) + await Record([.. read.Skip(read.Count / 2)]);
            }
        }

        ImportReport Report() => new(table.Source.Id.Value, rows, lines.Count, events, [.. skipped.OrderBy(row => row.Line)]);
    }
}
