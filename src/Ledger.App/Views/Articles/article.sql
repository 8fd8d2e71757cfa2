create table views.article (
    id text primary key,
    sha256 text not null,
    file_name text,
    title text,
    publisher text,
    position bigint not null,
    state jsonb not null
);

create index article_by_position on views.article (position);

comment on table views.article is 'Articles; their texts stand in ledger.texts under sha256.';

create table views.quote (
    article_id text not null,
    claim_id text not null,
    subject text not null,
    subject_id text not null,
    field text not null,
    as_written text not null,
    start integer not null,
    length integer not null,
    position bigint not null,
    primary key (article_id, claim_id, subject, subject_id)
);

comment on table views.quote is 'Where in an article the quote of each claim stands.';
comment on column views.quote.subject is 'What the claim is about: deal, party or article; subject_id says which.';
comment on column views.quote.start is 'Offset of the first character, in UTF-16 code units from 0.';
comment on column views.quote.length is 'In UTF-16 code units.';
