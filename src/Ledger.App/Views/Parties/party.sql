create table views.party (
    id text primary key,
    name text not null,
    aliases text[] not null,
    position bigint not null,
    state jsonb not null
);

comment on table views.party is 'Companies and investors under one id each, with all their names.';
comment on column views.party.position is 'Position in the log of the party''s last event.';
comment on column views.party.state is 'Names and claims, as the party is folded on.';

create table views.party_name (
    key text not null,
    party_id text not null,
    name text not null,
    primary key (key, party_id)
);

comment on table views.party_name is 'What parties are found by.';
comment on column views.party_name.key is 'The name in lower case, with single spaces.';

create table views.backer (
    company_id text not null,
    investor_id text not null,
    claim_id text not null,
    article_id text not null,
    primary key (company_id, investor_id, claim_id)
);

create index backer_of_investor on views.backer (investor_id);

comment on table views.backer is 'Investors that articles name as backing a company, in no round that they name.';
