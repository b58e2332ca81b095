//! Reasons that are kept in events for good: as what they are, so that they can be
//! counted, and said in another language, when the words of today are long gone.

use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

use super::advice::{Advice, Verdict};
use super::facts::FactField;
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

/// What Baton advised when the desk decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Advised {
    /// Too little was answered.
    Nothing {},
    Escalate {},
    AskColleague {},
    CarryOn {
        minutes: u32,
    },
    /// In the words of a Baton that kept only those.
    Said {
        words: String,
    },
}

/// What somebody changed of what is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Changed {
    Fact {
        field: FactField,
    },
    StillUnknown {},
    /// Nothing but whether it is known or only assumed.
    Assumed {},
    /// In the words of a Baton that kept only those.
    Said {
        words: String,
    },
}

impl From<&Advice> for Advised {
    fn from(advice: &Advice) -> Self {
        match advice.verdict {
            Verdict::Open {} => Self::Nothing {},
            Verdict::Escalate {} => Self::Escalate {},
            Verdict::AskColleague {} => Self::AskColleague {},
            Verdict::CarryOn { minutes, .. } => Self::CarryOn { minutes },
        }
    }
}

impl Advised {
    /// `None` where nothing was advised.
    #[must_use]
    pub fn words(&self) -> Option<String> {
        match self {
            Self::Nothing {} => None,
            Self::Escalate {} => Some("escalate now".into()),
            Self::AskColleague {} => Some("ask a colleague first".into()),
            Self::CarryOn { minutes } => Some(format!("carry on for {minutes} min")),
            Self::Said { words } => Some(words.clone()).filter(|words| words != "not assessed"),
        }
    }

    pub(super) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Ok(match Kept::deserialize(from)? {
            Kept::Known(advised) => advised,
            Kept::Said(words) => Self::Said { words },
        })
    }
}

impl Changed {
    #[must_use]
    pub fn words(&self) -> &str {
        match self {
            Self::Fact { field } => field.word(),
            Self::StillUnknown {} => "what is still unknown",
            Self::Assumed {} => "what is only assumed",
            Self::Said { words } => words,
        }
    }

    pub(super) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Self>, D::Error> {
        let kept: Vec<Kept<Self>> = Vec::deserialize(from)?;
        let read = |one| match one {
            Kept::Known(changed) => changed,
            Kept::Said(words) => Self::Said { words },
        };
        Ok(kept.into_iter().map(read).collect())
    }
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
