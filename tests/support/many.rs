//! Incidents by the thousand, put on record without anybody typing them.

use baton_core::domain::event::IncidentEvent;
use baton_core::domain::facts::Facts;
use baton_core::domain::id::IncidentId;
use baton_core::domain::incident::Incident;
use baton_core::domain::severity::Severity;
use baton_core::domain::time::{Instant, MINUTE};
use baton_core::engine::record::{self, Agreed};
use baton_core::store::StoreError;
use rusqlite::Connection;

use crate::world::World;

/// One of many, with a word of its own among common ones.
pub fn filed(db: &Connection, agreed: &Agreed, number: u64, now: Instant) -> Result<Incident, StoreError> {
    let what = format!("Checkout fails for customer{number} with code{} since the deployment", number % 997);
    let facts = Facts { what, place: format!("Shop {}", number % 40), ..Facts::default() };
    let filed = IncidentEvent::Filed { reference: format!("B{number:06}"), by: "Ana".into(), severity: Severity::High, facts };
    record::file(db, agreed, IncidentId::new(now), &filed, false, now)
}

/// So many open ones, of which the first is due in ten minutes and each other a minute after the one before it.
pub async fn open(world: &World, count: u64) {
    let now = world.now();
    let file = move |db: &Connection| {
        let agreed = Agreed::read(db, now)?;
        for number in 0..count {
            let incident = filed(db, &agreed, number, now)?;
            let until = now.plus((10 + i64::try_from(number).unwrap_or(0)) * MINUTE);
            record::append(db, &agreed, incident, &[IncidentEvent::CarriedOn { until }], now)?;
        }
        Ok::<_, StoreError>(())
    };
    world.engine.store.write(file).await.expect("they are filed");
}
