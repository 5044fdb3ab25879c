use domain::codes::{AlertKind, Pace};

use super::*;

const GOOD: &str = r#"
markets = ["US", "FR"]

[[rule]]
id = "theft-police"
because = "They search."
events = ["theft"]
kinds = ["police"]
relation = ["place", "neighbour-of-place"]
share = "full"
"#;

fn errors(text: &str) -> Vec<String> {
    RuleSet::parse(1, text).expect_err("must be refused").iter().map(ToString::to_string).collect()
}

#[test]
fn a_rule_set_is_read_as_written() {
    let set = RuleSet::parse(7, GOOD).expect("a rule set");
    assert_eq!((set.version, set.markets.len(), set.rules.len()), (7, 2, 1));
    let rule = &set.rules[0];
    assert_eq!(
        (rule.share, rule.pace, rule.acknowledge_within, rule.two_officers),
        (Share::Full, Pace::AtOnce, None, false)
    );
    assert_eq!(rule.when.alerts, Some(vec![AlertKind::Alert, AlertKind::Update]), "drills must be named");
    assert_eq!((&rule.when.mandates, &rule.when.categories), (&None, &None));
    assert_eq!(set.limits, Limits::default());
}

#[test]
fn everything_the_grammar_has_is_read() {
    let text = GOOD.replace(
        "share = \"full\"",
        r#"share = "full"
pace = "digest"
acknowledge_within = "36h"
two_officers = true
alerts = ["exercise"]
partners = ["FBI Art Crime Team"]
place = ["FR", "ES-CT"]
origin = ["M49:145"]
route = ["GRP:EU"]
destination = ["CH"]
about = ["IQ"]
lost_from = "1990-08-06"
lost_until = "2003-04-30"
urgency = ["immediate"]
labels = ["TLP:GREEN"]
[[rule.except]]
flags = ["human_remains"]
[[rule.except]]
kinds = ["igo"]
[limits]
per_alert = 3"#,
    );
    let set = RuleSet::parse(1, &text).expect("a rule set");
    let rule = &set.rules[0];
    assert_eq!((rule.pace, rule.acknowledge_within, rule.two_officers), (Pace::Digest, Some(36 * 60), true));
    assert!(rule.when.lies.iter().all(Option::is_some));
    assert_eq!((rule.except.len(), set.limits.per_alert, set.limits.per_partner_hour), (2, 3, 20));
}

#[test]
fn every_error_comes_with_its_line_column_rule_and_field() {
    let text =
        GOOD.replace("\"US\"", "\"XX\"").replace("\"theft\"", "\"thieving\"").replace("\"place\"", "\"next-door\"");
    let found = errors(&text);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].starts_with("line 2, column 12, markets: \"XX\" not an ISO 3166-1"), "{found:?}");
    assert!(
        found[1].starts_with("line 7, column 11, rule theft-police, events: \"thieving\" must be one of theft"),
        "{found:?}"
    );
    assert!(found[2].starts_with("line 9, column 13, rule theft-police, relation: \"next-door\" must be one of place"));
}

#[test]
fn the_grammar_is_closed() {
    let found = errors(&GOOD.replace("because", "reason"));
    assert!(found[0].starts_with("line 6, column 1: unknown field `reason`"), "{found:?}");
    let found = errors(&GOOD.replace("share = \"full\"", ""));
    assert!(found[0].contains("missing field `share`"), "{found:?}");
    let found = errors(&GOOD.replace("[\"theft\"]", "\"theft\""));
    assert!(found[0].starts_with("line 7, column 10: "), "{found:?}");
    assert!(errors("markets = [")[0].starts_with("line 1, "));
    assert!(errors("")[0].contains("at least one"));
    assert!(errors(&format!("{GOOD}{GOOD}").replace("markets = [\"US\", \"FR\"]", ""))[0].contains("earlier rule"));
    for (line, rule) in [
        ("events = [\"theft\"]", "which events"),
        ("kinds = [\"police\"]", "which kinds"),
        ("relation = [\"place\", \"neighbour-of-place\"]", "scope stands"),
    ] {
        let found = errors(&GOOD.replace(line, ""));
        assert!(found[0].contains(rule), "{found:?}");
    }
}

#[test]
fn what_could_never_be_meant_is_refused() {
    for (addition, expected) in [
        ("alerts = [\"cancel\"]", "cancel goes to exactly those who were told before"),
        ("lost_from = \"2020-01-02\"\nlost_until = \"2020-01-01\"", "lost_until: must not be before lost_from"),
        ("acknowledge_within = \"soon\"", "such as 30m, 24h or 3d"),
        ("acknowledge_within = \"91d\"", "such as 30m, 24h or 3d"),
        ("acknowledge_within = \"9223372036854775807d\"", "such as 30m, 24h or 3d"),
        ("[[rule.except]]", "must name at least one condition"),
        ("[[rule.except]]\nflags = []", "the exception never holds"),
        ("[limits]\nper_alert = 0", "must be a whole number from 1"),
        (
            "[[case]]\nname = \"x\"\nalert = { event = \"theft\", country = \"FR\", categories = [] }\ntold = { Nobody = \"full\" }",
            "\"Nobody\" is no [[partner]]",
        ),
    ] {
        let found = errors(&format!("{GOOD}{addition}\n"));
        assert!(found[0].contains(expected), "{addition}: {found:?}");
    }
}

#[test]
fn the_full_share_is_never_for_organisations_outside_the_state() {
    for kind in ["ngo", "research"] {
        let found = errors(&GOOD.replace("[\"police\"]", &format!("[\"police\", \"{kind}\"]")));
        let expected = format!("rule theft-police, share: full can never be given to {kind}: only object_data can");
        assert!(found[0].ends_with(&expected), "{found:?}");
    }
}

#[test]
fn limits_hold() {
    assert!(errors(&"#".repeat(MAX_BYTES + 1))[0].contains("at most 131072 bytes"));
    let (_, rule) = GOOD.split_once("\n\n").expect("two parts");
    let many: String = (0..=MAX_RULES).map(|n| rule.replace("theft-police", &format!("r{n}"))).collect();
    let found = errors(&many);
    assert!(found[0].contains("at most 200 rules"), "{found:?}");
    let countries = format!("place = [{}]", "\"FR\",".repeat(MAX_ITEMS + 1));
    assert!(errors(&format!("{GOOD}{countries}"))[0].contains("at most 300 items"));
    let wide = format!("{rule}\nplace = [{}]\n", "\"FR\",".repeat(MAX_ITEMS));
    let all: String = (0..17).map(|n| wide.replace("theft-police", &format!("r{n}"))).collect();
    assert!(errors(&all)[0].contains("all lists together must have at most 5000 items"));
    let exceptions = "[[rule.except]]\nflags = [\"inventoried\"]\n".repeat(MAX_EXCEPTIONS + 1);
    assert!(errors(&format!("{GOOD}{exceptions}"))[0].contains("at most 10 exceptions"));
}

#[test]
fn a_filter_may_be_empty_and_is_kept_apart_from_an_absent_one() {
    let set = RuleSet::parse(1, &GOOD.replace("share =", "mandates = []\nshare =")).expect("a rule set");
    assert_eq!(set.rules[0].when.mandates, Some(Vec::new()));
}
