//! An installation of Tocsin as its operator has it: processes, a database, a broker, a mail server.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use testkit::ports::free_port;
use testkit::process::Service;
use testkit::servers::{PostgresAddress, shared_postgres, shared_rabbitmq};
use testkit::sink::SmtpSink;

/// How long anything may take before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// The rules in force with caps that nothing reaches, as the next version.
const LIFT_CAPS: &str = "INSERT INTO rule_sets (id, version, text, sha256, drafted_by, released_by, released_at)
    SELECT gen_random_uuid(), version + 1, lifted, sha256(convert_to(lifted, 'UTF8')), gen_random_uuid(),
        gen_random_uuid(), now()
    FROM (SELECT version, replace(replace(text, 'per_partner_hour = 20 ', 'per_partner_hour = 10000 '),
              'per_alert = 300 ', 'per_alert = 10000 ') AS lifted
          FROM rule_sets WHERE text LIKE '%per_partner_hour = 20 %') AS rules
    RETURNING version";

/// Which of the two ways to live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One process, SQLite, in-process bus.
    Embedded,
    /// Five processes, PostgreSQL, RabbitMQ.
    Production,
}

/// A running installation whose mail goes to a sink.
pub struct Installation {
    /// The processes by service.
    pub processes: Vec<(String, Service)>,
    /// The mail server.
    pub sink: SmtpSink,
    /// The settings every process has.
    pub settings: Vec<(String, String)>,
    /// Where the intake answers.
    pub address: String,
    /// Bearer tokens: reporter, first officer, second officer, auditor.
    pub tokens: Vec<String>,
    /// Where the audit pages answer.
    pub audit_address: String,
    /// Where the signed links lead.
    pub notifier_address: String,
    /// What the test asks with.
    pub http: reqwest::Client,
    keys: AtomicU64,
    folder: tempfile::TempDir,
}

fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TOCSIN__")) {
        command.env_remove(name);
    }
    command
}

impl Installation {
    /// Sets everything up and starts it. `urls` replaces the shared servers by others (database, broker).
    pub async fn start(form: Form, partners: &str, urls: Option<(String, String)>) -> Self {
        Self::start_with(form, partners, urls, &[]).await
    }

    /// The same with further settings, such as `MAIL__WORKERS`.
    pub async fn start_with(
        form: Form,
        partners: &str,
        urls: Option<(String, String)>,
        further: &[(&str, &str)],
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sink = SmtpSink::start().await.unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let mut settings: Vec<(String, String)> = [
            ("MAIL__BACKEND", "smtp".to_owned()),
            ("MAIL__SMTP__HOST", "127.0.0.1".to_owned()),
            ("MAIL__SMTP__PORT", sink.port().to_string()),
            ("MAIL__DEADLINES__COMMAND_SECS", "3".to_owned()),
            ("MAIL__DEADLINES__MESSAGE_SECS", "5".to_owned()),
            ("KEYS__LINK", path("link.key")),
            ("PHOTOS__FOLDER", path("photos")),
            ("LEDGER__KEY_PATH", path("ledger.key")),
        ]
        .into_iter()
        .map(|(key, value)| (format!("TOCSIN__{key}"), value))
        .collect();
        match form {
            Form::Embedded => {
                settings.push(("TOCSIN__DATABASE__URL".to_owned(), format!("sqlite:{}", path("tocsin.db"))));
            }
            Form::Production => {
                let (database, broker) = match urls {
                    Some(urls) => urls,
                    None => (
                        shared_postgres().await.unwrap().create_database().await.unwrap(),
                        shared_rabbitmq().await.unwrap().create_vhost().await.unwrap(),
                    ),
                };
                settings.push(("TOCSIN__DATABASE__URL".to_owned(), database));
                settings.push(("TOCSIN__DATABASE__MAX_CONNECTIONS".to_owned(), "8".to_owned()));
                settings.push(("TOCSIN__BUS__URL".to_owned(), broker));
            }
        }
        // What is set last holds.
        settings.extend(further.iter().map(|(key, value)| (format!("TOCSIN__{key}"), (*value).to_owned())));
        let mut this = Self {
            processes: Vec::new(),
            sink,
            settings,
            address: String::new(),
            tokens: Vec::new(),
            audit_address: String::new(),
            notifier_address: String::new(),
            http: reqwest::Client::new(),
            keys: AtomicU64::new(0),
            folder,
        };
        this.run(&["migrate"], "");
        this.make_roles().await;
        let file = this.folder.path().join("partners.csv");
        std::fs::write(&file, partners).unwrap();
        this.run(&["partners", "import", &file.display().to_string()], "");
        for (email, role, institution) in [
            ("museum@x.example", "reporter", "Museum"),
            ("first@x.example", "officer", "Desk"),
            ("second@x.example", "officer", "Desk"),
            ("auditor@x.example", "auditor", ""),
        ] {
            let create = [
                "accounts",
                "create",
                "--email",
                email,
                "--name",
                "Somebody",
                "--role",
                role,
                "--institution",
                institution,
            ];
            this.run(&create, "a-long-enough-password");
            let token = this.run(&["accounts", "token", "--email", email], "");
            this.tokens.push(token.trim().to_owned());
        }
        this.start_processes(form).await;
        this
    }

    /// In production each service has a database role that may do what it must and no more.
    async fn make_roles(&self) {
        self.sql(include_str!("../../deploy/postgresql/roles.sql")).await;
    }

    /// Puts rules in force that are those of before, with caps that nothing here reaches: what is beyond the caps is
    /// rightly held, and there are tests where all is to leave.
    pub async fn lift_caps(&self) {
        let lifted = self.sql(LIFT_CAPS).await.unwrap();
        assert!(lifted.contains('2'), "the second version of the rules: {lifted}");
    }

    /// Runs statements as the owner; none if the database is no PostgreSQL.
    async fn sql(&self, statements: &str) -> Option<String> {
        let (server, name) = self.database().strip_prefix("postgres://")?.rsplit_once('/')?;
        let address = PostgresAddress::parse(&format!("postgres://{server}")).unwrap();
        Some(address.sql(name.split('?').next()?, statements).await.unwrap())
    }

    /// Where the database is, as its owner.
    pub fn database(&self) -> &str {
        &self.settings.iter().find(|(name, _)| name == "TOCSIN__DATABASE__URL").unwrap().1
    }

    /// Where the database is for these services: one alone signs in with its own role.
    fn database_of(&self, services: &[&str]) -> String {
        let url = self.database();
        match (url.strip_prefix("postgres://").and_then(|rest| rest.split_once('@')), services) {
            (Some((_, server)), [service]) => format!("postgres://tocsin_{service}@{server}"),
            _ => url.to_owned(),
        }
    }

    async fn start_processes(&mut self, form: Form) {
        let all = ["audit", "notifier", "routing", "intake", "identity"];
        let groups: Vec<Vec<&str>> = match form {
            Form::Embedded => vec![all.to_vec()],
            Form::Production => all.iter().map(|one| vec![*one]).collect(),
        };
        for group in groups {
            let address = self.start_process(&group).await;
            if group.contains(&"intake") {
                self.address.clone_from(&address);
            }
            if group.contains(&"notifier") {
                self.notifier_address.clone_from(&address);
            }
            if group.contains(&"audit") {
                self.audit_address = address;
            }
        }
    }

    /// Starts one process with these services; gives where it answers.
    pub async fn start_process(&mut self, services: &[&str]) -> String {
        let port = free_port().unwrap();
        let mut command = binary();
        command.arg("serve").args(services).envs(self.settings.clone());
        command.env("TOCSIN__DATABASE__URL", self.database_of(services));
        command.env("TOCSIN__HTTP__LISTEN", format!("127.0.0.1:{port}"));
        let name = services.join("+");
        let service = Service::spawn(&name, command).unwrap();
        service.wait_for_log("serving", PATIENCE).await.unwrap();
        self.processes.push((name, service));
        format!("http://127.0.0.1:{port}")
    }

    /// Runs a command of the binary; gives what it printed.
    pub fn run(&self, arguments: &[&str], input: &str) -> String {
        let (good, output) = self.try_run(arguments, input);
        assert!(good, "tocsin {}: {output}", arguments.join(" "));
        output
    }

    /// The same; says whether it succeeded.
    pub fn try_run(&self, arguments: &[&str], input: &str) -> (bool, String) {
        use std::io::Write;
        let mut command = binary();
        command.args(arguments).envs(self.settings.clone()).current_dir(self.folder.path());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let text = if output.status.success() { text } else { text + &*String::from_utf8_lossy(&output.stderr) };
        (output.status.success(), text)
    }

    /// The folder for keys and files.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Posts as one of the sample people; gives status and body.
    pub async fn post(&self, who: usize, path: &str, key: &str, body: &Value) -> Result<(u16, Value), reqwest::Error> {
        let request = self.http.post(format!("{}{path}", self.address)).timeout(Duration::from_secs(10));
        let answer = request.bearer_auth(&self.tokens[who]).header("Idempotency-Key", key).json(body).send().await?;
        let status = answer.status().as_u16();
        Ok((status, answer.json().await.unwrap_or(Value::Null)))
    }

    /// Posts until it is done: a client that repeats with the same key whenever it hears nothing or a 5xx.
    pub async fn insist(&self, who: usize, path: &str, body: &Value) -> Value {
        let key = format!("key-{}", self.keys.fetch_add(1, Ordering::Relaxed));
        let answer = testkit::poll::wait_for(path, PATIENCE, async || match self.post(who, path, &key, body).await {
            Ok((status, value)) if status < 300 => Some(Ok(value)),
            // Done by an earlier try whose answer was lost.
            Ok((409, value)) => Some(Ok(value)),
            Ok((status, value)) if status < 500 => Some(Err(format!("{path}: {status} {value}"))),
            _ => None,
        });
        answer.await.unwrap().unwrap()
    }

    /// Gets JSON from the audit pages as the auditor.
    pub async fn audit(&self, path: &str) -> Option<Value> {
        let request = self.http.get(format!("{}{path}", self.audit_address)).timeout(Duration::from_secs(10));
        let answer = request.bearer_auth(&self.tokens[3]).send().await.ok()?;
        answer.json().await.ok()
    }

    /// Every fact so far: its kind, and its body as text.
    pub async fn facts(&self) -> Vec<(String, String)> {
        let url = self.settings.iter().find(|(name, _)| name == "TOCSIN__DATABASE__URL").map(|(_, url)| url).unwrap();
        let db = store::Db::connect(url, &store::DbOptions::default()).await.unwrap();
        let mut tx = db.read().await.unwrap();
        let (from, until) = (domain::Timestamp::from_micros(0), domain::Clock::System.now());
        let rows = store::outbox::unhandled(&mut tx, "nobody", &[], from, until, 10_000).await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
        rows.into_iter().map(|row| (row.kind, row.data.0.to_string())).collect()
    }

    /// Gets JSON from the intake as one of the sample people.
    pub async fn get(&self, who: usize, path: &str) -> Option<Value> {
        let request = self.http.get(format!("{}{path}", self.address)).timeout(Duration::from_secs(10));
        request.bearer_auth(&self.tokens[who]).send().await.ok()?.json().await.ok()
    }

    /// The signed link in a mail, as its reader meets it here.
    pub fn link(&self, mail: &testkit::sink::Message) -> String {
        let text = mail_parser::MessageParser::default().parse(&mail.data).unwrap().body_text(0).unwrap().into_owned();
        let path = text.split("/a/").nth(1).expect("a signed link");
        let path = path.split(|c: char| c.is_whitespace() || c == '/').next().unwrap();
        format!("{}/a/{path}", self.notifier_address)
    }

    /// Posts a form as somebody without an account; gives status and place.
    pub async fn answer(&self, link: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let mut parts = reqwest::Url::parse(link).unwrap();
        parts.query_pairs_mut().extend_pairs(fields);
        let body = parts.query().unwrap_or_default().to_owned();
        let request = self.http.post(link).header("content-type", "application/x-www-form-urlencoded").body(body);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.url().path().to_owned())
    }

    /// Posts a form as a browser does that could also send a file.
    pub async fn answer_parts(&self, link: &str, fields: &[(&str, &str)]) -> u16 {
        let parts: String = fields
            .iter()
            .map(|(name, value)| {
                format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
            })
            .collect();
        let request = self.http.post(link).header("content-type", "multipart/form-data; boundary=edge");
        request.body(format!("{parts}--edge--\r\n")).send().await.unwrap().status().as_u16()
    }

    /// Sends a photograph of an object in.
    pub async fn photo(&self, who: usize, object: &str, file: &[u8]) {
        let head = "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
        let body = [head.as_bytes(), file, b"\r\n--edge--\r\n"].concat();
        let request = self.http.post(format!("{}/api/v1/objects/{object}/photos", self.address));
        let request =
            request.bearer_auth(&self.tokens[who]).header("content-type", "multipart/form-data; boundary=edge");
        let answer = request.body(body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 201, "{}", answer.text().await.unwrap());
    }

    /// A case from report to release; gives its identifier.
    pub async fn released_case(&self, number: usize) -> String {
        let case = self.insist(0, "/api/v1/cases", &report(number)).await;
        let id = case["id"].as_str().unwrap().to_owned();
        self.verify_and_release(&id).await;
        id
    }

    /// Takes a registered case to its released alert.
    pub async fn verify_and_release(&self, id: &str) {
        let verification = json!({ "certainty": "likely", "evidence": "inventory_extract" });
        self.insist(1, &format!("/api/v1/cases/{id}/verify"), &verification).await;
        let draft = json!({ "kind": "alert", "reach": "all" });
        let alert = self.insist(1, &format!("/api/v1/cases/{id}/alerts"), &draft).await;
        // A draft whose answer was lost shows in the case.
        let alert_id = match alert["id"].as_str() {
            Some(alert_id) => alert_id.to_owned(),
            None => self.draft_of(id).await,
        };
        self.insist(2, &format!("/api/v1/alerts/{alert_id}/release"), &json!({})).await;
    }

    async fn draft_of(&self, id: &str) -> String {
        let look = async || {
            let request = self.http.get(format!("{}/api/v1/cases/{id}", self.address));
            let case: Value = request.bearer_auth(&self.tokens[1]).send().await.ok()?.json().await.ok()?;
            Some(case["alerts"].as_array()?.last()?["id"].as_str()?.to_owned())
        };
        testkit::poll::wait_for("the draft", PATIENCE, look).await.unwrap()
    }
}

/// A report of a theft in Burkina Faso with canaries in everything that only the full share may show.
pub fn report(number: usize) -> Value {
    json!({
        "event": "theft", "title": format!("Statuette {number}"), "country": "BF", "language": "fr",
        "label": "TLP:AMBER",
        "loss": { "earliest": "2025-05-01", "latest": "2025-05-02" },
        "circumstances": {
            "holder": "HOLDER-CANARY", "premises": "museum", "place": "PLACE-CANARY", "method": "burglary",
            "police_reference": "POLICE-CANARY"
        },
        "reporter": { "name": "REPORTER-CANARY", "capacity": "holder" },
        "objects": [{ "title": format!("Statuette {number}"), "type": "ethnographic", "photographs": "none" }]
    })
}

/// A directory of `police` units and `ngos`, all of which a theft in Burkina Faso concerns.
pub fn directory(police: usize, ngos: usize) -> String {
    use std::fmt::Write;
    let mut text = String::from(
        "name,kind,country_or_scope,languages,mandate_keywords,object_categories,event_types,mail_content,address\n",
    );
    for number in 0..police {
        // One in two has agreed to TLP:AMBER in the clear.
        let content = if number % 2 == 0 { "amber" } else { "encrypted" };
        let domain = format!("d{}.police.example", number % 7);
        writeln!(text, "Unit {number},police,BF,fr,investigation,*,theft,{content},unit{number}@{domain}").unwrap();
    }
    for number in 0..ngos {
        writeln!(
            text,
            "Network {number},ngo,M49:001,en,museums,*,theft,encrypted,net{number}@d{}.ngo.example",
            number % 5
        )
        .unwrap();
    }
    text
}
