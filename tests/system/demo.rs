//! The first command of the README.

use std::process::Command;
use std::time::Duration;

use testkit::process::Service;

#[tokio::test(flavor = "multi_thread")]
async fn the_demonstration_tells_exactly_the_planned_partners_and_its_ledger_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let start = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
        command.args(["demo", "--port", "0", "--data", &data]).current_dir(folder.path());
        Service::spawn("demo", command).unwrap()
    };
    let first = start();
    first.wait_for_log("Stop with Ctrl-C", Duration::from_secs(120)).await.unwrap();
    let log = first.log();
    assert!(log.contains("conservation holds"), "{log}");
    assert!(log.contains("verified. Root"), "{log}");
    let line = log.lines().find(|line| line.contains(" told, ")).unwrap();
    let told: usize = line.split_whitespace().next().unwrap().parse().unwrap();
    let mails = std::fs::read_dir(folder.path().join("demo/mail/new")).unwrap().count();
    assert_eq!(mails, told, "one mail for each planned partner");
    assert!(told > 5 && told < 83, "{told}");
    assert!(first.terminate(Duration::from_secs(40)).await.unwrap().success());

    let second = start();
    second.wait_for_log("Stop with Ctrl-C", Duration::from_secs(60)).await.unwrap();
    let log = second.log();
    assert!(log.contains("Found the case of an earlier run"), "{log}");
    assert_eq!(std::fs::read_dir(folder.path().join("demo/mail/new")).unwrap().count(), told);
}
