//! A form that is wrong comes back with everything that was typed.

use askama::Template;
use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::FieldErrors;
use serde::Deserialize;
use web::{Form, FormState, Public, Routes, Shell, page, redirect};

use crate::world::{World, post};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NewCase {
    title: String,
    objects: Vec<Object>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Object {
    name: String,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "shell.html" %}{% import "components.html" as ui %}{% block content %}
{% call ui::errors(form) %}{% endcall %}
{% call ui::field(form, "title", "Title", "", "text", true) %}{% endcall %}
{% for i in 0..form.count("objects") %}{% let name = format!("objects[{i}][name]") %}
{% call ui::field(form, name, "Name", "", "text", true) %}{% endcall %}{% endfor %}
{% call ui::textarea(form, "note", "Note", "", false) %}{% endcall %}
{% call ui::select(form, "country", "Country", "", [("BF", "Burkina Faso"), ("FR", "France")], true) %}{% endcall %}
{% call ui::choices(form, "kinds", "Kinds", "", [("ngo", "NGO"), ("igo", "IGO")]) %}{% endcall %}
{% call ui::checkbox(form, "agreed", "Agreed", "") %}{% endcall %}
{% endblock %}"#
)]
struct CasePage {
    shell: Shell,
    form: FormState,
}

async fn submit(form: Form<NewCase>) -> Response {
    let mut errors = FieldErrors::new();
    let _: Option<domain::text::Line> = errors.required("/title", Some(&form.value.title));
    for (index, object) in form.value.objects.iter().enumerate() {
        let _: Option<domain::text::Line> = errors.required(&format!("/objects/{index}/name"), Some(&object.name));
    }
    if errors.is_empty() {
        return redirect("/cases");
    }
    let shell = Shell::anonymous("Register a case");
    let form = FormState::new(form.typed, &errors);
    (StatusCode::UNPROCESSABLE_ENTITY, page(&CasePage { shell, form })).into_response()
}

fn router() -> Router {
    Routes::new("test", ()).post::<Public, _, _>("/cases/new", submit).finish().0
}

#[tokio::test]
async fn nothing_typed_is_lost_and_each_error_stands_at_its_field() {
    let world = World::new().await;
    let app = world.app(router());
    // The second of three objects was taken away in the browser.
    let body = "title=&objects%5B0%5D%5Bname%5D=%3Cb%3Estatue%22&objects%5B2%5D%5Bname%5D=&note=%0D%0Afirst%0D%0Asecond\
                &country=FR&kinds=igo&agreed=true";
    let answer = post("/cases/new").form(body).of(&app).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for expected in [
        "Please look at 2 fields",
        "<a href=\"#objects[1][name]\">Object 2, name</a> is required",
        "id=\"objects[1][name]\" name=\"objects[1][name]\" type=\"text\" value=\"\" aria-required=\"true\" aria-invalid=\"true\" aria-describedby=\"objects[1][name]-error\"",
        "name=\"objects[0][name]\" type=\"text\" value=\"&#60;b&#62;statue&#34;\" aria-required=\"true\">",
        "<option value=\"FR\" selected>",
        "value=\"igo\" checked",
        "value=\"true\" checked",
        "first\r\nsecond</textarea>",
    ] {
        assert!(answer.body.contains(expected), "{expected} is not in {}", answer.body);
    }
    assert!(!answer.body.contains("value=\"ngo\" checked") && !answer.body.contains("<b>statue"));
    let done = post("/cases/new").form("title=a&objects[0][name]=b").of(&app).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/cases"));
}

#[tokio::test]
async fn a_body_that_is_no_form_is_refused_with_a_page() {
    let world = World::new().await;
    let app = world.app(router());
    for (request, status) in [
        (post("/cases/new").json("{}"), StatusCode::UNSUPPORTED_MEDIA_TYPE),
        (post("/cases/new").form("title=%FF"), StatusCode::BAD_REQUEST),
        (post("/cases/new").form("a&".repeat(6000)), StatusCode::BAD_REQUEST),
        (post("/cases/new").form("title[a][b][c][d][e][f][g]=x&objects=y"), StatusCode::BAD_REQUEST),
    ] {
        let answer = request.of(&app).await;
        assert_eq!(answer.status, status);
        assert!(answer.is_page(), "{answer:?}");
    }
}
