//! Identities. Each kind of thing has a type of its own, so that a person's id
//! can never be handed over where a service's is wanted.

use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;
use uuid::Uuid;

use super::time::Instant;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[ts(export)]
        #[serde(transparent)]
        pub struct $name(#[ts(type = "string")] pub Uuid);

        impl $name {
            /// A new UUIDv7: ids made later sort later.
            #[must_use]
            pub fn new(now: Instant) -> Self {
                Self(version_7(now))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(to)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// An incident; the draft it grew from has the same id, so that filing one
    /// draft twice is one incident.
    IncidentId,
    PersonId,
    /// One way to reach one person.
    MethodId,
    ServiceId,
    PathId,
    RotationId,
    TeamId,
    /// A channel as it is set up at this desk (an account, an address, a secret).
    ChannelId,
    /// One message to one person by one method.
    DeliveryId,
    NoticeId,
    /// One trial of the ways to reach people.
    DrillId,
    /// The desk going from one person to the next.
    HandOverId,
    /// This installation; events carry it.
    DeviceId,
}

fn version_7(now: Instant) -> Uuid {
    let milliseconds = u64::try_from(now.0).unwrap_or(0);
    let (seconds, rest) = (milliseconds / 1000, (milliseconds % 1000) * 1_000_000);
    Uuid::new_v7(uuid::Timestamp::from_unix(uuid::NoContext, seconds, rest as u32))
}
