//! How to reach a RabbitMQ broker, own or shared.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use super::{run::run, unique};

/// A broker on which we may create virtual hosts.
#[derive(Debug, Clone)]
pub struct RabbitMqAddress {
    /// `amqp://user:password@host:port`, nothing after it.
    server: String,
    /// A `rabbitmqctl` that reaches this node and no other.
    ctl: PathBuf,
}

impl RabbitMqAddress {
    /// From `amqp://user:password@host:port` and the path of a `rabbitmqctl` that reaches that node.
    pub fn new(server: &str, ctl: impl Into<PathBuf>) -> Self {
        Self { server: server.trim_end_matches('/').to_owned(), ctl: ctl.into() }
    }

    /// The connection URL without a virtual host, as the environment carries it.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The `rabbitmqctl` of this node: a person may use it too while a test is stopped.
    pub fn ctl_path(&self) -> &Path {
        &self.ctl
    }

    /// The connection URL of a virtual host; `/` is the one every broker starts with.
    pub fn url(&self, vhost: &str) -> String {
        format!("{}/{}", self.server, vhost.replace('%', "%25").replace('/', "%2F"))
    }

    /// Creates a virtual host with a name of its own and returns its URL.
    pub async fn create_vhost(&self) -> Result<String> {
        let name = unique("t");
        self.add_vhost(&name).await?;
        Ok(self.url(&name))
    }

    /// Creates the virtual host `name` and lets `guest` do everything there; again after a wipe.
    pub async fn add_vhost(&self, name: &str) -> Result<()> {
        // One call instead of add_vhost and set_permissions: each starts an Erlang machine for half a second.
        let all = r#"<<".*">>, <<".*">>, <<".*">>, <<"test">>"#;
        let script = format!(
            r#"ok = rabbit_vhost:add(<<"{name}">>, <<"test">>),
               ok = rabbit_auth_backend_internal:set_permissions(<<"guest">>, <<"{name}">>, {all})."#
        );
        self.ctl(&["eval", &script]).await.map(drop)
    }

    /// Runs `rabbitmqctl` on this node and returns what it printed.
    pub async fn ctl(&self, args: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.ctl);
        command.args(args);
        run(command).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_virtual_host_is_escaped_in_the_url() {
        let address = RabbitMqAddress::new("amqp://guest:guest@127.0.0.1:5672/", "/bin/true");
        assert_eq!(address.url("/"), "amqp://guest:guest@127.0.0.1:5672/%2F");
        assert_eq!(address.url("t_1"), "amqp://guest:guest@127.0.0.1:5672/t_1");
    }
}
