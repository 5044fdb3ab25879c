//! What CAP messages say in our own words, in each language that people have translated them into.

use domain::codes::{AlertKind, Event};
use domain::{Interface, Language};

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub struct Words(Interface);

impl Words {
    /// The languages these words are in.
    pub const LANGUAGES: [Interface; 2] = [Interface::English, Interface::French];

    /// Those of a language; English where it has none.
    pub fn of(language: Interface) -> Self {
        Self(language)
    }

    fn pick(self, english: &'static str, french: &'static str) -> &'static str {
        if self.0 == Interface::French { french } else { english }
    }

    /// A kind of event.
    pub fn event(self, event: Event) -> &'static str {
        let french = match event {
            Event::Theft => "Vol",
            Event::IllicitExport => "Exportation illicite",
            Event::Looting => "Pillage",
            Event::Missing => "Manquant au récolement",
            Event::Sighting => "Signalement",
            Event::Seizure => "Saisie, propriétaire inconnu",
            Event::Recovery => "Récupération",
            Event::Restitution => "Restitution",
            Event::Emergency => "Urgence, collection en danger",
        };
        self.pick(event.label(), french)
    }

    /// A kind of version.
    pub fn kind(self, kind: AlertKind) -> &'static str {
        let french = match kind {
            AlertKind::Alert => "Alerte",
            AlertKind::Update => "Mise à jour",
            AlertKind::Cancel => "Annulation",
            AlertKind::Recovery => "Récupération",
            AlertKind::Restitution => "Avis de restitution",
            AlertKind::ExpertRequest => "Demande d’expertise",
            AlertKind::Exercise => "Exercice",
        };
        self.pick(kind.label(), french)
    }

    /// What recipients are asked to do.
    pub fn instruction(self, kind: AlertKind) -> &'static str {
        match kind {
            AlertKind::Alert => self.pick(
                "Look out for these objects in sales, with dealers, online, in transit and at borders. Do not buy, sell or move them, and do not warn whoever has them. If you see one, tell your police first, then the desk.",
                "Soyez attentif à ces objets dans les ventes, chez les marchands, sur internet, en transit et aux frontières. Ne les achetez pas, ne les vendez pas, ne les déplacez pas et n’avertissez pas la personne qui les détient. Si vous en voyez un, prévenez d’abord votre police, puis le bureau.",
            ),
            AlertKind::Update => self.pick(
                "Replace every earlier version by this one, and pass it on to all who had an earlier one from you.",
                "Remplacez toutes les versions antérieures par celle-ci et transmettez-la à tous ceux qui en ont reçu une de vous.",
            ),
            AlertKind::Cancel => self.pick(
                "The alert was wrong. Stop the search, and delete or correct what you recorded.",
                "L’alerte était erronée. Arrêtez la recherche, et effacez ou corrigez ce que vous avez enregistré.",
            ),
            AlertKind::Recovery => self.pick(
                "The search is over. This message does not say whose the objects are.",
                "La recherche est terminée. Ce message ne dit pas à qui appartiennent les objets.",
            ),
            AlertKind::Restitution => self.pick(
                "A step on the way back was taken. Note it where you recorded the alert.",
                "Une étape de la restitution est franchie. Notez-la là où vous avez enregistré l’alerte.",
            ),
            AlertKind::ExpertRequest => self.pick(
                "Help to identify these objects: what they are, where they come from, what they resemble.",
                "Aidez à identifier ces objets : ce qu’ils sont, d’où ils viennent, à quoi ils ressemblent.",
            ),
            AlertKind::Exercise => self.pick(
                "This is an exercise. Nothing happened; acknowledge it and do nothing else.",
                "Ceci est un exercice. Rien ne s’est passé ; accusez réception et ne faites rien d’autre.",
            ),
        }
    }

    /// In which language the report's own words stand.
    pub fn original(self, language: Language) -> String {
        let name = language.endonym();
        let mut text = self
            .pick("The report's own words, not translated: ", "Les mots de la déclaration, non traduits : ")
            .to_owned();
        text.push_str(name);
        text
    }
}
