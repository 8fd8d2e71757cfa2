using Ledger.App.Deals;
using Ledger.App.Log;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;
using Ledger.Domain.Watchlists;
using Ledger.EventStore;

namespace Ledger.App.Watchlists;

/// <summary>Records what people decide about watchlists.</summary>
internal sealed class WatchlistLedger(EventLog log, WatchlistStates states)
{
    /// <summary>What stands under /watchlists besides lists.</summary>
    private const string Language = "language";

    /// <summary>The id of a list that is to have a name.</summary>
    /// <exception cref="InvalidValueException">No letter of the name can be one of an id, or the id is something else's.</exception>
    public static WatchlistId IdOf(string name)
    {
        var letters = NameKey.Of(Text.Line("name", name)).Select(c => char.IsAsciiLetterOrDigit(c) ? c : ' ').ToArray();
        var slug = string.Join('-', new string(letters).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        if (slug == Language)
            throw new InvalidValueException("name", $"'{Text.Shorten(name)}' is that of the page that tells the language of rules");
        return slug.Length is > 0 and <= Slug.LengthMax ? new WatchlistId(slug)
            : throw new InvalidValueException("name", $"'{Text.Shorten(name)}' has {(slug.Length == 0 ? "no letter from a to z and no digit" : "too many letters")}; an id is made from them");
    }

    /// <exception cref="RefusedException">A rule of the record refuses it; nothing was recorded.</exception>
    public Task<RecordOutcome> Change(WatchlistId id, WatchlistCommand command, Writer writer, CancellationToken cancel) => writer.Once(log, async () =>
    {
        var outcome = RecordOutcome.Nothing;
        await DealLedger.OnConflict.ExecuteAsync(
            async stop =>
            {
                var list = await states.Get(id, null, stop);
                switch (WatchlistDecisions.Decide(list, command))
                {
                    case Decision<WatchlistEvent>.Refuse(var refusal):
                        throw new RefusedException($"watchlist {id}", refusal);
                    case Decision<WatchlistEvent>.Record { Events: [_, ..] events }:
                        await CheckName(id, command, stop);
                        var append = writer.Append([Of(list, events)]);
                        outcome = outcome.Add(await log.Append(append, stop), append);
                        break;
                }
            },
            cancel);
        if (command is WatchlistCommand.Define)
            await states.Add([id], cancel);
        return outcome;
    }, cancel);

    /// <summary>Lists are asked for by their names: two that are kept never have the same.</summary>
    private async Task CheckName(WatchlistId id, WatchlistCommand command, CancellationToken cancel)
    {
        var name = command switch
        {
            WatchlistCommand.Define c => c.Name,
            WatchlistCommand.Rename c => c.Name,
            _ => null,
        };
        if (name is not null && (await states.Kept(null, cancel)).Find(list => list.Id != id && NameKey.Of(list.Name!) == NameKey.Of(name)) is { } other)
            throw new RefusedException($"watchlist {id}", new Refusal("watchlist-exists", $"Watchlist '{other.Id}' is called '{other.Name}' already; choose another name."));
    }

    internal static StreamAppend Of(Watchlist list, IEnumerable<WatchlistEvent> events) =>
        new(StoredEvents.StreamOf(list.Id), list.Version, [.. events.Select(happened => new NewEvent(Guid.CreateVersion7(), happened))]);
}
