//! The description of the API, made from the routes and types themselves.

mod schemas;

use std::collections::HashMap;

use rocket::http::Method;
use utoipa::{
    Modify,
    openapi::{
        Components, Content, HttpMethod, InfoBuilder, OpenApi, PathItem, Paths, Ref, RefOr, Required, ResponseBuilder,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        schema::{Array, Object, ObjectBuilder, Schema, Type},
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
    },
};

use super::{
    addresses::{Addresses, Description},
    rule::{Rule, Rules},
    signature::{Access, Told},
};

/// An access token.
const BEARER: &str = "bearer";
/// A personal API token.
const API_TOKEN: &str = "api_token";
/// The cookie of a browser's sign-in.
const COOKIE: &str = "cookie";
/// A ticket for a stream.
const TICKET: &str = "ticket";
/// The token of the settings for the figures of a monitoring system.
const MONITORING: &str = "monitoring";

/// What the description is made of beside the rooms.
pub struct Outline<'a> {
    /// The rooms, each with where it is mounted.
    pub rooms: Vec<(&'a str, Addresses)>,
    /// Second addresses: method, path, and the path that it stands for.
    pub aliases: Vec<(Method, String, String)>,
    /// Beginnings of paths whose `{id}` is more than a number.
    pub text_ids: &'a [&'a str],
    /// Whether an address does not even look at a token.
    pub is_open: fn(&str) -> bool,
    /// The name of the cookie of a browser's sign-in.
    pub cookie: &'a str,
}

/// A path as it is shown: as callers write it, with its last slash unless it names a file.
pub fn shown(path: &str) -> String {
    let path = path.replace('<', "{").replace('>', "}");
    let last = path.rsplit('/').next().unwrap_or_default();
    let is_file = last.contains('.') || path == "/metrics" || path.starts_with("/media/");
    let slash = if is_file || path.ends_with('/') { "" } else { "/" };
    format!("{path}{slash}")
}

/// Puts the rooms' descriptions together: paths as they are called, who may call, common parameters and errors.
pub fn assemble(outline: Outline<'_>) -> OpenApi {
    let mut whole = OpenApi::new(
        InfoBuilder::new()
            .title("careerd")
            .version(env!("CARGO_PKG_VERSION"))
            .description(Some(
                "The HTTP interface of a career platform. Every address works with and without its last slash.",
            ))
            .build(),
        Paths::new(),
    );
    let (mut told, mut bodies) = (HashMap::new(), Vec::new());
    for (base, room) in outline.rooms {
        let Some(Description { told: arguments, mut api, bodies: read }) = room.description.map(|it| it()) else {
            continue;
        };
        debug_assert!(names_are_its_own(&whole, &api), "two types go by one name in the description of the API");
        let paths = std::mem::take(&mut api.paths.paths);
        api.paths.paths = paths.into_iter().map(|(path, item)| (placed(base, &path), item)).collect();
        whole.merge(api);
        bodies.extend(read);
        for (route, it) in room.routes.iter().zip(arguments) {
            told.insert((route.method, placed(base, route.uri.path())), it);
        }
    }
    for (method, alias, first) in &outline.aliases {
        let found = whole.paths.paths.get_mut(first).and_then(|item| operation(item, *method).clone());
        let Some(mut operation) = found else { continue };
        operation.summary = Some(format!("The same as {method} {first}."));
        // What is a parameter of its path follows from the path.
        let parameters = operation.parameters.iter_mut().flat_map(std::mem::take);
        operation.parameters =
            Some(parameters.filter(|it| !matches!(it, RefOr::T(it) if it.parameter_in == ParameterIn::Path)).collect());
        whole.paths.add_path_operation(alias, vec![word_of(*method)], operation);
        if let Some(mut it) = told.get(&(*method, first.clone())).cloned() {
            // Where no id stands it is the caller's own, who must be somebody.
            if first.contains('{') && !alias.contains('{') && it.access == Access::Free {
                it.access = Access::SignedIn;
            }
            told.insert((*method, alias.clone()), it);
        }
    }
    let common = Common {
        text_ids: outline.text_ids,
        is_open: outline.is_open,
        cookie: outline.cookie,
        told: &told,
        bodies: &bodies,
    };
    common.modify(&mut whole);
    whole
}

fn placed(base: &str, path: &str) -> String {
    shown(&format!("{base}{}", if base.is_empty() { path } else { path.trim_end_matches('/') }))
}

fn operation(item: &mut PathItem, method: Method) -> &mut Option<Operation> {
    match method {
        Method::Get => &mut item.get,
        Method::Put => &mut item.put,
        Method::Patch => &mut item.patch,
        Method::Delete => &mut item.delete,
        _ => &mut item.post,
    }
}

/// Whether no schema of this room has the name of another one: the first would stand for both.
fn names_are_its_own(whole: &OpenApi, room: &OpenApi) -> bool {
    let (Some(known), Some(own)) = (&whole.components, &room.components) else { return true };
    own.schemas.iter().all(|(name, schema)| {
        let is_same = known.schemas.get(name).is_none_or(|it| it == schema);
        if !is_same {
            tracing::error!("the schema {name} is described twice");
        }
        is_same
    })
}

/// What each address has in common with all others.
struct Common<'a> {
    text_ids: &'a [&'a str],
    is_open: fn(&str) -> bool,
    cookie: &'a str,
    told: &'a HashMap<(Method, String), Told>,
    bodies: &'a [(String, Rules)],
}

const METHODS: [Method; 5] = [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete];

impl Modify for Common<'_> {
    fn modify(&self, api: &mut OpenApi) {
        let components = api.components.get_or_insert_with(Components::new);
        components.schemas.insert("Error".into(), RefOr::T(schemas::error()));
        schemas::tidy(&mut components.schemas);
        for (name, rules) in self.bodies {
            if let Some(RefOr::T(body)) = components.schemas.get_mut(name) {
                narrow_fields(body, rules);
            }
        }
        self.ways_in(components);
        for (path, item) in &mut api.paths.paths {
            let names: Vec<&str> = path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}')).collect();
            let is_text = self.text_ids.iter().any(|it| path.starts_with(it));
            for method in METHODS {
                let Some(operation) = operation(item, method) else { continue };
                let told = self.told.get(&(method, path.clone())).cloned().unwrap_or_default();
                let is_open = (self.is_open)(path.trim_end_matches('/'));
                operation.security = Some(security(told.access, is_open, method));
                describe(operation, method, &told, is_open, !names.is_empty());
                queries_are_told(operation, path, &told.query);
                body_is_needed(operation, method, components);
                if method == Method::Patch {
                    body_is_partial(operation, components);
                }
                for name in &names {
                    // Only what is called `id` can be a number.
                    path_parameter(operation, name, is_text || *name != "id");
                }
                // A hyphen is told from a slash: `/user/achievements` is another address than `/user-achievements`.
                let word = path.replace('-', "__").replace(|c: char| !c.is_ascii_alphanumeric(), "_");
                operation.operation_id =
                    Some(format!("{}{}", method.as_str().to_lowercase(), word.trim_end_matches('_')));
            }
        }
    }
}

impl Common<'_> {
    fn ways_in(&self, components: &mut Components) {
        let http = |meaning: &str| {
            let mut scheme = Http::new(HttpAuthScheme::Bearer);
            scheme.description = Some(meaning.to_owned());
            SecurityScheme::Http(scheme)
        };
        let value = |name: &str, meaning: &str| ApiKeyValue::with_description(name, meaning);
        for (name, scheme) in [
            (
                BEARER,
                http("An access token. The names behind it are the marks of the account that the address asks for."),
            ),
            (API_TOKEN, http("A personal API token; `write` says that its scope must be that.")),
            (COOKIE, SecurityScheme::ApiKey(ApiKey::Cookie(value(self.cookie, "The refresh token of a browser.")))),
            (TICKET, SecurityScheme::ApiKey(ApiKey::Query(value("ticket", "For clients that cannot send headers.")))),
            (MONITORING, http("The token of the setting `metrics.token`, where one is set.")),
        ] {
            components.security_schemes.insert(name.into(), RefOr::T(scheme));
        }
    }
}

/// Says of the fields of a body what their readers take.
fn narrow_fields(body: &mut Schema, rules: &Rules) {
    match body {
        Schema::Object(body) => {
            for (field, rule) in rules {
                if let Some(field) = body.properties.get_mut(field) {
                    rule.narrow(field);
                }
            }
        }
        Schema::AllOf(parts) => {
            for part in &mut parts.items {
                if let RefOr::T(part) = part {
                    narrow_fields(part, rules);
                }
            }
        }
        _ => {}
    }
}

/// The ways in to an address, any of which will do.
fn security(access: Access, is_open: bool, method: Method) -> Vec<SecurityRequirement> {
    let need = |name: &str, marks: &[&str]| SecurityRequirement::new(name, marks.iter().copied());
    let scope: &[&str] = if method == Method::Get { &[] } else { &["write"] };
    let nothing = SecurityRequirement::default;
    match access {
        Access::Free if is_open => vec![],
        Access::Free => vec![nothing(), need(BEARER, &[]), need(API_TOKEN, &[])],
        Access::SignedIn => vec![need(BEARER, &[]), need(API_TOKEN, scope)],
        Access::InPerson(role) => vec![need(BEARER, role.as_slice())],
        Access::Cookie => vec![need(COOKIE, &[])],
        Access::Ticket => vec![need(BEARER, &[]), need(API_TOKEN, &[]), need(TICKET, &[])],
        Access::Monitor => vec![nothing(), need(MONITORING, &[])],
    }
}

/// What a query must name; all else has a default or is a filter.
const REQUIRED_QUERIES: &[(&str, &str)] = &[
    ("/api/search/", "q"),
    ("/api/search/suggest/", "q"),
    ("/api/resumes/compare/", "resume1"),
    ("/api/resumes/compare/", "resume2"),
    ("/api/users/{id}/recommendations/what-if/", "skill"),
];

/// Says of each query whether it must be there, for a list or a value with a default is left out by most calls; and what its
/// reader takes.
fn queries_are_told(operation: &mut Operation, path: &str, rules: &Rules) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && parameter.parameter_in == ParameterIn::Query
        {
            let is_required = REQUIRED_QUERIES.contains(&(path, parameter.name.as_str()));
            parameter.required = if is_required { Required::True } else { Required::False };
            let rule = rules.iter().find(|(name, _)| *name == parameter.name);
            if let (Some((_, rule)), Some(schema)) = (rule, &mut parameter.schema) {
                rule.narrow(schema);
            }
        }
    }
}

fn narrow_header(operation: &mut Operation, name: &str, rule: &Rule) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(Parameter { name: its, schema: Some(schema), .. }) = parameter
            && its == name
        {
            rule.narrow(schema);
        }
    }
}

/// Says whether there must be a body: not where nothing of it is required.
fn body_is_needed(operation: &mut Operation, method: Method, components: &Components) {
    let Some(RefOr::T(body)) = &mut operation.request_body else { return };
    let wants = |content: &RefOr<Content>| match content {
        RefOr::T(Content { schema: Some(RefOr::Ref(of)), .. }) => {
            let name = of.ref_location.rsplit('/').next().unwrap_or_default();
            match components.schemas.get(name) {
                Some(RefOr::T(Schema::Object(whole))) => !whole.required.is_empty(),
                _ => true,
            }
        }
        _ => true,
    };
    let needed = method != Method::Patch && body.content.values().any(wants);
    if !needed || body.required.is_none() {
        body.required = Some(if needed { Required::True } else { Required::False });
    }
}

/// The draft of a PATCH under a name of its own, with every field optional: it touches only what it carries.
fn body_is_partial(operation: &mut Operation, components: &mut Components) {
    let Some(RefOr::T(body)) = &mut operation.request_body else { return };
    for content in body.content.values_mut() {
        let RefOr::T(content) = content else { continue };
        let Some(RefOr::Ref(of)) = &content.schema else { continue };
        let Some(name) = of.ref_location.rsplit('/').next().map(str::to_owned) else { continue };
        let Some(RefOr::T(Schema::Object(whole))) = components.schemas.get(&name) else { continue };
        let mut partial = whole.clone();
        partial.required.clear();
        let partial_name = format!("{name}Patch");
        components.schemas.insert(partial_name.clone(), RefOr::T(Schema::Object(partial)));
        content.schema = Some(Ref::from_schema_name(partial_name).into());
    }
}

fn word_of(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::Get,
        Method::Put => HttpMethod::Put,
        Method::Patch => HttpMethod::Patch,
        Method::Delete => HttpMethod::Delete,
        _ => HttpMethod::Post,
    }
}

fn path_parameter(operation: &mut Operation, name: &str, is_text: bool) {
    let known = operation.parameters.get_or_insert_with(Vec::new);
    known.retain(|it| !matches!(it, RefOr::T(Parameter { name: taken, .. }) if taken == name));
    let schema = match is_text {
        true => ObjectBuilder::new().schema_type(Type::String).build(),
        false => ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1)).build(),
    };
    let described = ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(Schema::Object(schema)));
    known.push(RefOr::T(described.build()));
}

fn describe(operation: &mut Operation, method: Method, told: &Told, is_open: bool, has_id: bool) {
    let reads = method == Method::Get;
    let mut errors = vec![];
    // Files and pages fail only in ways of their own.
    if told.access == Access::Monitor {
        errors.extend([("401", "The token is missing or bad."), ("404", "The settings do not switch this on.")]);
    }
    if !(is_open && reads) {
        errors.extend([
            ("400", "A field or the request itself is wrong."),
            ("401", "The token is missing, bad or expired."),
            ("429", "Too many calls."),
            ("503", "The machine cannot take it right now."),
        ]);
    }
    if !reads || !matches!(told.access, Access::Free | Access::Monitor) {
        errors.push(("403", "Visible to the caller, not changeable by the caller."));
    }
    if has_id || told.lists {
        errors.push(("404", "Absent, or private to somebody else."));
    }
    if !reads {
        errors.push(("409", "The state of the thing forbids this step, or the first call with this key still runs."));
    }
    if told.takes_body {
        errors.extend([("413", "The body is too large."), ("415", "The body is of another type.")]);
    }
    if told.takes_key {
        errors.push(("422", "The Idempotency-Key was used with another body."));
        let meaning = "Makes a repeat answer as the first call did.";
        parameter(operation, "Idempotency-Key", ParameterIn::Header, Type::String, meaning);
        narrow_header(operation, "Idempotency-Key", &Rule::text(1..=200).matching("^[!-~]+$"));
    }
    if told.takes_version {
        errors.push(("412", "The object has changed since."));
        parameter(operation, "If-Match", ParameterIn::Header, Type::String, "The ETag of the version to change.");
        narrow_header(operation, "If-Match", &Rule::text(1..=2000));
    }
    for (status, meaning) in errors {
        let missing = || RefOr::T(ResponseBuilder::new().description(meaning).build());
        operation.responses.responses.entry(status.into()).or_insert_with(missing);
    }
    for (status, answer) in &mut operation.responses.responses {
        let RefOr::T(answer) = answer else { continue };
        if status.starts_with(['4', '5']) && answer.content.is_empty() {
            answer
                .content
                .insert("application/json".into(), RefOr::T(Content::new(Some(Ref::from_schema_name("Error")))));
        }
        if answer.content.contains_key("text/csv") {
            // A file of rows comes as JSON to whoever asks for it `as=json`.
            let rows = Array::new(Object::with_type(Type::Object));
            answer.content.insert("application/json".into(), RefOr::T(Content::new(Some(Schema::Array(rows)))));
        }
        for (kind, content) in &mut answer.content {
            // What is no text has no schema.
            if let RefOr::T(content) = content
                && kind != "application/json"
                && !kind.starts_with("text/")
            {
                content.schema = None;
            }
        }
    }
    if told.lists {
        for (name, kind, meaning) in [
            ("page", Type::Integer, "From 1; past the end is 404."),
            ("cursor", Type::String, "A mark in place of `page`, where the list takes one; empty for the start."),
            ("count", Type::Boolean, "With a cursor: whether to count all rows."),
            ("page_size", Type::Integer, "Rows a page: 20, at most 100."),
            ("ordering", Type::String, "Names by comma, `-` for descending."),
            ("search", Type::String, "Each word must begin a word, in any case and with any accent."),
            ("created_after", Type::String, "A date, or a date and time."),
            ("created_before", Type::String, "A date, or a date and time."),
        ] {
            parameter(operation, name, ParameterIn::Query, kind, meaning);
        }
    }
}

fn parameter(operation: &mut Operation, name: &str, at: ParameterIn, kind: Type, meaning: &str) {
    let known = operation.parameters.get_or_insert_with(Vec::new);
    if !known.iter().any(|it| matches!(it, RefOr::T(Parameter { name: taken, .. }) if taken == name)) {
        let schema = Schema::Object(ObjectBuilder::new().schema_type(kind).build());
        known.push(RefOr::T(
            ParameterBuilder::new().name(name).parameter_in(at).description(Some(meaning)).schema(Some(schema)).build(),
        ));
    }
}
