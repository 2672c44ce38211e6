-- +goose Up
-- What was charged and stands on no invoice yet: a row for each row of charge with a payer. The worker writes it beside the
-- charge; an invoice run moves it to a line. agreement_id is the zero id where a registered owner pays without an agreement.
create table unbilled (
	passage_id   uuid not null,
	revision     smallint not null,
	customer_id  uuid not null,
	agreement_id uuid not null,
	passed_at    timestamptz not null,
	amount       int not null, -- of the charge's row, øre
	primary key (passage_id, revision)
);
create index unbilled_payer on unbilled (customer_id, agreement_id, passed_at) include (amount);

insert into unbilled (passage_id, revision, customer_id, agreement_id, passed_at, amount)
	select c.passage_id, c.revision, c.customer_id, id_or_zero(p.agreement_id), p.passed_at, c.amount
	from charge c join passage p on p.id = c.passage_id where c.customer_id is not null;

-- +goose Down
drop table unbilled;
