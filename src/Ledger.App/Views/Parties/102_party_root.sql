-- Which party each one is shown as, for programs that read by SQL: views go by the ids that deals name, and merges are followed when they are
-- read. The stable names of the views are made anew when their columns change, which nothing that depends on one of them may hinder; so this
-- asks for it by its name only, and is empty while there is none.
create function views.party_roots(at bigint default null) returns table (id text, root text)
language plpgsql stable set search_path = pg_catalog as $$
begin
    if to_regclass('views.party_history') is null then
        return;
    end if;
    return query
        with recursive known as (
            select p.id, p.merged_into from views.party_history p
            where case when at is null then p.to_position is null else p.from_position <= at and (p.to_position is null or p.to_position > at) end),
        found as (
            select k.id, k.id as root from known k where k.merged_into is null
            union all
            select k.id, f.root from known k join found f on k.merged_into = f.id)
        select f.id, f.root from found f;
end $$;

comment on function views.party_roots is 'Of each party the one that it is shown as: itself, or the one that it was merged into, at any number of removes; as of a position in the log, or now.';

create view views.party_root as select r.id, r.root from views.party_roots() r;

comment on view views.party_root is 'Of each party the one that it is shown as. Other views go by the ids that deals name: join this to follow merges. As of a position in the log: views.party_roots(120).';
comment on column views.party_root.id is 'A party, whether it was merged into another one or not.';
comment on column views.party_root.root is 'Itself, or the party that it was merged into, at any number of removes.';

revoke all on function views.party_roots from public;
grant execute on function views.party_roots to ledger_app, ledger_reader;
grant select on views.party_root to ledger_app, ledger_reader;
