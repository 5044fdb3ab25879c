//! Mails as a reader sees them, in a real browser: every language, narrow and wide, light and dark. Pictures of them are left in
//! `target/screenshots/mail/`.

use base64::Engine as _;
use testkit_browser::{Browser, Look};

use super::*;

#[tokio::test]
async fn every_language_reads_well_on_a_desk_and_on_a_telephone() {
    let browser = Browser::start().await.unwrap();
    let looks = [
        Look::WIDE,
        Look { width: 320, dark: false },
        Look { width: 1280, dark: true },
        Look { width: 320, dark: true },
    ];
    let mut wrong = Vec::new();
    for &interface in Interface::ALL {
        let (setup, content, circumstances) =
            (Setup::new(interface.language()), content("Statuette de Pobé Mengao"), circumstances());
        let mail = compose(Shown::Full(&content, &circumstances), &setup.context(AlertKind::Alert, 1)).unwrap();
        let (_, _, html) = read(&mail);
        let encoded = base64::engine::general_purpose::STANDARD.encode(html);
        browser.goto(&format!("data:text/html;charset=utf-8;base64,{encoded}")).await.unwrap();
        for look in looks {
            browser.look(look).await.unwrap();
            let name = format!("mail/{interface}-{}{}", look.width, if look.dark { "-dark" } else { "" });
            browser.screenshot(&name).await.unwrap();
            wrong.extend(browser.overflow().await.unwrap().map(|wide| format!("{name}: sticks out: {wide}")));
            wrong.extend(browser.faults().await.unwrap().into_iter().map(|fault| format!("{name}: {fault}")));
        }
        let side = "return getComputedStyle(document.querySelector('th')).direction";
        let direction = browser.run(side, vec![]).await.unwrap();
        assert_eq!(direction, view::direction(interface.language()), "{interface}");
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
