namespace Ledger.Benchmarks.Views;

/// <summary>
/// The facts of the sample's deals made of its events by one statement: of each field the claim that stands and corrects another, or else the
/// last one. It sorts in as much memory as the job may take. It knows nothing of what the sample does not do: ranks, preferences, statuses
/// with a time, and events that undo others.
/// </summary>
internal static class PlainFacts
{
    public const string Sql = """
        set work_mem = '256MB';
        create table ledger.plain_rollup as
        with told as (
            select stream_id, seq_id, type, case type when 'deal_echoed' then data -> 'happened' else data end as data
            from ledger.mt_events where type in ('deal_announced', 'deal_corroborated', 'deal_claim_corrected', 'deal_echoed')),
        claim as (
            select told.stream_id, told.seq_id, type = 'deal_claim_corrected' as corrects, one.n, one.value ->> 'id' as id, one.value -> 'value' as value, one.value -> 'value' ->> 'is' as field
            from told cross join lateral jsonb_array_elements(case type when 'deal_claim_corrected' then jsonb_build_array(data -> 'by') else data -> 'claims' end) with ordinality one(value, n)),
        standing as (
            select claim.*, row_number() over (partition by stream_id, field order by corrects desc, seq_id desc, n desc) as place
            from claim left join (select distinct data ->> 'claim' as id from told where type = 'deal_claim_corrected') corrected using (id)
            where corrected.id is null),
        field as (
            select stream_id,
                (max(value ->> 'party') filter (where field = 'company' and place = 1)) as company_id,
                (max(value ->> 'value') filter (where field = 'status' and place = 1)) as status,
                (max(value ->> 'series') filter (where field = 'round' and place = 1)) as series,
                (max(value ->> 'instrument') filter (where field = 'round' and place = 1)) as instrument,
                (max(value -> 'amount' ->> 'currency') filter (where field = 'amount' and place = 1)) as currency,
                (max((value -> 'amount' ->> 'low')::numeric) filter (where field = 'amount' and place = 1)) as amount_low,
                (max((value -> 'amount' ->> 'high')::numeric) filter (where field = 'amount' and place = 1)) as amount_high,
                (max((value ->> 'when')::date) filter (where field = 'announced' and place = 1)) as announced_from,
                array_agg(distinct value ->> 'slug') filter (where field = 'sector') as sectors,
                array_agg(distinct value ->> 'name') filter (where field = 'place') as places
            from standing group by stream_id)
        select substr(stream_id, 6) as deal_id, company_id, status, series, instrument, currency, amount_low, amount_high, announced_from, announced_from as announced_to, sectors, places
        from field where stream_id not in (select stream_id from ledger.mt_events where type = 'deal_merged');
        reset work_mem
        """;

    /// <summary>How many facts are others, by what both have of deals and sums.</summary>
    public const string Others = """
        select count(*) from (
            (select deal_id, status, series, currency, amount_low, announced_from from ledger.plain_rollup except select deal_id, status, series, currency, amount_low, announced_from from views.rollup_fact)
            union all
            (select deal_id, status, series, currency, amount_low, announced_from from views.rollup_fact except select deal_id, status, series, currency, amount_low, announced_from from ledger.plain_rollup)) others
        """;
}
