-- +goose Up
-- Drafts of any form: the form becomes a part of the key. The text that a draft was sealed with begins with the form
-- already, so the drafts of agreements still open.
alter table agreement_draft rename to draft;
alter table draft add column form text not null default 'agreement' constraint draft_form_check check (form in ('agreement'));
alter table draft alter column form drop default;
alter table draft drop constraint agreement_draft_pkey, add primary key (account_id, customer_id, form);
alter table draft rename constraint agreement_draft_id_key to draft_id_key;
alter table draft rename constraint agreement_draft_account_id_fkey to draft_account_id_fkey;
alter table draft rename constraint agreement_draft_customer_id_fkey to draft_customer_id_fkey;
alter index agreement_draft_saved rename to draft_saved;

-- +goose Down
delete from draft where form <> 'agreement';
alter index draft_saved rename to agreement_draft_saved;
alter table draft rename constraint draft_customer_id_fkey to agreement_draft_customer_id_fkey;
alter table draft rename constraint draft_account_id_fkey to agreement_draft_account_id_fkey;
alter table draft rename constraint draft_id_key to agreement_draft_id_key;
alter table draft drop constraint draft_pkey, add constraint agreement_draft_pkey primary key (account_id, customer_id);
alter table draft drop column form;
alter table draft rename to agreement_draft;
