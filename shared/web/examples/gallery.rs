//! Every component on one page, for looking at: `cargo run -p web --example gallery -- FOLDER` writes it there with
//! its stylesheet; any browser shows it, in light, dark, narrow and on paper.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use askama::Template;
use domain::codes::Role;
use domain::ids::AccountId;
use domain::{Clock, FieldErrors, Label};
use web::{Flash, FormState, Principal, Shell};

#[derive(Template)]
#[template(path = "gallery.html")]
struct Gallery {
    shell: Shell,
    form: FormState,
    labels: [Label; 5],
    types: Vec<(&'static str, &'static str)>,
    clean: FormState,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("say which folder to write to")?);
    let mut errors = FieldErrors::new();
    errors.push("/title", "is required");
    errors.push("/objects/0/materials", "must name at least one material");
    errors.push("/kinds/0", "must be one of police, igo, ngo, research");
    errors.push("/lost_from", "must not be after the end of the interval");
    let typed = [("country", "BF"), ("holder", "Musée de Manega"), ("kinds", "police"), ("lost_from", "2026-11-23")];
    let typed = typed.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    let principal = Principal {
        known_by: web::KnownBy::Session,
        account_id: AccountId::generate(&Clock::System),
        name: "Aïssata Ouédraogo".parse()?,
        role: Role::Officer,
        institution_id: None,
        institution: Some("Duty desk".parse()?),
        alarms: store::plans::alarms::DeskAlarms {
            stopped: false,
            told_nobody: 1,
            held: 12,
            unanswered: 2,
            came_back: 1,
            restored: false,
        },
    };
    let shell = Shell {
        stylesheet: "tocsin.css".to_owned(),
        icon: "favicon.svg".to_owned(),
        current: "/cases".to_owned(),
        flash: Some(Flash("The alert is released. 14 partners will be told.")),
        ..Shell::new("Components", &principal)
    };
    let page = Gallery {
        shell,
        form: FormState::new(typed, &errors),
        labels: Label::ALL,
        types: vec![
            ("police", "Police"),
            ("igo", "Intergovernmental organisation"),
            ("ngo", "NGO"),
            ("research", "Research institute"),
        ],
        clean: FormState::default(),
    };
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("gallery.html"), page.render()?)?;
    fs::write(folder.join("tocsin.css"), include_str!("../assets/tocsin.css"))?;
    fs::write(folder.join("favicon.svg"), include_str!("../assets/favicon.svg"))?;
    Ok(())
}
