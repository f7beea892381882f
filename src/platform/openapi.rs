//! The description of the API, made from the routes and types themselves.

use utoipa::{
    Modify,
    openapi::{
        Components, Content, HttpMethod, InfoBuilder, OpenApi, Paths, Ref, RefOr, Required, ResponseBuilder,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, Schema, SchemaType, Type},
        security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
    },
};

const BEARER: &str = "bearer";

/// Puts the rooms' descriptions together: paths as they are called, common parameters, errors and the way to sign in.
///
/// An alias names its method, its own path and the one it stands for; `text_ids` are beginnings of paths whose `{id}` is more
/// than a number.
pub fn assemble(rooms: Vec<OpenApi>, aliases: &[(&str, &str, String)], text_ids: &[&str]) -> OpenApi {
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
    for room in rooms {
        debug_assert!(names_are_its_own(&whole, &room), "two types go by one name in the description of the API");
        whole.merge(room);
    }
    for (method, alias, first) in aliases {
        let found = whole.paths.paths.get(first).and_then(|item| match *method {
            "GET" => item.get.clone(),
            "POST" => item.post.clone(),
            "PUT" => item.put.clone(),
            "PATCH" => item.patch.clone(),
            "DELETE" => item.delete.clone(),
            _ => None,
        });
        let Some(mut operation) = found else { continue };
        let alias = alias.replace('<', "{").replace('>', "}");
        // The name of an operation is its own; what is a parameter of its path follows from the path.
        operation.operation_id = Some(format!("{}{}", method.to_lowercase(), alias.replace(['/', '-'], "_")));
        operation.summary = Some(format!("The same as {method} /api{first}/."));
        let parameters = operation.parameters.take().unwrap_or_default();
        operation.parameters = Some(
            parameters
                .into_iter()
                .filter(|it| !matches!(it, RefOr::T(it) if it.parameter_in == ParameterIn::Path))
                .collect(),
        );
        let kind = match *method {
            "GET" => HttpMethod::Get,
            "PUT" => HttpMethod::Put,
            "PATCH" => HttpMethod::Patch,
            "DELETE" => HttpMethod::Delete,
            _ => HttpMethod::Post,
        };
        whole.paths.add_path_operation(alias, vec![kind], operation);
    }
    let paths = std::mem::take(&mut whole.paths.paths);
    for (path, item) in paths {
        let slash = if [".json", ".docx", ".ics"].iter().any(|it| path.ends_with(it)) { "" } else { "/" };
        whole.paths.paths.insert(format!("/api{}{slash}", path.trim_end_matches('/')), item);
    }
    Common { text_ids }.modify(&mut whole);
    whole
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
}

impl Modify for Common<'_> {
    fn modify(&self, api: &mut OpenApi) {
        let components = api.components.get_or_insert_with(Components::new);
        components.schemas.insert("Error".into(), RefOr::T(error_schema()));
        components.schemas.values_mut().for_each(drop_absent_parts);
        components
            .security_schemes
            .insert(BEARER.into(), RefOr::T(SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer))));
        for (path, item) in &mut api.paths.paths {
            let names: Vec<&str> = path.split('/').filter_map(|it| it.strip_prefix('{')?.strip_suffix('}')).collect();
            let is_text = self.text_ids.iter().any(|it| path.starts_with(it));
            for (method, operation) in [
                (HttpMethod::Get, &mut item.get),
                (HttpMethod::Post, &mut item.post),
                (HttpMethod::Put, &mut item.put),
                (HttpMethod::Patch, &mut item.patch),
                (HttpMethod::Delete, &mut item.delete),
            ] {
                let Some(operation) = operation else { continue };
                describe(operation, &method, !names.is_empty());
                queries_are_optional(operation, path);
                if matches!(method, HttpMethod::Patch) {
                    body_is_partial(operation, components);
                }
                for name in &names {
                    // Only what is called `id` can be a number.
                    path_parameter(operation, name, is_text || *name != "id");
                }
                // A hyphen is told from a slash: `/user/achievements` is another address than `/user-achievements`.
                let word = path.replace('-', "__").replace(|c: char| !c.is_ascii_alphanumeric(), "_");
                operation.operation_id = Some(format!("{}{}", word_of(&method), word.trim_end_matches('_')));
            }
        }
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

/// Says of each query whether it must be there: a list or a value with a default is left out by most calls.
fn queries_are_optional(operation: &mut Operation, path: &str) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && parameter.parameter_in == ParameterIn::Query
        {
            let is_required = REQUIRED_QUERIES.contains(&(path, parameter.name.as_str()));
            parameter.required = if is_required { Required::True } else { Required::False };
        }
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

fn word_of(method: &HttpMethod) -> &'static str {
    match method {
        HttpMethod::Get => "get",
        HttpMethod::Post => "post",
        HttpMethod::Put => "put",
        HttpMethod::Patch => "patch",
        _ => "delete",
    }
}

/// A flattened part that may be absent is described as "this or null", which an object without its fields never is: leaving
/// the part out of the rule says what holds, that these fields may come on top.
fn drop_absent_parts(schema: &mut RefOr<Schema>) {
    let may_be_null = |part: &RefOr<Schema>| match part {
        RefOr::T(Schema::OneOf(choice)) => choice.items.iter().any(|it| match it {
            RefOr::T(Schema::Object(object)) => object.schema_type == SchemaType::Type(Type::Null),
            _ => false,
        }),
        _ => false,
    };
    if let RefOr::T(Schema::AllOf(whole)) = schema {
        whole.items.retain(|part| !may_be_null(part));
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

fn describe(operation: &mut Operation, method: &HttpMethod, has_id: bool) {
    operation.security = Some(vec![SecurityRequirement::default(), SecurityRequirement::new::<_, _, &str>(BEARER, [])]);
    let mut errors = vec![
        ("400", "A field or the request itself is wrong."),
        ("401", "The token is missing, bad or expired."),
        ("403", "Visible to the caller, not changeable by the caller."),
        ("429", "Too many calls."),
        ("503", "The machine cannot take it right now."),
    ];
    if has_id || answers_page(operation) {
        errors.push(("404", "Absent, or private to somebody else."));
    }
    match method {
        HttpMethod::Get => {}
        HttpMethod::Post => {
            errors.extend([
                ("409", "The state of the thing forbids this step, or the first call with this key still runs."),
                ("413", "The body is too large."),
                ("415", "The body is of another type."),
                ("422", "The Idempotency-Key was used with another body."),
            ]);
            parameter(
                operation,
                "Idempotency-Key",
                ParameterIn::Header,
                Type::String,
                "Makes a repeat answer as the first call did.",
            );
        }
        _ => {
            errors.extend([("409", "The state of the thing forbids this."), ("412", "The object has changed since.")]);
            if !matches!(method, HttpMethod::Delete) {
                errors.extend([("413", "The body is too large."), ("415", "The body is of another type.")]);
            }
            parameter(operation, "If-Match", ParameterIn::Header, Type::String, "The ETag of the version to change.");
        }
    }
    for (status, meaning) in errors {
        operation.responses.responses.entry(status.into()).or_insert_with(|| {
            let body = Content::new(Some(Ref::from_schema_name("Error")));
            RefOr::T(ResponseBuilder::new().description(meaning).content("application/json", body).build())
        });
    }
    if answers_page(operation) {
        for (name, kind, meaning) in [
            ("page", Type::Integer, "From 1; past the end is 404."),
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

/// Whether the answer is a page: its schema is named after `Page`.
fn answers_page(operation: &Operation) -> bool {
    let Some(RefOr::T(answer)) = operation.responses.responses.get("200") else { return false };
    answer.content.values().any(|content| match content {
        RefOr::T(Content { schema: Some(RefOr::Ref(schema)), .. }) => schema.ref_location.contains("/Page_"),
        _ => false,
    })
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

fn error_schema() -> Schema {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let fields = ObjectBuilder::new().schema_type(Type::Object).description(Some("Sentences by field."));
    let whole = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("Every failure has this form."))
        .property("error", text())
        .property("detail", text())
        .property("status", ObjectBuilder::new().schema_type(Type::Integer))
        .property("request_id", text())
        .property("field_errors", fields)
        .property("limit_type", text())
        .required("error")
        .required("detail")
        .required("status")
        .required("request_id");
    Schema::Object(whole.build())
}
