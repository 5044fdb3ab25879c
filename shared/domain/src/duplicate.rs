//! Why two cases may be about one event: the evidence, side by side. It names holders and police references, so it is
//! class B.

use serde::{Deserialize, Serialize};

use crate::codes::ObjectType;
use crate::ids::PhotoId;
use crate::text::Line;

/// The same thing in the case that was registered earlier and in the later one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sides<T> {
    /// In the earlier case.
    pub earlier: T,
    /// In the later case.
    pub later: T,
}

impl<T> Sides<T> {
    /// With the cases changed over.
    #[must_use]
    pub fn swapped(self) -> Self {
        Self { earlier: self.later, later: self.earlier }
    }
}

/// One reason to think that two cases are about one event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Evidence {
    /// The same number in the same holder's inventory.
    Inventory {
        /// The holders, as written.
        holder: Sides<Line>,
        /// The numbers, as written.
        number: Sides<Line>,
        /// Which objects, by their place in the report.
        object: Sides<i64>,
    },
    /// The same reference of the police of one country.
    PoliceReference {
        /// The references, as written.
        reference: Sides<Line>,
    },
    /// Photographs that look alike.
    Photograph {
        /// The photographs.
        photo: Sides<PhotoId>,
        /// Which objects they show.
        object: Sides<i64>,
        /// In how many of 64 bits they differ.
        distance: u32,
    },
    /// Objects of one type and size, by one maker or of one title.
    Likeness {
        /// The type.
        object_type: ObjectType,
        /// What else is the same.
        by: LikeBy,
        /// The maker or title, as written.
        text: Sides<Line>,
        /// The measurements that were compared.
        measurements: Sides<String>,
        /// Which objects.
        object: Sides<i64>,
    },
    /// Lost at the same place or from the same holder within the same days.
    Loss {
        /// The places, as written.
        place: Sides<Line>,
        /// The days between which it happened.
        days: Sides<String>,
    },
}

/// What objects that are alike have in common besides type and size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LikeBy {
    /// The maker.
    Maker,
    /// The title.
    Title,
}

impl Evidence {
    /// The same with the cases changed over.
    #[must_use]
    pub fn swapped(self) -> Self {
        match self {
            Self::Inventory { holder, number, object } => {
                Self::Inventory { holder: holder.swapped(), number: number.swapped(), object: object.swapped() }
            }
            Self::PoliceReference { reference } => Self::PoliceReference { reference: reference.swapped() },
            Self::Photograph { photo, object, distance } => {
                Self::Photograph { photo: photo.swapped(), object: object.swapped(), distance }
            }
            Self::Likeness { object_type, by, text, measurements, object } => Self::Likeness {
                object_type,
                by,
                text: text.swapped(),
                measurements: measurements.swapped(),
                object: object.swapped(),
            },
            Self::Loss { place, days } => Self::Loss { place: place.swapped(), days: days.swapped() },
        }
    }

    /// What kind of reason it is: its code, the strongest kinds first in the list.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Inventory { .. } => "inventory",
            Self::PoliceReference { .. } => "police_reference",
            Self::Photograph { .. } => "photograph",
            Self::Likeness { .. } => "likeness",
            Self::Loss { .. } => "loss",
        }
    }
}
