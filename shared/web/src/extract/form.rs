//! Forms.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::{body, is_of_type};
use crate::Problem;
use crate::form::{decode, encode, renumber};

/// A form's fields; nested ones are named as in `objects[0][title]`.
#[derive(Clone, Debug)]
pub struct Form<T> {
    /// The value.
    pub value: T,
    /// The pairs as typed, to show them again. Numbers in names count from 0 without gaps, as they do in `value`, so
    /// that an error's place means the same field in both.
    pub typed: Vec<(String, String)>,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Form<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_of_type(request.headers(), |kind| kind == "application/x-www-form-urlencoded") {
            return Err(Problem::unsupported("application/x-www-form-urlencoded"));
        }
        let bytes = body(request, state).await?;
        let typed = decode(&bytes).map_err(|error| Problem::bad_request(error.to_string()))?;
        let typed = renumber(typed);
        Ok(Self { value: read(&typed)?, typed })
    }
}

fn read<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T, Problem> {
    let text = encode(pairs);
    let read = serde_qs::Config::new().max_depth(6).deserialize_str(&text);
    read.map_err(|error| Problem::bad_request(format!("The form cannot be read: {error}.")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Case {
        title: String,
        note: Option<String>,
        agreed: bool,
        kinds: Vec<String>,
        objects: Vec<Object>,
    }

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default)]
    struct Object {
        name: String,
        materials: Vec<String>,
    }

    fn form(body: &str) -> (Case, Vec<(String, String)>) {
        let typed = renumber(decode(body.as_bytes()).expect("a form"));
        (read(&typed).expect("a case"), typed)
    }

    #[test]
    fn nested_fields_become_the_type_of_the_json_body() {
        for body in [
            "title=Caf%C3%A9+%26+co&agreed=true&kinds=ngo&kinds=igo&objects%5B0%5D%5Bname%5D=statue&objects%5B0%5D%5Bmaterials%5D%5B%5D=wood",
            "title=Café %26 co&agreed=true&kinds[]=ngo&kinds[]=igo&objects[0][name]=statue&objects[0][materials][0]=wood",
        ] {
            let (case, _) = form(body);
            assert_eq!(case.title, "Café & co");
            assert_eq!((case.agreed, case.kinds), (true, vec!["ngo".to_owned(), "igo".to_owned()]));
            assert_eq!(case.objects, [Object { name: "statue".into(), materials: vec!["wood".into()] }]);
        }
    }

    #[test]
    fn one_box_of_a_group_is_a_list_of_one_and_none_is_an_empty_list() {
        assert_eq!(form("title=a&kinds=ngo").0.kinds, ["ngo"]);
        assert_eq!(form("title=a").0.kinds, [""; 0]);
    }

    #[test]
    fn a_gap_in_the_numbers_moves_no_value_to_another_object() {
        let (case, typed) = form("objects[7][name]=b&objects[2][name]=a&objects[4000000000][name]=c");
        let names: Vec<_> = case.objects.iter().map(|object| object.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert!(typed.contains(&("objects[2][name]".to_owned(), "c".to_owned())), "{typed:?}");
    }

    #[test]
    fn names_and_values_cannot_break_out_of_their_pair() {
        let (case, typed) = form("title=a%26note%3Dplanted%3Dx");
        assert_eq!((case.title.as_str(), case.note), ("a&note=planted=x", None));
        assert_eq!(typed.len(), 1);
    }

    proptest! {
        #[test]
        fn no_body_makes_the_reader_panic(body in "([a-z]{0,3}(\\[[a-z0-9]{0,3}\\]?){0,9}(=|&|%[0-9A-F]?)?){0,20}") {
            if let Ok(typed) = decode(body.as_bytes()) {
                let typed = renumber(typed);
                let _ = read::<Case>(&typed);
                prop_assert_eq!(decode(encode(&typed).as_bytes()).ok(), Some(typed));
            }
        }
    }
}
