//! Keys of partners and of the desk, made and used by GnuPG and OpenSSL: readers that share no code with ours.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What a reader's program made of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The decrypted MIME entity.
    pub entity: Vec<u8>,
    /// Whether it was signed by a key the program trusts to be the desk's.
    pub signed: bool,
}

/// A key ring of GnuPG in a folder of its own; its agent ends with it.
#[derive(Debug)]
pub struct Gpg(tempfile::TempDir);

impl Drop for Gpg {
    fn drop(&mut self) {
        let _ = Command::new("gpgconf").arg("--homedir").arg(self.0.path()).args(["--kill", "all"]).output();
    }
}

impl Gpg {
    /// An empty one.
    ///
    /// # Panics
    /// If there is no GnuPG.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder for keys");
        Self(folder)
    }

    /// Makes a key without a passphrase: `rsa2048` or `ed25519` signs, and a subkey encrypts, until `expire` (`0`:
    /// for ever; `1d`; `2027-01-31`).
    ///
    /// # Panics
    /// If it cannot.
    pub fn generate(&self, address: &str, algorithm: &str, expire: &str) {
        self.make(&[], address, algorithm, "default", expire);
        let print = self.fingerprint(address);
        let encryption = if algorithm.starts_with("ed") { "cv25519" } else { algorithm };
        self.run(&["--quick-add-key", &print, encryption, "encr", expire], b"");
    }

    /// Makes a key that signs and can do nothing else.
    ///
    /// # Panics
    /// If it cannot.
    pub fn generate_for_signing(&self, address: &str) {
        self.make(&[], address, "ed25519", "sign", "0");
    }

    /// Makes a key as it would have been made at that time (`20250101T000000`).
    ///
    /// # Panics
    /// If it cannot.
    pub fn generate_at(&self, time: &str, address: &str, expire: &str) {
        let clock = ["--faked-system-time", time];
        self.make(&clock, address, "ed25519", "default", expire);
        let print = self.fingerprint(address);
        let add = ["--quick-add-key", &print, "cv25519", "encr", expire];
        self.run(&[&clock[..], &add[..]].concat(), b"");
    }

    fn make(&self, before: &[&str], address: &str, algorithm: &str, usage: &str, expire: &str) {
        let user = format!("Test <{address}>");
        let make = ["--quick-gen-key", &user, algorithm, usage, expire];
        self.run(&[before, &make[..]].concat(), b"");
    }

    /// Takes a key back in its owner's name.
    ///
    /// # Panics
    /// If it cannot.
    pub fn revoke(&self, address: &str) {
        let print = self.fingerprint(address);
        let file = self.0.path().join("openpgp-revocs.d").join(format!("{print}.rev"));
        // GnuPG puts a colon before the first line, so that nobody imports it by mistake.
        let text =
            std::fs::read_to_string(file).expect("a revocation certificate").replace(":-----BEGIN", "-----BEGIN");
        self.run(&["--import"], text.as_bytes());
    }

    /// 40 hexadecimal digits.
    ///
    /// # Panics
    /// If there is no such key.
    pub fn fingerprint(&self, address: &str) -> String {
        let listed = self.run(&["--with-colons", "--list-keys", address], b"");
        let listed = String::from_utf8(listed.stdout).expect("text");
        let line = listed.lines().find(|line| line.starts_with("fpr:")).expect("a fingerprint");
        line.trim_matches([':', 'f', 'p', 'r']).to_owned()
    }

    /// The armoured public key.
    ///
    /// # Panics
    /// If there is no such key.
    pub fn public(&self, address: &str) -> String {
        String::from_utf8(self.run(&["--armor", "--export", address], b"").stdout).expect("armour is text")
    }

    /// The armoured private key.
    ///
    /// # Panics
    /// If there is no such key.
    pub fn secret(&self, address: &str) -> String {
        String::from_utf8(self.run(&["--armor", "--export-secret-keys", address], b"").stdout).expect("armour is text")
    }

    /// Takes a key in, such as the desk's public one.
    ///
    /// # Panics
    /// If it is none.
    pub fn import(&self, armoured: &str) {
        self.run(&["--import"], armoured.as_bytes());
    }

    /// Decrypts an armoured message and looks at its signature.
    ///
    /// # Panics
    /// If it cannot be decrypted.
    pub fn open(&self, armoured: &[u8]) -> Opened {
        let status = self.0.path().join("status");
        let path = status.to_str().expect("a path of text");
        let output = self.run(&["--status-file", path, "--decrypt"], armoured);
        let status = std::fs::read_to_string(status).expect("a status");
        assert!(status.contains("DECRYPTION_OKAY"), "{status}");
        Opened { entity: output.stdout, signed: status.contains("GOODSIG") }
    }

    fn run(&self, arguments: &[&str], stdin: &[u8]) -> Output {
        let mut command = Command::new("gpg");
        // No key here has a passphrase, and nobody is there to be asked for one.
        command.args(["--passphrase", ""]);
        command.args([
            "--batch",
            "--yes",
            "--quiet",
            "--no-tty",
            "--trust-model",
            "always",
            "--pinentry-mode",
            "loopback",
        ]);
        run(command.arg("--homedir").arg(self.0.path()).args(arguments), stdin)
    }
}

impl Default for Gpg {
    fn default() -> Self {
        Self::new()
    }
}

/// A certificate and its key, made by OpenSSL.
#[derive(Debug)]
pub struct Certificate {
    folder: tempfile::TempDir,
}

impl Certificate {
    /// One that signs itself, with a key of `algorithm` (`rsa:2048`, `ec:prime256v1`), for `usage`
    /// (`keyEncipherment,digitalSignature`), for so many days; a negative number makes one that has expired.
    ///
    /// # Panics
    /// If it cannot.
    pub fn new(address: &str, algorithm: &str, usage: &str, days: i32) -> Self {
        let made = Self { folder: tempfile::tempdir().expect("a folder for a certificate") };
        let mut command = Command::new("openssl");
        command.args(["req", "-x509", "-nodes", "-subj", &format!("/CN={address}"), "-sha256"]);
        command.args(["-addext", &format!("keyUsage=critical,{usage}")]);
        command.args(["-addext", &format!("subjectAltName=email:{address}")]);
        match algorithm.split_once(':') {
            Some(("ec", curve)) => command.args(["-newkey", "ec", "-pkeyopt", &format!("ec_paramgen_curve:{curve}")]),
            _ => command.args(["-newkey", algorithm]),
        };
        command.arg("-days").arg(days.to_string()).arg("-keyout").arg(made.key()).arg("-out").arg(made.pem());
        run(&mut command, b"");
        made
    }

    /// The file of the certificate.
    pub fn pem(&self) -> PathBuf {
        self.folder.path().join("certificate.pem")
    }

    /// The file of the private key.
    pub fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    /// The certificate.
    ///
    /// # Panics
    /// If it cannot be read.
    pub fn text(&self) -> String {
        std::fs::read_to_string(self.pem()).expect("a certificate")
    }

    /// Its fingerprint by `sha1` or `sha256`, without colons.
    ///
    /// # Panics
    /// If OpenSSL cannot say.
    pub fn fingerprint(&self, hash: &str) -> String {
        let mut command = Command::new("openssl");
        command.args(["x509", "-noout", "-fingerprint", &format!("-{hash}"), "-in"]).arg(self.pem());
        let said = String::from_utf8(run(&mut command, b"").stdout).expect("text");
        said.trim().split('=').next_back().expect("a fingerprint").replace(':', "")
    }

    /// Decrypts a message (`form`: `SMIME` for a mail, `DER`) and looks at the signature inside, which must be by the
    /// certificate in the file `signer`.
    ///
    /// # Panics
    /// If it cannot be decrypted.
    pub fn open(&self, form: &str, message: &[u8], signer: &Path) -> Opened {
        let mut command = Command::new("openssl");
        command.args(["cms", "-decrypt", "-binary", "-inform", form, "-recip"]).arg(self.pem());
        let inside = run(command.arg("-inkey").arg(self.key()), message).stdout;
        let mut command = Command::new("openssl");
        command.args(["cms", "-verify", "-binary", "-inform", "SMIME", "-purpose", "any", "-CAfile"]);
        let verified = try_run(command.arg(signer), &inside);
        Opened { signed: verified.status.success(), entity: verified.stdout }
    }
}

fn run(command: &mut Command, stdin: &[u8]) -> Output {
    let output = try_run(command, stdin);
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn try_run(command: &mut Command, stdin: &[u8]) -> Output {
    let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = pipes.spawn().expect("gpg and openssl are there");
    let mut pipe = child.stdin.take().expect("a pipe");
    let stdin = stdin.to_vec();
    // Beside the reading, so that neither waits for the other.
    let writer = std::thread::spawn(move || drop(pipe.write_all(&stdin)));
    let output = child.wait_with_output().expect("an end");
    drop(writer.join());
    output
}
