//! Manipulations as the database's superuser, against a checkpoint that was kept outside.

use crate::installation::{Form, Installation, PATIENCE, directory};

#[tokio::test(flavor = "multi_thread")]
async fn every_manipulation_is_found_and_an_honest_ledger_passes() {
    let postgres = testkit::servers::shared_postgres().await.unwrap();
    let database = postgres.create_database().await.unwrap();
    let name = database.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned();
    let broker = testkit::servers::shared_rabbitmq().await.unwrap().create_vhost().await.unwrap();
    let mut here = Installation::start(Form::Production, &directory(3, 0), Some((database, broker))).await;
    here.released_case(1).await;
    here.sink.wait_for(3, PATIENCE).await.unwrap();
    testkit::poll::wait_until("the ledger has every fact", PATIENCE, async || here.try_run(&["doctor"], "").0)
        .await
        .unwrap();
    here.processes.clear();

    let outside = here.path("checkpoint.txt");
    std::fs::write(&outside, here.run(&["ledger", "checkpoint"], "")).unwrap();
    let outside = outside.display().to_string();
    let verify = ["ledger", "verify", "--checkpoint", outside.as_str()];
    assert!(here.run(&verify, "").contains("The ledger holds"));

    let unlock = "ALTER TABLE ledger DISABLE TRIGGER ALL; ALTER TABLE checkpoints DISABLE TRIGGER ALL;";
    let save = "CREATE TABLE s1 AS TABLE ledger; CREATE TABLE s2 AS TABLE ledger_head; CREATE TABLE s3 AS TABLE checkpoints; CREATE TABLE s4 AS TABLE ledger_contents;";
    let restore = "DELETE FROM ledger; INSERT INTO ledger SELECT * FROM s1; DELETE FROM ledger_head; INSERT INTO ledger_head SELECT * FROM s2; \
        DELETE FROM checkpoints; INSERT INTO checkpoints SELECT * FROM s3; DELETE FROM ledger_contents; INSERT INTO ledger_contents SELECT * FROM s4;";
    postgres.sql(&name, unlock).await.unwrap();
    postgres.sql(&name, save).await.unwrap();
    let manipulations = [
        ("change an entry", "UPDATE ledger SET kind = 'other.v1' WHERE position = 2"),
        ("change a content", "UPDATE ledger_contents SET body = replace(body, 'a', 'b') WHERE position = 2"),
        ("delete from the middle", "DELETE FROM ledger WHERE position = 2"),
        (
            "delete the last and all trace of it",
            "DELETE FROM ledger WHERE position = (SELECT max(position) FROM ledger); UPDATE ledger_head SET size = size - 1; \
             DELETE FROM checkpoints WHERE size > (SELECT size FROM ledger_head)",
        ),
        (
            "reorder",
            "UPDATE ledger SET position = 100000 WHERE position = 2; UPDATE ledger SET position = 2 WHERE position = 3; \
             UPDATE ledger SET position = 3 WHERE position = 100000",
        ),
        (
            "restore an old copy",
            "DELETE FROM ledger WHERE position >= 5; UPDATE ledger_head SET size = 5; DELETE FROM checkpoints WHERE size > 5; \
             DELETE FROM ledger_contents WHERE position >= 5",
        ),
        (
            "empty it",
            "DELETE FROM ledger; UPDATE ledger_head SET size = 0; DELETE FROM checkpoints; DELETE FROM ledger_contents",
        ),
    ];
    for (what, statement) in manipulations {
        postgres.sql(&name, statement).await.unwrap();
        let (good, text) = here.try_run(&verify, "");
        assert!(!good && text.contains("does NOT hold"), "{what} was not found: {text}");
        postgres.sql(&name, restore).await.unwrap();
        assert!(here.run(&verify, "").contains("The ledger holds"), "{what}: the restored ledger passes");
    }
    let refused =
        postgres.sql(&name, "ALTER TABLE ledger ENABLE TRIGGER ALL; DELETE FROM ledger WHERE position = 1").await;
    assert!(refused.is_err(), "the trigger refuses");
}
