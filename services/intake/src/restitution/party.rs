//! An officer names somebody who has a part in a restitution.

use contracts::Service;
use contracts::events::RestitutionPartyNamedV1;
use domain::FieldErrors;
use domain::codes::PartyRole;
use domain::ids::{AccountId, RestitutionId};
use domain::restitution::Party;
use domain::sighting::Restricted;
use serde::{Deserialize, Serialize};
use store::outbox;
use store::restitutions::{self, PartyRow};
use utoipa::ToSchema;

use super::{RestitutionError, open_one};
use crate::Deps;

/// A party as typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct NameParty {
    /// Such as `claimant`, `possessor`, `requesting_state`, `holding_state`, `mediator`.
    #[schema(example = "requesting_state")]
    pub role: Option<String>,
    /// The name of a person, an authority, a state.
    #[schema(example = "Ministère de la Culture, Ouagadougou")]
    pub name: Option<String>,
    /// The country.
    #[schema(example = "BF")]
    pub country: Option<String>,
    /// How it is reached.
    #[schema(example = "Legal department, file 12")]
    pub contact: Option<String>,
}

impl NameParty {
    /// Parses what was typed.
    pub fn parse(&self) -> Result<(PartyRole, Party), FieldErrors> {
        let mut e = FieldErrors::new();
        let role: Option<PartyRole> = e.required("/role", self.role.as_deref());
        let name = e.required("/name", self.name.as_deref());
        let country = e.optional("/country", self.country.as_deref());
        if matches!(role, Some(PartyRole::RequestingState | PartyRole::HoldingState)) && country.is_none() {
            e.push("/country", "is required: say which state it is");
        }
        let contact = e.optional("/contact", self.contact.as_deref());
        let party = role.zip(name).map(|(role, name)| (role, Party { name, country, contact }));
        e.into_result(party)
    }
}

/// Names a party. The same once more names nobody else.
pub async fn name_party(
    deps: &Deps,
    by: AccountId,
    id: RestitutionId,
    role: PartyRole,
    party: Party,
) -> Result<(), RestitutionError> {
    let mut tx = deps.db.begin().await?;
    let restitution = open_one(&mut tx, id).await?;
    let (party, named_at) = (Restricted::new(party), deps.clock.now());
    let row = PartyRow { number: 0, role, party, named_by: by, named_at, erased_at: None };
    let earlier = restitutions::parties(&mut tx, id).await?;
    if earlier.iter().any(|one| one.role == row.role && one.party == row.party) {
        return Ok(());
    }
    restitutions::insert_party(&mut tx, id, &row).await?;
    let event = RestitutionPartyNamedV1 { restitution_id: id, case_id: restitution.case_id, role, named_by: by };
    outbox::record(&mut tx, Service::Intake, &deps.clock, &event).await?;
    tx.commit().await?;
    deps.bell.ring();
    Ok(())
}
