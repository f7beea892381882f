//! The schemas of the description, as their types make them, brought into a form that readers and generators like.

use std::collections::BTreeMap;

use utoipa::openapi::{
    Ref, RefOr,
    schema::{ArrayItems, Object, ObjectBuilder, Schema, SchemaType, Type},
};

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// Names what stands elsewhere, and makes one object of the parts of one.
pub fn tidy(schemas: &mut Schemas) {
    // The rows of a page have a name of their own.
    let pages: Vec<_> = schemas.keys().filter_map(|it| it.strip_prefix("Page_")).map(str::to_owned).collect();
    for row in pages.iter().filter(|it| schemas.contains_key(*it)).cloned().collect::<Vec<_>>() {
        if let Some(RefOr::T(Schema::Object(page))) = schemas.get_mut(&format!("Page_{row}"))
            && let Some(RefOr::T(Schema::Array(rows))) = page.properties.get_mut("results")
        {
            rows.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(row).into()));
        }
    }
    let known = schemas.clone();
    schemas.values_mut().for_each(|it| fold(it, &known));
}

fn fold(schema: &mut RefOr<Schema>, known: &Schemas) {
    let RefOr::T(it) = schema else { return };
    match it {
        Schema::Object(object) => object.properties.values_mut().for_each(|it| fold(it, known)),
        Schema::Array(array) => {
            if let ArrayItems::RefOrSchema(items) = &mut array.items {
                fold(items, known);
            }
        }
        Schema::OneOf(choice) => choice.items.iter_mut().for_each(|it| fold(it, known)),
        Schema::AllOf(whole) => {
            whole.items.iter_mut().for_each(|it| fold(it, known));
            let mut one = Object::with_type(Type::Object);
            one.description = whole.description.take();
            if whole.items.iter().all(|part| join(&mut one, part, true, known)) {
                *it = Schema::Object(one);
            }
        }
        _ => {}
    }
}

/// Adds the fields of a part. One that may be absent is described as "this or null", which an object without its fields
/// never is: what holds is that these fields may come on top.
fn join(one: &mut Object, part: &RefOr<Schema>, is_there: bool, known: &Schemas) -> bool {
    match part {
        RefOr::Ref(it) => {
            let name = it.ref_location.rsplit('/').next().unwrap_or_default();
            known.get(name).is_some_and(|it| join(one, it, is_there, known))
        }
        RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Object) => {
            one.properties.extend(object.properties.clone());
            if is_there {
                one.required.extend(object.required.clone());
            }
            one.description = one.description.take().or_else(|| object.description.clone());
            true
        }
        RefOr::T(Schema::AllOf(whole)) => whole.items.iter().all(|it| join(one, it, is_there, known)),
        RefOr::T(Schema::OneOf(choice)) => {
            let (nulls, parts): (Vec<_>, Vec<_>) = choice.items.iter().partition(|it| is_null(it));
            !nulls.is_empty() && parts.len() == 1 && join(one, parts[0], false, known)
        }
        RefOr::T(_) => false,
    }
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(it)) if it.schema_type == SchemaType::Type(Type::Null))
}

/// What every failure looks like.
pub fn error() -> Schema {
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
