//! A map of the world as SVG in the page: nothing is loaded from elsewhere, and it works without a script.
//!
//! A country may be shaded, and things may be marked; each says in words what it is, to a pointer that rests on it and to
//! a screen reader. The page shows the same in a table: a map alone tells too little.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;
use std::sync::OnceLock;

use domain::scope::{Scope, ScopeSet};
use domain::{Country, Language};

const WORLD: &str = include_str!("../data/world.csv");
/// Room between the centres of two marks of one place.
const STEP: f64 = 9.0;
/// The turn between neighbours of a sunflower's seeds: marks of one place lie apart and close.
const TURN: f64 = 2.399_963;

/// How a country or a mark looks; the text says what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// As intended.
    Good,
    /// To be looked at.
    Warn,
    /// Wrong or missing.
    Bad,
    /// Only that it is there.
    Plain,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Plain => "plain",
        }
    }
}

/// Something at a place.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The areas it belongs to; the whole world is shown below the map.
    pub at: ScopeSet,
    /// How it looks.
    pub tone: Tone,
    /// What it is: a partner's name.
    pub text: String,
    /// A path of this site; none for a mark that leads nowhere.
    pub href: Option<String>,
}

/// A map of the world.
#[derive(Clone, Debug, Default)]
pub struct WorldMap {
    title: String,
    shades: BTreeMap<Country, (Tone, String)>,
    marks: Vec<Mark>,
}

struct Land {
    x: f64,
    y: f64,
    outline: &'static str,
}

struct World {
    width: &'static str,
    height: &'static str,
    elsewhere: &'static str,
    lands: HashMap<Country, Land>,
}

fn world() -> &'static World {
    static READ: OnceLock<World> = OnceLock::new();
    READ.get_or_init(|| {
        let mut lines = WORLD.lines().skip(1).map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            <[&str; 4]>::try_from(cells).expect("world.csv has four columns")
        });
        let [_, width, height, elsewhere] = lines.next().expect("world.csv begins with the size of the picture");
        let number = |text: &str| text.parse().expect("world.csv has whole numbers");
        let lands = lines
            .map(|[code, x, y, outline]| {
                let country = code.parse().expect("world.csv has codes of ISO 3166-1");
                (country, Land { x: number(x), y: number(y), outline })
            })
            .collect();
        World { width, height, elsewhere, lands }
    })
}

impl WorldMap {
    /// With a title that says what it shows.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// Shades a country; the text says why, after its name.
    pub fn shade(&mut self, country: Country, tone: Tone, text: impl Into<String>) {
        self.shades.insert(country, (tone, text.into()));
    }

    /// Marks something.
    pub fn mark(&mut self, mark: Mark) {
        self.marks.push(mark);
    }

    /// The map as markup that is safe to print as it is: every text in it is escaped.
    pub fn svg(&self) -> String {
        let world = world();
        let height: f64 = world.height.parse().expect("world.csv has whole numbers");
        let mut svg = String::with_capacity(80_000);
        let below = self.marks.iter().filter(|mark| is_world(&mark.at)).count();
        let bottom = height + if below > 0 { 46.0 } else { 0.0 };
        let title = escaped(&self.title);
        let _ = write!(
            svg,
            "<svg class=\"map\" viewBox=\"0 0 {} {bottom}\" role=\"group\" aria-label=\"{title}\"><path class=\"land\" d=\"{}\"/>",
            world.width, world.elsewhere
        );
        let mut lands: Vec<_> = world.lands.iter().collect();
        lands.sort_by_key(|(country, _)| **country);
        for (country, land) in lands {
            self.land(&mut svg, *country, land);
        }
        self.marks_on(&mut svg, height);
        svg.push_str("</svg>");
        svg
    }

    fn land(&self, svg: &mut String, country: Country, land: &Land) {
        let Some((tone, text)) = self.shades.get(&country) else {
            if !land.outline.is_empty() {
                let _ = write!(svg, "<path class=\"land\" d=\"{}\"/>", land.outline);
            }
            return;
        };
        let (class, name) = (tone.class(), country.name(Language::ENGLISH));
        let text = escaped(&format!("{name}: {text}"));
        // What is too small for an outline is a ring.
        let _ = if land.outline.is_empty() {
            write!(
                svg,
                "<circle class=\"land {class}\" cx=\"{}\" cy=\"{}\" r=\"3\"><title>{text}</title></circle>",
                land.x, land.y
            )
        } else {
            write!(svg, "<path class=\"land {class}\" d=\"{}\"><title>{text}</title></path>", land.outline)
        };
    }

    fn marks_on(&self, svg: &mut String, height: f64) {
        let mut places: BTreeMap<(i64, i64), Vec<&Mark>> = BTreeMap::new();
        let mut everywhere = Vec::new();
        for mark in &self.marks {
            match middle(&mark.at) {
                _ if is_world(&mark.at) => everywhere.push(mark),
                #[expect(clippy::cast_possible_truncation, reason = "a point of a picture of a thousand")]
                Some((x, y)) => places.entry((x.round() as i64, y.round() as i64)).or_default().push(mark),
                None => everywhere.push(mark),
            }
        }
        for ((x, y), marks) in places {
            for (index, mark) in marks.iter().enumerate() {
                #[expect(clippy::cast_precision_loss, reason = "a few hundred at most")]
                let (x, y, seed) = (x as f64, y as f64, index as f64);
                let (turn, away) = (TURN * seed, STEP * 0.75 * seed.sqrt());
                dot(svg, mark, away.mul_add(turn.cos(), x), away.mul_add(turn.sin(), y));
            }
        }
        if !everywhere.is_empty() {
            let _ = write!(svg, "<text class=\"below\" x=\"8\" y=\"{}\">Worldwide</text>", height + 18.0);
            for (index, mark) in everywhere.iter().enumerate() {
                #[expect(clippy::cast_precision_loss, reason = "a few hundred at most")]
                let (column, row) = ((index % 90) as f64, (index / 90) as f64);
                dot(svg, mark, (STEP + 1.0).mul_add(column, 92.0), (STEP + 1.0).mul_add(row, height + 14.0));
            }
        }
    }
}

fn dot(svg: &mut String, mark: &Mark, x: f64, y: f64) {
    let text = escaped(&mark.text);
    let circle = format!(
        "<circle class=\"dot {}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"><title>{text}</title></circle>",
        mark.tone.class()
    );
    let _ = match &mark.href {
        Some(href) => write!(svg, "<a href=\"{}\" aria-label=\"{text}\">{circle}</a>", escaped(href)),
        None => write!(svg, "{circle}"),
    };
}

fn is_world(scope: &ScopeSet) -> bool {
    scope.as_slice().iter().any(|area| area.is_world())
}

/// The middle of the first area: of a region, that of its countries.
fn middle(scope: &ScopeSet) -> Option<(f64, f64)> {
    let countries: Vec<Country> = match *scope.as_slice().first()? {
        Scope::Country(country) => vec![country],
        Scope::Subdivision(part) => vec![part.country()],
        area @ (Scope::Region(_) | Scope::Group(_)) => Country::all().filter(|country| area.covers(*country)).collect(),
    };
    let lands: Vec<_> = countries.iter().filter_map(|country| world().lands.get(country)).collect();
    if lands.is_empty() {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "at most 249")]
    let count = lands.len() as f64;
    Some((lands.iter().map(|land| land.x).sum::<f64>() / count, lands.iter().map(|land| land.y).sum::<f64>() / count))
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&#34;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_a_place_in_the_picture() {
        let world = world();
        let (width, height): (f64, f64) = (world.width.parse().unwrap(), world.height.parse().unwrap());
        for country in Country::all() {
            let land = &world.lands[&country];
            assert!((0.0..=width).contains(&land.x) && (0.0..=height).contains(&land.y), "{country}");
        }
        assert!(world.lands.values().filter(|land| !land.outline.is_empty()).count() > 150);
    }

    #[test]
    fn marks_of_one_place_lie_apart_and_the_world_is_below() {
        let mut map = WorldMap::new("Partners");
        let mark = |at: &str, text: &str| Mark {
            at: at.parse().unwrap(),
            tone: Tone::Good,
            text: text.to_owned(),
            href: Some("/partners/x".to_owned()),
        };
        for text in ["A", "B & \"C\"", "<script>"] {
            map.mark(mark("FR", text));
        }
        map.mark(mark("M49:145;FR", "D"));
        map.mark(mark("M49:001", "E"));
        map.shade("BF".parse().unwrap(), Tone::Warn, "nobody");
        let svg = map.svg();
        assert_eq!(svg.matches("class=\"dot good\"").count(), 5);
        assert!(svg.contains("Burkina Faso: nobody") && svg.contains("Worldwide"));
        assert!(svg.contains("B &amp; &#34;C&#34;") && !svg.contains("<script"));
        assert!(!svg.contains("style=") && !svg.contains("onclick"));
        let dots: std::collections::BTreeSet<_> = svg.match_indices("cx=").map(|(at, _)| &svg[at..at + 20]).collect();
        assert_eq!(dots.len(), 5, "no two in one place");
    }
}
