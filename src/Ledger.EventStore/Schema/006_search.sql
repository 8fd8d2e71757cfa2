-- What is searched of a text: a tsvector has room for a million bytes, so of a long table its beginning counts. A database without a
-- language of its own takes typographers' signs for letters, so each becomes the plain sign in its place.
create function ledger.searchable(content text) returns text language sql immutable parallel safe
    return translate(left(content, 200000), U&'\201C\201D\201E\00AB\00BB\2018\2019\201A\2026\2013\2014\00A0\3000\3001\3002\FF0C\FF1B\FF1A\FF01\FF1F\FF08\FF09\300C\300D\300A\300B', '"""""' || '''''''' || '.--  ,.,;:!?()""""');

-- What texts are found by: the stems of their words.
create function ledger.searched(content text) returns tsvector language sql immutable parallel safe
    return to_tsvector('english', ledger.searchable(content));

create index ix_texts_searched on ledger.texts using gin (ledger.searched(content));

revoke all on function ledger.searchable, ledger.searched from public;
grant execute on function ledger.searchable, ledger.searched to ledger_app;
