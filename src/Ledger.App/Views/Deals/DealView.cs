using System.Text.Json;
using Ledger.App.Log;
using Ledger.Domain.Claims;
using Ledger.Domain.Deals;
using Ledger.Domain.Values;
using Npgsql;

namespace Ledger.App.Views.Deals;

/// <summary>Every version of every deal, with the positions in which it held.</summary>
internal sealed class DealView : IDealView
{
    private const string Insert = """
        insert into views.deal (
            id, version, from_position, to_position, recorded_at, author, kind, company_id, status, series, modifier,
            instrument, round_as_written, qualifier, currency, amount_low, amount_high, amount_as_written, usd_low, usd_high,
            announced, announced_from, announced_to, counts, contested, state)
        select id, version, from_position, to_position, recorded_at, author, kind, company_id, status, series, modifier,
            instrument, round_as_written, qualifier, currency, amount_low, amount_high, amount_as_written, usd_low, usd_high,
            announced, announced_from, announced_to, counts, coalesce(contested, '{}'), state
        from jsonb_to_recordset($1) as row (
            id text, version bigint, from_position bigint, to_position bigint, recorded_at timestamptz, author text, kind text,
            company_id text, status text, series text, modifier text, instrument text, round_as_written text, qualifier text,
            currency text, amount_low numeric, amount_high numeric, amount_as_written text, usd_low numeric, usd_high numeric,
            announced text, announced_from date, announced_to date, counts boolean, contested text[], state jsonb)
        """;

    /// <summary>The deals as the view has them, unknown ones included.</summary>
    public static async Task<Dictionary<DealId, Deal>> Load(IReadOnlyCollection<DealId> ids, NpgsqlConnection connection, CancellationToken cancel)
    {
        var deals = ids.ToDictionary(id => id, Deal.Unknown);
        var states = await connection.Query(
            "select state from views.deal where id = any($1) and to_position is null",
            row => Read(row.GetString(0)), cancel, (object)ids.Select(id => id.Value).ToArray());
        foreach (var deal in states)
            deals[deal.Id] = deal;
        return deals;
    }

    public static Deal Read(string state) => JsonSerializer.Deserialize(state, StoredJson.TypeInfo<Deal>())!;

    public async Task Apply(DealChanges changes, NpgsqlConnection connection, CancellationToken cancel)
    {
        var ended = changes.Net.Where(change => change.Before.IsKnown).ToList();
        var firstAfter = changes.Each.GroupBy(change => change.After.Id).ToDictionary(deal => deal.Key, deal => deal.First().Cause.Position);
        await connection.Execute(
            """
            update views.deal set to_position = ended.position
            from unnest($1, $2) as ended (id, position) where deal.id = ended.id and deal.to_position is null
            """,
            cancel, ended.Select(change => change.After.Id.Value).ToArray(), ended.Select(change => firstAfter[change.After.Id]).ToArray());
        var rows = changes.Each.GroupBy(change => change.After.Id)
            .SelectMany(deal => deal.Zip(deal.Skip(1).Select(next => (long?)next.Cause.Position).Append(null), Row));
        await connection.Execute(Insert, cancel, Sql.Rows(rows));
    }

    private static DealRow Row(DealChange change, long? to)
    {
        var deal = change.After;
        var round = deal.Value<ClaimValue.Round>(Field.Round);
        var usd = deal.Value<ClaimValue.UsdAsReported>(Field.UsdAsReported)?.Amount;
        var announced = deal.Value<ClaimValue.Announced>(Field.Announced)?.When ?? When.Unknown;
        return new DealRow(
            deal.Id.Value, deal.Version, change.Cause.Position, to, change.Cause.RecordedAt, change.Cause.Author,
            Written.Name(deal.Kind!.Value), deal.Company!.Value.Value, Written.Name(deal.Status!.Value),
            round?.Series, round?.Modifier, round?.Instrument is { } instrument ? Written.Name(instrument) : null,
            deal.Claim(Field.Round)?.Claim.AsWritten, Written.Name(deal.Amount.Qualifier), deal.Amount.Currency?.Code,
            deal.Amount.Low, deal.Amount.High, deal.Claim(Field.Amount)?.Claim.AsWritten, usd?.Low, usd?.High,
            announced.ToString(), announced.From, announced.To, deal.Counts, [.. deal.Contested.Select(Written.Name)],
            JsonSerializer.SerializeToElement(deal, StoredJson.TypeInfo<Deal>()));
    }

    private sealed record DealRow(
        string Id, long Version, long FromPosition, long? ToPosition, DateTimeOffset RecordedAt, string Author,
        string Kind, string CompanyId, string Status, string? Series, string? Modifier, string? Instrument, string? RoundAsWritten,
        string Qualifier, string? Currency, decimal? AmountLow, decimal? AmountHigh, string? AmountAsWritten, decimal? UsdLow, decimal? UsdHigh,
        string Announced, DateOnly? AnnouncedFrom, DateOnly? AnnouncedTo, bool Counts, IReadOnlyList<string> Contested, JsonElement State);
}
