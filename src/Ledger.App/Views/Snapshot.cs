using System.ComponentModel.DataAnnotations.Schema;
using System.Globalization;
using System.Reflection;
using Ledger.App.Log;
using Ledger.App.Views.Parties;
using Ledger.Domain.Articles;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Parties;
using Ledger.Domain.Values;
using Ledger.EventStore;
using Npgsql;

namespace Ledger.App.Views;

/// <summary>
/// What one request or one command reads: the views as of one moment, and the deals, parties and articles as they were then. It is
/// opened by the first question.
/// </summary>
public sealed class Snapshot(ViewRuntime views, EventLog log) : IAsyncDisposable
{
    // The parts of a page ask at the same time.
    private readonly SemaphoreSlim _oneQuestion = new(1, 1);
    private ViewSnapshot? _open;
    private Merges? _merges;

    /// <summary>Whether something was read already.</summary>
    public bool IsOpen => _open is not null;

    /// <summary>The position to read as of; null for the present. It is chosen before anything is read.</summary>
    public long? AsOf
    {
        get;
        set => field = _open is null ? value : throw new InvalidOperationException("Something was read already.");
    }

    /// <summary>The time that <see cref="AsOf"/> stands for; null where a position was asked for, or the present.</summary>
    public DateTimeOffset? AsOfTime { get; set; }

    /// <summary>
    /// Only deals dated on this day or before are read, with the status that held on it; null for all. It is chosen before anything is read.
    /// </summary>
    public DateOnly? EffectiveUntil
    {
        get;
        set => field = _open is null ? value : throw new InvalidOperationException("Something was read already.");
    }

    /// <summary>Which deals are read, in words that follow those for deals: <c>" dated 3 April 2020 or before"</c>; empty for all.</summary>
    public string ByThen => EffectiveUntil is { } until ? $" dated {Shown.Date(until)} or before" : "";

    /// <summary>A merge of parties that is read as if it had been made, to show what it would change; null for none.</summary>
    public (PartyId Party, PartyId Into)? Supposed
    {
        get;
        set => field = _merges is null ? value : throw new InvalidOperationException("Something was read already.");
    }

    /// <summary>The position that is read as of.</summary>
    public async Task<long> Position(CancellationToken cancel) => await Ask(open => Task.FromResult(open.Position), cancel);

    /// <summary>The position that all views hold, also those that stand still or are frozen: who records what follows from views goes up to there.</summary>
    public async Task<long> HeldByAll(CancellationToken cancel) => await Ask(open => Task.FromResult(open.HeldByAll), cancel);

    /// <summary>The views that hold less than that position, if anything was read: what is read of them is older than the rest.</summary>
    public IReadOnlyList<ViewBehind> Behind => _open?.Behind ?? [];

    /// <summary>What everything that is read follows from: the position, and the versions of the views that hold it.</summary>
    public async Task<(long Position, string Versions)> Moment(CancellationToken cancel) => await Ask(open => Task.FromResult((open.Position, open.Versions)), cancel);

    /// <summary>Whether sums have to be made from rows: of the past, or of some of the deals.</summary>
    public async Task<bool> IsPartial(CancellationToken cancel) => await Ask(open => Task.FromResult(open.IsPast || EffectiveUntil is not null), cancel);

    /// <summary>Whether few rows are asked for, by their keys. Said after something was read it makes no difference.</summary>
    public bool IsAskedByKeys { get; set; }

    /// <summary>
    /// Has the database take more memory for what is asked from here on, since groups of all rows do not fit into what a query has otherwise, and
    /// have it shared by several workers also where many rows come out of it.
    /// </summary>
    public Task AskOfMany(CancellationToken cancel) => Ask(async open =>
    {
        await open.Connection.Execute("set local work_mem = '64MB'; set local parallel_tuple_cost = 0.01", cancel);
        return true;
    }, cancel);

    /// <summary>All rows of a query, each made by <paramref name="read"/>.</summary>
    /// <param name="sql">Given what says that a row of the table it names holds.</param>
    /// <param name="read">Reads a row.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="parameters">By their numbers.</param>
    public Task<List<T>> Query<T>(Func<Func<string, string>, string> sql, Func<NpgsqlDataReader, T> read, CancellationToken cancel, params object?[] parameters) =>
        Ask(open => open.Ask(() => open.Connection.Query(sql(table => open.Holds(table) + Dated(open, table, table)), read, cancel, parameters)), cancel);

    /// <summary>The rows of a table that hold.</summary>
    /// <param name="rest">Follows the condition that they hold: <c>"and r.company_id = $1"</c>.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="parameters">By their numbers.</param>
    public Task<List<TRow>> Rows<TRow>(string rest, CancellationToken cancel, params object?[] parameters) where TRow : class =>
        Ask(open => open.Rows<TRow>(Dated(open, "r", TableOf<TRow>()) + " " + rest, Sql.Parameters(parameters), cancel), cancel);

    /// <summary>Sums that hold at the present position.</summary>
    public Task<List<TSum>> Sums<TSum>(string condition, CancellationToken cancel, params object?[] parameters) where TSum : class =>
        Ask(open => open.Sums<TSum>(condition, Sql.Parameters(parameters), cancel), cancel);

    /// <summary>
    /// Deals in the order of their ids, of the parties that those which they name are known to be; those that are not there, that are dated
    /// later than the day that is asked for, or not at all, or of which no status holds yet, are left out.
    /// </summary>
    public async Task<List<Deal>> Deals(IEnumerable<string> ids, CancellationToken cancel)
    {
        var deals = await Recorded(ids, cancel);
        return EffectiveUntil is { } until ? [.. deals.Where(deal => LastDay(deal) <= until).Select(deal => deal.Until(until)).Where(deal => deal.Status is not null)] : deals;
    }

    /// <summary>The same of one deal.</summary>
    /// <exception cref="NotFoundException">It is not there, or left out; the sentence says why.</exception>
    public async Task<Deal> Deal(string id, CancellationToken cancel)
    {
        var deal = (await Recorded([id], cancel)).SingleOrDefault() ?? throw new NotFoundException($"No deal has the id '{id}'.");
        if (EffectiveUntil is not { } until)
            return deal;
        var then = deal.Until(until);
        return LastDay(deal) is not { } last ? throw new NotFoundException($"Deal '{id}' has no date with a year, so that it is not among those dated {Iso(until)} or before.")
            : last > until ? throw new NotFoundException($"Deal '{id}' is dated {deal.Value<ClaimValue.Announced>(Field.Announced)!.When}, which is or may be later than {Iso(until)}.")
            : then.Status is null ? throw new NotFoundException($"Deal '{id}' has no status yet on {Iso(until)}; the first holds from {Iso(deal.StatusFrom()!.Value)} on.")
            : then;
    }

    private async Task<List<Deal>> Recorded(IEnumerable<string> ids, CancellationToken cancel)
    {
        var merges = await Merges(cancel);
        var deals = await log.Fold(RecordStreams.Deals, [.. ids.Select(id => StoredEvents.Deals + id)], await Position(cancel), cancel);
        return merges.IsEmpty ? deals : deals.ConvertAll(deal => deal.Following(merges.Root));
    }

    /// <summary>Parties that stand for themselves, each with all that is recorded of those that were merged into it.</summary>
    public async Task<List<Party>> Parties(IEnumerable<string> roots, CancellationToken cancel)
    {
        var merges = await Merges(cancel);
        var wanted = roots.ToList();
        var parties = await log.Fold(RecordStreams.Parties, [.. merges.Ids(wanted).Select(id => StoredEvents.Parties + id)], await Position(cancel), cancel);
        var members = parties.ToLookup(party => merges.Root(party.Id.Value));
        return merges.IsEmpty ? parties
            : [.. parties.Where(party => wanted.Contains(party.Id.Value)).Select(party => party.With([.. members[party.Id.Value].Where(member => member != party)], merges.Root))];
    }

    /// <summary>Which parties are the same.</summary>
    public async Task<Merges> Merges(CancellationToken cancel)
    {
        if (_merges is not null)
            return _merges;
        var into = (await Query(now => $"select id, merged_into from party where {now("party")} and merged_into is not null",
            row => KeyValuePair.Create(row.GetString(0), row.GetString(1)), cancel)).ToDictionary();
        if (Supposed is { } supposed)
            into[supposed.Party.Value] = supposed.Into.Value;
        return _merges ??= new Merges(into);
    }

    /// <summary>An article; null where there is none.</summary>
    public async Task<Article?> Article(string id, CancellationToken cancel) =>
        (await log.Fold(RecordStreams.Articles, [StoredEvents.Articles + id], await Position(cancel), cancel)).SingleOrDefault();

    private static string TableOf<TRow>() => typeof(TRow).GetCustomAttribute<TableAttribute>()!.Name;

    /// <summary>What leaves out deals that are dated later, or not at all, or of which no status holds yet, from a table of theirs.</summary>
    private string Dated(ViewSnapshot open, string alias, string table)
    {
        if (EffectiveUntil is not { } until)
            return "";
        var date = Iso(until);
        return table switch
        {
            "deal" => $" and {Is(alias)}",
            "company_deal" or "investor_deal" =>
                $" and {alias}.deal_id in (select dated.id from deal dated where {open.Holds("dated")} and {Is("dated")})",
            _ => "",
        };

        string Is(string deal) => $"{deal}.announced_to <= '{date}' and ({deal}.status_from is null or {deal}.status_from <= '{date}')";
    }

    private static DateOnly? LastDay(Deal deal) => deal.Value<ClaimValue.Announced>(Field.Announced)?.When.To;

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private async Task<T> Ask<T>(Func<ViewSnapshot, Task<T>> question, CancellationToken cancel)
    {
        await _oneQuestion.WaitAsync(cancel);
        try
        {
            _open ??= await views.Open(AsOf, IsAskedByKeys, cancel);
            return await question(_open);
        }
        finally
        {
            _oneQuestion.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_open is not null)
            await _open.DisposeAsync();
        _oneQuestion.Dispose();
    }
}
