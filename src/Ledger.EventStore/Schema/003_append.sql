-- Records a batch of appends in one statement and commits it before answering: the lock on the head is never held
-- while the server waits for a client, so a client which stops or vanishes delays nobody.
-- A stream not at its expected version raises LG001, a stream which exists already or a key seen before violates its
-- primary key, and nothing is recorded; the caller asks ledger.append_check who was to blame and sends the others again.
create procedure ledger.append(
    -- one element an event, in the order of their positions
    event_ids uuid[], event_streams text[], event_versions bigint[], event_types text[], event_data jsonb[],
    event_appends int[], -- which of the next arrays' elements is the event's
    append_correlations text[], append_causations text[], append_headers jsonb[],
    -- streams which exist: the version each must have, and the one it gets
    grown text[], grown_from bigint[], grown_to bigint[],
    -- streams which must not exist
    started text[], started_to bigint[],
    -- idempotency keys, with the offsets of their first and last event
    key_authors text[], key_names text[], key_contents bytea[], key_firsts bigint[], key_lasts bigint[],
    -- whether this is a large batch, which is not to hold up the small ones
    gives_way boolean,
    -- out: the position before the first event, and when the batch was recorded.
    -- in: a time to record at instead of now, for restoring a log; it may not lie before the last.
    inout base bigint, inout at timestamptz)
language plpgsql as $$
declare
    last_at timestamptz;
    affected bigint;
begin
    -- Planned once a session, while the tables may still be small: only index lookups stay right as they grow.
    perform set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true),
            set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true);

    -- Large batches queue among themselves first, so that at the head a small one has at most one of them before it.
    if gives_way then
        perform pg_advisory_xact_lock(hashtextextended('ledger.append', 0));
    end if;

    select h.position, h.recorded_at into strict base, last_at
        from ledger.log_head h order by h.position desc limit 1 for update;
    if at < last_at then
        raise exception 'Recorded times never decrease: % lies before %.', at, last_at using errcode = 'LG002';
    end if;
    if at > clock_timestamp() then
        raise exception 'Nothing is recorded in the future: %.', at using errcode = 'LG002';
    end if;
    -- All appends wait at the head: whoever keeps another row locked is no append, and must not stop the log for long.
    perform set_config('lock_timeout', '200ms', true);
    at := coalesce(at, greatest(clock_timestamp(), last_at));
    update ledger.log_head set position = base + cardinality(event_ids), recorded_at = at where position = base;

    if cardinality(grown) > 0 then
        update ledger.mt_streams s set version = g.version_to, timestamp = at
            from unnest(grown, grown_from, grown_to) g (id, version_from, version_to)
            where s.id = g.id and s.version = g.version_from;
        get diagnostics affected = row_count;
        if affected <> cardinality(grown) then
            raise exception 'A stream is not at its expected version.' using errcode = 'LG001';
        end if;
    end if;

    if cardinality(started) > 0 then
        insert into ledger.mt_streams (id, version, timestamp, created)
            select n.id, n.version_to, at, at from unnest(started, started_to) n (id, version_to);
    end if;

    if cardinality(key_names) > 0 then
        insert into ledger.idempotency_keys (author, key, content, first_position, last_position, recorded_at)
            select k.author, k.name, k.content, base + k.first_offset, base + k.last_offset, at
            from unnest(key_authors, key_names, key_contents, key_firsts, key_lasts)
                k (author, name, content, first_offset, last_offset);
    end if;

    insert into ledger.mt_events
            (seq_id, id, stream_id, version, type, data, timestamp, correlation_id, causation_id, headers)
        select base + e.n, e.id, e.stream, e.version, e.type, e.data, at,
               append_correlations[e.append], append_causations[e.append], append_headers[e.append]
        from unnest(event_ids, event_streams, event_versions, event_types, event_data, event_appends)
            with ordinality e (id, stream, version, type, data, append, n);

    -- Marten reads its high-water mark here: never below the last committed position, and ahead of it only now.
    perform setval('ledger.mt_events_sequence', base + cardinality(event_ids));
    commit;
end $$;

-- What stands in the way of appends: one row for each stream of each request, read in one snapshot.
-- own_first: the position of the request's first event in that stream if it is recorded already.
create function ledger.append_check(
    requests int[], streams text[], expected bigint[], first_ids uuid[], authors text[], keys text[])
returns table (request int, stream text, version bigint, own_first bigint,
               key_content bytea, key_first bigint, key_last bigint)
language sql stable as $$
    select q.request, q.stream, coalesce(s.version, 0), e.seq_id, k.content, k.first_position, k.last_position
    from unnest(requests, streams, expected, first_ids, authors, keys) with ordinality
        q (request, stream, expected, first_id, author, key, n)
    left join ledger.mt_streams s on s.id = q.stream
    left join ledger.mt_events e on e.stream_id = q.stream and e.version = q.expected + 1 and e.id = q.first_id
    left join ledger.idempotency_keys k on k.author = q.author and k.key = q.key
    order by q.n
$$;

-- Puts the sequence back to the last committed position: setval survives the rollback of an append that failed late.
create procedure ledger.settle_sequence() language plpgsql as $$
declare
    head bigint;
begin
    select h.position into strict head from ledger.log_head h order by h.position desc limit 1 for update;
    perform setval('ledger.mt_events_sequence', greatest(head, 1), head > 0);
    commit;
end $$;

revoke all on all routines in schema ledger from public;
grant execute on procedure ledger.append, ledger.settle_sequence to ledger_app;
grant execute on function ledger.append_check to ledger_app;
