//! Reasons that are kept in events for good: as what they are, so that they can be
//! counted, and said in another language, when the words of today are long gone.

use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

use super::severity::Severity;
use super::time::spoken_length;

/// Why nobody is contacted at a level.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Absent {
    /// The level is for what is worse.
    Below {
        least: Severity,
    },
    /// The level is for other hours.
    OutsideHours {},
    Nobody {},
    Away {
        name: String,
    },
    /// Not at work at this hour.
    OffHours {
        name: String,
    },
    NoMethod {
        name: String,
    },
    NobodyOnCall {
        rotation: String,
    },
    /// In the words of a Baton that kept only those.
    Said {
        words: String,
    },
}

/// Why the desk is alarmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Alarm {
    NobodyHasItYet {},
    EverybodyContacted {},
    NobodyReachable {},
    /// So late that waking somebody may be wrong.
    Stale {
        #[ts(type = "number")]
        late_ms: i64,
    },
    /// In the words of a Baton that kept only those.
    Said {
        words: String,
    },
}

impl Absent {
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Below { least } => format!("it is for {} and above", least.word()),
            Self::OutsideHours {} => "it is for other hours".into(),
            Self::OffHours { name } => format!("{name} is not at work then"),
            Self::Nobody {} => "nobody is on this level".into(),
            Self::Away { name } => format!("{name} is away"),
            Self::NoMethod { name } => format!("{name} has no working method"),
            Self::NobodyOnCall { rotation } => format!("nobody is on call in {rotation}"),
            Self::Said { words } => words.clone(),
        }
    }

    /// "Marta is away, Jonas has no working method".
    #[must_use]
    pub fn all_words(all: &[Self]) -> String {
        all.iter().map(Self::words).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Self>, D::Error> {
        Ok(match Kept::deserialize(from)? {
            Kept::Known(all) => all,
            Kept::Said(words) => vec![Self::Said { words }],
        })
    }
}

impl Alarm {
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::NobodyHasItYet {} => "nobody has it yet".into(),
            Self::EverybodyContacted {} => "everybody on the path was contacted and nobody has it".into(),
            Self::NobodyReachable {} => "nobody on the path can be reached now".into(),
            Self::Stale { late_ms } => format!(
                "the next level was due {} ago, while this computer was off or asleep; say whether it is still wanted",
                spoken_length(*late_ms)
            ),
            Self::Said { words } => words.clone(),
        }
    }

    pub(super) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(match Kept::deserialize(from)? {
            Kept::Known(alarm) => alarm,
            Kept::Said(words) => Self::Said { words },
        })
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Kept<T> {
    Known(T),
    Said(String),
}
