//! temp
use testkit::servers::RabbitMq;
fn look(broker: &RabbitMq, i: usize, when: &str) {
    let base = broker.ctl_path().parent().unwrap().display().to_string();
    let out = std::process::Command::new("sh").arg("-c").arg(format!("cd {base}/data/*@localhost && grep -l queuename{i} *.LOG *.DCD *.DCL *.DAT 2>/dev/null | tr '\\n' ' '; ls -la --time-style=full-iso | grep -i -E 'LOG|durable_queue' | awk '{{print $5,$7,$9}}' | tr '\\n' ';'")).output().unwrap();
    eprintln!("{i} {when}: {}", String::from_utf8_lossy(&out.stdout));
}
#[tokio::test]
async fn probe() {
    for i in 0..12 {
        let mut broker = RabbitMq::start().await.unwrap();
        look(&broker, i, "start");
        let script = format!(
            r#"{{new, _}} = rabbit_amqqueue:declare(rabbit_misc:r(<<"/">>, queue, <<"queuename{i}">>), true, false, [], none, <<"test">>)."#
        );
        broker.ctl(&["eval", &script]).await.unwrap();
        look(&broker, i, "declared");
        broker.kill9().await.unwrap();
        look(&broker, i, "killed");
        broker.start_again().await.unwrap();
        look(&broker, i, "started");
        let a = broker.ctl(&["eval", "length(rabbit_amqqueue:list())."]).await.unwrap();
        eprintln!("{i}: {}", a.replace('\n', ""));
    }
}
