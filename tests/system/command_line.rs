//! `tocsin case` as a script uses it: JSON on standard output, the outcome in the exit code.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::installation::{Form, Installation, directory, report};

struct Script<'a> {
    here: &'a Installation,
    tokens: Vec<PathBuf>,
}

impl<'a> Script<'a> {
    fn new(here: &'a Installation) -> Self {
        let tokens = here.tokens.iter().enumerate().map(|(number, token)| {
            let path = here.path(&format!("token-{number}"));
            std::fs::write(&path, format!("{token}\n")).unwrap();
            path
        });
        Self { here, tokens: tokens.collect() }
    }

    /// Runs a command as one of the sample people; gives the exit code and what it printed.
    fn run(&self, who: usize, arguments: &[&str]) -> (i32, String) {
        self.run_at(&self.here.address, who, arguments)
    }

    fn run_at(&self, url: &str, who: usize, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
        command.arg("case").args(arguments).args(["--url", url]).arg("--token-file").arg(&self.tokens[who]);
        let output = command.current_dir(self.here.path("")).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    }

    fn json(&self, who: usize, arguments: &[&str], code: i32) -> Value {
        let (got, text) = self.run(who, arguments);
        assert_eq!(got, code, "{arguments:?}: {text}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {text}"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_takes_a_case_from_report_to_release_and_imports_objects() {
    let here = Installation::start(Form::Embedded, &directory(1, 0), None).await;
    let script = Script::new(&here);
    std::fs::write(here.path("report.json"), report(1).to_string()).unwrap();
    let new = script.json(0, &["new", "report.json"], 0);
    // The same file again is the same case: a script may be run twice.
    assert_eq!(script.json(0, &["new", "report.json"], 0), new);
    let reference = new["reference"].as_str().unwrap();
    assert_eq!(script.json(0, &["show", reference], 0)["id"], new["id"]);
    let listed = script.json(1, &["list", "--query", "statuette", "--country", "BF", "--all"], 0);
    assert_eq!(listed["cases"].as_array().unwrap().len(), 1);

    let table = "title,type,photographs\nBowl,ceramic_glass,none\nMask,statue,none\n";
    std::fs::write(here.path("objects.csv"), table).unwrap();
    let dry = script.json(0, &["import", "objects.csv", "--case", reference, "--dry-run"], 6);
    assert_eq!((&dry["errors"][0]["row"], &dry["errors"][0]["column"]), (&3.into(), &"type".into()));
    let refused = script.json(0, &["import", "objects.csv", "--case", reference], 6);
    assert_eq!((&refused["state"], &refused["imported"]), (&"cancelled".into(), &0.into()), "all or nothing");
    let taken = script.json(0, &["import", "objects.csv", "--case", reference, "--skip-bad"], 6);
    assert_eq!((&taken["state"], &taken["imported"]), (&"done".into(), &1.into()));
    std::fs::write(here.path("good.csv"), "title,type,photographs\nLance,arms_armour,none\n").unwrap();
    script.json(0, &["import", "good.csv", "--case", reference], 0);
    assert_eq!(script.json(0, &["show", reference], 0)["objects"].as_array().unwrap().len(), 3);

    let evidence = ["--certainty", "likely", "--evidence", "inventory_extract"];
    script.json(1, &[&["verify", reference][..], &evidence].concat(), 0);
    let draft = script.json(1, &["draft", reference, "--kind", "alert", "--reach", "all"], 0);
    let alert = draft["id"].as_str().unwrap();
    let alone = script.json(1, &["release", alert], 3);
    assert_eq!(alone["type"], "urn:tocsin:problem:second-officer");
    assert_eq!(script.json(2, &["release", alert], 0)["state"], "released");
    let (code, cap) = script.run(0, &["export", reference, "--format", "cap"]);
    assert!(code == 0 && cap.contains("<msgType>Alert</msgType>"), "{cap}");
    assert!(script.run(0, &["export", reference, "--format", "lido"]).1.contains("lido:lidoWrap"));

    for (who, arguments, code) in [
        (0, &["show", "TOC-2026-999999"][..], 4),
        (0, &["show", "case_0190c1c5f3a97c0e8a4f5b6c7d8e9f00"], 4),
        (0, &[&["verify", reference][..], &evidence].concat(), 5),
        (3, &["new", "report.json"], 5),
        (0, &["list", "--country", "XX"], 3),
        (0, &["show"], 2),
        (0, &["show", reference, "--loudly"], 2),
        (0, &["new", "no-such-file.json"], 1),
    ] {
        assert_eq!(script.run(who, arguments).0, code, "{arguments:?}");
    }
    assert_eq!(script.run_at("http://127.0.0.1:1", 0, &["list"]).0, 1, "nobody listens there");
    assert_eq!(script.run_at("no address", 0, &["list"]).0, 1);
}
