-- Cases FROM_NUMBER to TO_NUMBER, with what belongs to them.
CREATE TEMP TABLE fresh AS
WITH drawn AS (
    SELECT n,
        gen_random_uuid() AS id,
        (ARRAY['Statuette', 'Painting', 'Coin', 'Manuscript', 'Mask', 'Vessel', 'Cannon', 'Chalice'])[1 + abs(hashint4(n)::BIGINT) % 8] AS thing,
        (ARRAY['sculpture', 'painting', 'coin_medal', 'book_manuscript', 'ethnographic', 'ceramic_glass', 'arms_armour',
            'religious'])[1 + abs(hashint4(n)::BIGINT) % 8] AS type,
        (ARRAY['bronze', 'laterite', 'cedar wood', 'terracotta', 'gilded silver', 'parchment'])[1 + abs(hashint4(n + 7)::BIGINT) % 6] AS material,
        (ARRAY['BF', 'FR', 'IT', 'PE', 'SY', 'IQ', 'HT', 'GR', 'GT', 'KH'])[1 + abs(hashint4(n + 11)::BIGINT) % 10] AS country,
        (ARRAY['submitted', 'verified', 'active', 'closed'])[1 + abs(hashint4(n + 13)::BIGINT) % 4] AS state,
        to_char(DATE '2010-01-01' + (abs(hashint4(n + 17)::BIGINT) % 5800)::INT, 'YYYY-MM-DD') AS day
    FROM generate_series(FROM_NUMBER, TO_NUMBER) AS n
)
SELECT drawn.*, listed.id AS institution_id
FROM drawn JOIN (SELECT id, row_number() OVER (ORDER BY name) - 1 AS place FROM institutions) AS listed ON listed.place = drawn.n % 50;

INSERT INTO cases (id, reference, institution_id, registered_by, registered_at, state, event, title, language, label,
    country, lost_earliest, lost_latest, updated_at, ended_at)
SELECT id, 'TOC-2026-' || lpad((n + 1)::TEXT, 6, '0'), institution_id, gen_random_uuid(),
    now() - INTERVAL '1 day' + n * INTERVAL '1 millisecond', state, CASE WHEN n % 5 = 0 THEN 'illicit_export' ELSE 'theft' END,
    thing || ' of ' || material || ', room ' || n % 500, 'en', 'TLP:AMBER+STRICT', country, day, day, now(),
    CASE WHEN state = 'closed' THEN now() END
FROM fresh ORDER BY n;

INSERT INTO case_circumstances (case_id, body)
SELECT id, jsonb_build_object('holder', 'Holder ' || n % 5000, 'premises', 'museum', 'place', 'Town ' || n % 2000,
    'method', 'burglary', 'police_reference', jsonb_build_object('known', 'PV ' || n))
FROM fresh;

INSERT INTO objects (id, case_id, ordinal, type, title, status, description)
SELECT gen_random_uuid(), id, 1, type, thing || ' ' || n, 'missing',
    jsonb_build_object('title', thing || ' ' || n, 'type', type, 'materials', material, 'description',
        'Stood in a niche of the north wall until it was taken.')
FROM fresh;

INSERT INTO case_words (case_id, words)
SELECT id, 'type:' || type || ' ' || lower(
    'toc 2026 ' || lpad((n + 1)::TEXT, 6, '0') || ' ' || thing || ' of ' || material || ' room ' || n % 500 || ' holder '
    || n % 5000 || ' museum town ' || n % 2000 || ' burglary known pv ' || n || ' none crack on side ' || n % 40
    || ' workshop ' || n % 3000 || ' stood in a niche of the north wall until it was taken mn ' || 1900 + n % 120)
FROM fresh;
