//! Who sees which part of a case. The one place that decides it.

use domain::codes::Role;
use domain::ids::InstitutionId;
use domain::sighting::Reader;
use web::Principal;

/// What a person sees of a case that the person may see at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sight {
    /// Who reported: personal data (class C).
    pub reporter: bool,
    /// The desk's own work: notes, drafts, who did what.
    pub desk: bool,
}

/// What `principal` sees of a case of `institution`; nothing at all if it is another institution's, which then looks
/// as if it did not exist.
pub fn sight(principal: &Principal, institution: InstitutionId) -> Option<Sight> {
    match principal.role {
        Role::Reporter if principal.institution_id == Some(institution) => Some(Sight { reporter: true, desk: false }),
        Role::Reporter => None,
        Role::Officer => Some(Sight { reporter: true, desk: true }),
        // They check what was done and need no person's telephone number for it.
        Role::Auditor | Role::Admin => Some(Sight { reporter: false, desk: true }),
    }
}

/// How `principal` stands to what was seen of a case of `institution`.
pub fn reader(principal: &Principal, institution: InstitutionId) -> Reader<'static> {
    match principal.role {
        Role::Officer => Reader::Desk,
        Role::Reporter if principal.institution_id == Some(institution) => Reader::Source,
        Role::Reporter | Role::Auditor | Role::Admin => Reader::Other,
    }
}

/// Whose cases `principal` may list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listable {
    /// Every institution's.
    All,
    /// One institution's.
    Of(InstitutionId),
    /// Nobody's.
    Nothing,
}

/// Whose cases `principal` may list.
pub fn listable(principal: &Principal) -> Listable {
    match (principal.role, principal.institution_id) {
        (Role::Officer | Role::Auditor | Role::Admin, _) => Listable::All,
        (Role::Reporter, Some(institution)) => Listable::Of(institution),
        // The accounts table sees to it that a reporter has an institution.
        (Role::Reporter, None) => Listable::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use domain::Clock;
    use domain::ids::AccountId;
    use store::plans::alarms::DeskAlarms;

    use super::*;

    fn principal(role: Role, institution_id: Option<InstitutionId>) -> Principal {
        let name = "N. N.".parse().unwrap();
        Principal {
            known_by: web::KnownBy::Session,
            account_id: AccountId::generate(&Clock::System),
            name,
            role,
            institution_id,
            institution: None,
            alarms: DeskAlarms::default(),
        }
    }

    #[test]
    fn an_institution_sees_its_own_cases_and_nobody_elses_exist() {
        let own = InstitutionId::generate(&Clock::System);
        let other = InstitutionId::generate(&Clock::System);
        let everything = Some(Sight { reporter: true, desk: true });
        let without_persons = Some(Sight { reporter: false, desk: true });
        for (role, of_own, of_other, list) in [
            (Role::Reporter, Some(Sight { reporter: true, desk: false }), None, Listable::Of(own)),
            (Role::Officer, everything, everything, Listable::All),
            (Role::Auditor, without_persons, without_persons, Listable::All),
            (Role::Admin, without_persons, without_persons, Listable::All),
        ] {
            let who = principal(role, Some(own));
            assert_eq!((sight(&who, own), sight(&who, other), listable(&who)), (of_own, of_other, list), "{role}");
        }
        for (role, of_own) in
            [(Role::Reporter, "Source"), (Role::Officer, "Desk"), (Role::Auditor, "Other"), (Role::Admin, "Other")]
        {
            assert_eq!(format!("{:?}", reader(&principal(role, Some(own)), own)), of_own, "{role}");
        }
        assert_eq!(format!("{:?}", reader(&principal(Role::Reporter, Some(own)), other)), "Other");
        let nobody = principal(Role::Reporter, None);
        assert_eq!((sight(&nobody, own), listable(&nobody)), (None, Listable::Nothing));
    }
}
