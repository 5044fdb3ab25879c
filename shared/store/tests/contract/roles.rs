//! The roles of `deploy/postgresql/roles.sql`: one writer for each table, and some tables with one reader.

use testkit::servers::shared_postgres;

const ROLES: &str = include_str!("../../../../deploy/postgresql/roles.sql");
/// Every service writes its own rows here.
const OF_ALL: [&str; 6] = ["outbox", "unpublished", "inbox", "handling_failures", "parked", "sweeps"];

async fn ask(database: &str, question: &str) -> Vec<String> {
    let rows = shared_postgres().await.unwrap().sql(database, question).await.unwrap();
    rows.lines().map(ToOwned::to_owned).collect()
}

#[tokio::test]
async fn every_table_has_one_writer_and_who_reported_has_one_reader() {
    let engine = crate::engines().await.remove(1);
    let url = engine.url.as_deref().unwrap();
    let name = url.rsplit('/').next().unwrap().split('?').next().unwrap();
    // Twice: an operator runs it after every migration.
    for _ in 0..2 {
        ask(name, ROLES).await;
    }

    let writers = "SELECT t.tablename || ' ' || count(r.rolname)
        FROM pg_tables t LEFT JOIN pg_roles r ON r.rolname LIKE 'tocsin\\_%'
            AND has_table_privilege(r.oid, t.tablename::regclass, 'INSERT, UPDATE')
        WHERE t.schemaname = 'public' AND t.tablename <> '_sqlx_migrations' GROUP BY t.tablename";
    for line in ask(name, writers).await {
        let (table, count) = line.split_once(' ').unwrap();
        let expected = if OF_ALL.contains(&table) { "5" } else { "1" };
        assert_eq!(count, expected, "writers of {table}");
    }

    let readers = |of: &str| {
        format!(
            "SELECT rolname FROM pg_roles WHERE rolname IN ('tocsin_identity', 'tocsin_intake', 'tocsin_routing',
                'tocsin_notifier', 'tocsin_audit') AND {of} ORDER BY 1"
        )
    };
    for table in ["case_reporters", "reported_photos", "report_drafts", "import_files", "import_rows"] {
        let may = ask(name, &readers(&format!("has_table_privilege(oid, '{table}'::regclass, 'SELECT')"))).await;
        assert_eq!(may, ["tocsin_intake"], "{table}");
    }
    let may = ask(name, &readers("has_table_privilege(oid, 'sighting_photos'::regclass, 'SELECT')")).await;
    assert_eq!(may, ["tocsin_intake", "tocsin_notifier"]);
    let hashes = "has_column_privilege(oid, 'accounts'::regclass, 'password_hash', 'SELECT')";
    assert_eq!(ask(name, &readers(hashes)).await, ["tocsin_identity"]);

    // A fact in another's name, and a fact changed afterwards.
    let fact = "INSERT INTO outbox (id, service, kind, subject, data, occurred_at)
        VALUES (gen_random_uuid(), '{service}', 'case.read.v1', 'x', '{}', now())";
    let postgres = shared_postgres().await.unwrap();
    let own = fact.replace("{service}", "routing");
    let tries = [
        (own.clone(), true),
        (fact.replace("{service}", "intake"), false),
        (format!("{own}; DELETE FROM unpublished"), true),
        (format!("{own}; UPDATE outbox SET occurred_at = now()"), false),
        (format!("{own}; UPDATE outbox SET data = '1'"), false),
        (format!("{own}; DELETE FROM outbox"), false),
    ];
    for (statement, good) in tries {
        let done = postgres.sql(name, &format!("SET ROLE tocsin_routing; {statement}")).await;
        assert_eq!(done.is_ok(), good, "{statement}: {done:?}");
    }
}
