-- How far each version of each view holds, as ledger.view_positions says it. While views move there are thousands of old
-- rows beside each present one, and nothing tells the planner; it is held to the end of the index, where the present one is.
create function ledger.view_heads() returns table (view text, version int, "position" bigint, moved_at timestamptz)
    language plpgsql stable set enable_bitmapscan = off set enable_seqscan = off set enable_sort = off as $$
begin
    return query
        select v.view, v.version, p.position, p.moved_at
        from ledger.view_versions v cross join lateral (
            select h.position, h.moved_at from ledger.view_positions h
            where h.view = v.view and h.version = v.version order by h.position desc limit 1) p;
end $$;

revoke all on function ledger.view_heads from public;
grant execute on function ledger.view_heads to ledger_app;

alter function ledger.lock_live_views set enable_bitmapscan = off;
alter function ledger.lock_live_views set enable_seqscan = off;
alter function ledger.lock_live_views set enable_sort = off;
