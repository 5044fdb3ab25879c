//! Our own programs as children.

use std::{path::Path, process::Command};

use testkit::{process::Service, wait_until};

use crate::client::LIMIT;

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]).env("WORD", "hello");
    command
}

fn exists(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

#[tokio::test]
async fn log_and_exit_status_are_collected() {
    let service = Service::spawn("greeter", shell("echo $WORD; echo trouble >&2; exit 3")).unwrap();
    assert_eq!(service.wait(LIMIT).await.unwrap().code(), Some(3));
    assert_eq!(service.wait_for_log("hello", LIMIT).await.unwrap(), "hello");
    assert!(service.log().contains("trouble"));
    let error = service.wait_for_log("never said", LIMIT).await.unwrap_err();
    assert!(error.to_string().contains("trouble"), "the log is in the error: {error}");
}

#[tokio::test]
async fn a_killed_service_restarts_with_the_same_log() {
    let mut service = Service::spawn("sleeper", shell("echo up; exec sleep 600")).unwrap();
    service.wait_for_log("up", LIMIT).await.unwrap();
    let first = service.pid();
    service.restart().await.unwrap();
    assert!(!exists(first));
    wait_until("the second start", LIMIT, async || service.log().matches("up").count() == 2).await.unwrap();
    let status = service.terminate(LIMIT).await.unwrap();
    assert!(!status.success());
}

#[tokio::test]
async fn dropping_a_service_ends_it_and_what_it_started() {
    let service = Service::spawn("family", shell("sleep 600 & echo child $!; wait")).unwrap();
    let line = service.wait_for_log("child", LIMIT).await.unwrap();
    let child: u32 = line.rsplit(' ').next().unwrap().parse().unwrap();
    let parent = service.pid();
    drop(service);
    assert!(!exists(parent));
    // The orphan is waited for by whoever adopts orphans here, if anybody: dead is enough.
    wait_until("the child to die", LIMIT, async || {
        std::fs::read_to_string(format!("/proc/{child}/stat")).map_or(true, |stat| stat.contains(") Z "))
    })
    .await
    .unwrap();
}

/// The kernel must end a child whose test process was killed: `inner` plays that process.
#[tokio::test]
async fn a_child_dies_with_a_test_process_that_is_killed() {
    let mut inner = Command::new(std::env::current_exe().unwrap());
    inner.args(["--exact", "process::inner_test_process_that_waits_to_be_killed", "--nocapture"]);
    inner.env("TOCSIN_TEST_INNER", "1");
    let inner = Service::spawn("inner", inner).unwrap();
    let line = inner.wait_for_log("grandchild", LIMIT).await.unwrap();
    let grandchild: u32 = line.rsplit(' ').next().unwrap().parse().unwrap();
    assert!(exists(grandchild));
    inner.kill9().await.unwrap();
    wait_until("the grandchild to die", LIMIT, async || {
        std::fs::read_to_string(format!("/proc/{grandchild}/stat")).map_or(true, |stat| stat.contains(") Z "))
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn inner_test_process_that_waits_to_be_killed() {
    if std::env::var_os("TOCSIN_TEST_INNER").is_none() {
        return;
    }
    let child = Service::spawn("grandchild", shell("exec sleep 600")).unwrap();
    eprintln!("\ngrandchild {}", child.pid());
    child.wait(LIMIT * 10).await.unwrap();
}
