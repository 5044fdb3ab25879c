-- One role per service: each writes its own tables and reads the rest (migrations/README.md). Run as the owner of the
-- database after every `tocsin migrate`; it may be run again. Set the passwords yourself (ALTER ROLE .. PASSWORD).
DO $$
DECLARE
    service TEXT;
    entry RECORD;
BEGIN
    FOREACH service IN ARRAY ARRAY['identity', 'intake', 'routing', 'notifier', 'audit'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I LOGIN', 'tocsin_' || service);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
        EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', 'tocsin_' || service);
        EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA public TO %I', 'tocsin_' || service);
        -- A fact is written once, by the service it is of (see the policy below).
        EXECUTE format('GRANT INSERT ON outbox TO %I', 'tocsin_' || service);
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON unpublished, sweeps, handling_failures TO %I', 'tocsin_' || service);
        EXECUTE format('GRANT INSERT, DELETE ON inbox, parked TO %I', 'tocsin_' || service);
    END LOOP;
    FOR entry IN SELECT * FROM (VALUES
        ('identity', 'institutions, accounts, sessions, api_tokens, sign_in_failures'),
        ('intake', 'case_numbers, cases, case_circumstances, case_reporters, case_steps, case_embargoes, objects, object_statuses, idempotency_keys, verifications, sightings, reported_photos, restitutions, restitution_parties, restitution_documents, restitution_steps, legal_clocks, alerts, alert_circumstances, loose_blobs, photos, photo_bands, alert_photos, case_keys, duplicates, merges, case_words, saved_views, report_drafts, imports, import_files, import_rows'),
        ('routing', 'directory, directory_revisions, partners, partner_revisions, partner_contacts, proposed_changes, change_approvals, partner_notices, directory_imports, imported_partners, plan_supplements, rule_sets, rule_set_drafts, plans, plan_inputs, plan_overrides, plan_alarms, sending, notifications, notification_addresses, address_corrections, exclusions'),
        ('notifier', 'deliveries, mails, mail_moulds, digest_members, attempts, held_decisions, desk_steps, acknowledgements, answers, answer_sightings, sighting_photos, chases, reminders, notice_deliveries, notice_attempts, bounces, suppressions, letters, sending_marks, sending_pace, server_pauses')
    ) AS owned (service, tables) LOOP
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON %s TO %I', entry.tables, 'tocsin_' || entry.service);
    END LOOP;
    -- Who reported, the photographs of sightings, and what is not sent in or not taken yet, are read by intake alone (and what
    -- came with an answer by whoever took it); hashes of passwords by identity alone.
    FOREACH service IN ARRAY ARRAY['identity', 'intake', 'routing', 'notifier', 'audit'] LOOP
        IF service <> 'intake' THEN
            EXECUTE format('REVOKE SELECT ON case_reporters, reported_photos, report_drafts, import_files, import_rows FROM %I', 'tocsin_' || service);
        END IF;
        IF service NOT IN ('intake', 'notifier') THEN
            EXECUTE format('REVOKE SELECT ON sighting_photos FROM %I', 'tocsin_' || service);
        END IF;
        IF service <> 'identity' THEN
            EXECUTE format('REVOKE SELECT ON accounts FROM %I', 'tocsin_' || service);
            EXECUTE format('GRANT SELECT (id, email, name, role, institution_id, created_at, changed_by, changed_at, disabled_at) ON accounts TO %I', 'tocsin_' || service);
        END IF;
    END LOOP;
END
$$;

-- No service can state a fact in another's name.
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS outbox_read ON outbox;
DROP POLICY IF EXISTS outbox_erase ON outbox;
DROP POLICY IF EXISTS outbox_own ON outbox;
CREATE POLICY outbox_read ON outbox FOR SELECT USING (TRUE);
CREATE POLICY outbox_erase ON outbox FOR UPDATE USING (TRUE);
CREATE POLICY outbox_own ON outbox FOR INSERT WITH CHECK ('tocsin_' || service = current_user);

-- The ledger is append-only: no UPDATE, no DELETE, but for the one row that holds its size and its writer. What an
-- entry's commitment opens to can be erased, in the fact as well; the entry stays.
GRANT INSERT ON ledger, ledger_contents, ledger_nodes, checkpoints, cosignatures, reconciliations TO tocsin_audit;
GRANT UPDATE ON ledger_head TO tocsin_audit;
GRANT UPDATE (data) ON outbox TO tocsin_audit;
GRANT DELETE ON ledger_contents TO tocsin_audit;
GRANT INSERT, UPDATE ON witnesses, differences TO tocsin_audit;
