//! The JSON Schemas of `show.toml` and of a procedure, for editors.
//!
//! They are made from the model, so that they cannot differ from it; what serde says in several parts
//! is put together here, because an editor explains a plain object best.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::procedure::Procedure;
use crate::show::Show;
use crate::text::Language;

/// The JSON Schema (draft 2020-12) of `show.toml`.
#[must_use]
pub fn schema() -> Value {
    let mut schema = of::<Show>();
    if let Some(item) = schema.pointer("/$defs/Item").cloned() {
        schema["$defs"]["Item"] = item_by_kind(&schema, &item);
    }
    // Only kinds of items refer to these, and they have been taken up into `Item`.
    if let Some(definitions) = schema["$defs"].as_object_mut() {
        for merged in MERGED {
            definitions.remove(merged);
        }
    }
    for by_language in ["/$defs/Text/anyOf/1", "/$defs/SubtitleFiles/anyOf/1"] {
        if let Some(by_language) = schema.pointer_mut(by_language) {
            by_language["propertyNames"] = json!({ "enum": Language::ALL.map(Language::code) });
        }
    }
    schema["title"] = json!("Show of a one-stop office");
    schema
}

/// The JSON Schema (draft 2020-12) of a file in `procedures/`.
#[must_use]
pub fn procedure_schema() -> Value {
    let mut schema = of::<Procedure>();
    schema["title"] = json!("Administrative procedure");
    schema
}

const MERGED: [&str; 9] = [
    "Announcement",
    "Board",
    "Guide",
    "Indicator",
    "Media",
    "Nested",
    "ProcedureRef",
    "Question",
    "Video",
];

fn of<T: JsonSchema>() -> Value {
    let mut schema = SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value();
    for_authors(&mut schema);
    schema
}

/// Refuses unknown keys, and takes out what TOML cannot say (null) or need not (number formats).
fn for_authors(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if object.contains_key("properties") {
                object.insert("additionalProperties".to_owned(), json!(false));
            }
            if object
                .get("format")
                .is_some_and(|format| format != "date" && format != "date-time")
            {
                object.remove("format");
            }
            if object.get("default").is_some_and(is_nothing) {
                object.remove("default");
            }
            without_null(object);
            for (key, part) in object {
                match part {
                    // Keys of an author, which may be called like keys of a schema ("default").
                    Value::Object(named) if key == "properties" || key == "$defs" => {
                        named.values_mut().for_each(for_authors);
                    }
                    _ => for_authors(part),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(for_authors),
        _ => {}
    }
}

/// Whether a default tells an author nothing.
fn is_nothing(default: &Value) -> bool {
    match default {
        Value::Object(_) | Value::Null => true,
        Value::Array(values) => values.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

fn without_null(object: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    let Some(Value::Array(choices)) = object.get_mut("anyOf") else {
        return;
    };
    choices.retain(|choice| choice["type"] != "null");
    if let [Value::Object(only)] = choices.as_mut_slice() {
        let only = std::mem::take(only);
        object.remove("anyOf");
        for (key, value) in only {
            object.entry(key).or_insert(value);
        }
    }
}

/// One whole object for each kind: the common keys, `kind`, and the keys of the kind.
fn item_by_kind(schema: &Value, item: &Value) -> Value {
    let kinds = item["oneOf"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let kinds: Vec<Value> = kinds
        .iter()
        .map(|kind| whole_kind(schema, item, kind))
        .collect();
    json!({ "description": item["description"], "type": "object", "required": ["kind"], "oneOf": kinds })
}

fn whole_kind(schema: &Value, item: &Value, kind: &Value) -> Value {
    let referred = kind["$ref"]
        .as_str()
        .and_then(|path| schema.pointer(path.trim_start_matches('#')));
    let parts = [Some(kind), Some(item), referred];
    let mut properties = Map::new();
    let mut required = Vec::new();
    for part in parts.into_iter().flatten() {
        properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
        required.extend(part["required"].as_array().cloned().unwrap_or_default());
    }
    properties["kind"]["description"] = json!("What the item shows.");
    json!({
        "title": kind["properties"]["kind"]["const"],
        "description": kind["description"],
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}
