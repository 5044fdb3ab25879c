-- One role per service: each writes its own tables and reads the rest (migrations/README.md). Run as the owner of the
-- database after `tocsin migrate`; set the passwords yourself (ALTER ROLE .. PASSWORD).
DO $$
DECLARE
    service TEXT;
    entry RECORD;
BEGIN
    FOREACH service IN ARRAY ARRAY['identity', 'intake', 'routing', 'notifier', 'audit'] LOOP
        IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'tocsin_' || service) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', 'tocsin_' || service);
        END IF;
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', 'tocsin_' || service);
        EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA public TO %I', 'tocsin_' || service);
        EXECUTE format('GRANT INSERT, UPDATE ON outbox, sweeps, handling_failures TO %I', 'tocsin_' || service);
        EXECUTE format('GRANT INSERT, DELETE ON inbox, parked TO %I', 'tocsin_' || service);
        EXECUTE format('GRANT DELETE ON sweeps, handling_failures TO %I', 'tocsin_' || service);
    END LOOP;
    FOR entry IN SELECT * FROM (VALUES
        ('identity', 'institutions, accounts, sessions, api_tokens, sign_in_failures'),
        ('intake', 'case_numbers, cases, case_circumstances, case_reporters, objects, idempotency_keys, verifications, alerts, alert_circumstances, loose_blobs, photos, photo_bands, alert_photos, case_keys, duplicates, merges, case_words, saved_views, imports, import_files, import_rows'),
        ('routing', 'directory, directory_revisions, partners, partner_revisions, partner_contacts, proposed_changes, change_approvals, partner_notices, directory_imports, imported_partners, plan_supplements, rule_sets, rule_set_drafts, plans, plan_inputs, plan_overrides, plan_alarms, sending, notifications, notification_addresses, exclusions'),
        ('notifier', 'deliveries, mails, attempts, held_decisions, acknowledgements, chases, reminders, notice_deliveries, notice_attempts')
    ) AS owned (service, tables) LOOP
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON %s TO %I', entry.tables, 'tocsin_' || entry.service);
    END LOOP;
END
$$;
-- The ledger is append-only: no UPDATE, no DELETE, but for the one row that holds its size and its writer. What an
-- entry's commitment opens to can be erased; the entry stays.
GRANT INSERT ON ledger, ledger_contents, ledger_nodes, checkpoints, cosignatures, reconciliations TO tocsin_audit;
GRANT UPDATE ON ledger_head TO tocsin_audit;
GRANT DELETE ON ledger_contents TO tocsin_audit;
GRANT INSERT, UPDATE ON witnesses, differences TO tocsin_audit;
