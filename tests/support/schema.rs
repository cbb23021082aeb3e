//! Checks against JSON schemas: as the standard says, and for docklint's own output more strictly: an
//! unknown keyword is an error, and so is a key that the schema does not describe.

use serde_json::Value;

/// Checks docklint's own output; the error says where and what.
pub fn validate(schema: &Value, value: &Value) -> Result<(), String> {
    conforms(schema, value)?;
    check(schema, schema, value, "$")
}

/// Checks a value as the standard says.
pub fn conforms(schema: &Value, value: &Value) -> Result<(), String> {
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    let text = |error: &dyn std::fmt::Display| format!("{error:#}");
    let added = compiler.add_resource("schema.json", schema.clone());
    added.map_err(|error| text(&error))?;
    let compiled = compiler.compile("schema.json", &mut schemas);
    let compiled = compiled.map_err(|error| text(&error))?;
    let valid = schemas.validate(value, compiled);
    valid.map_err(|error| text(&error))
}

fn check(root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let fail = |what: &str| Err(format!("{at}: {what}: {value}"));
    for (keyword, wanted) in schema.as_object().ok_or("a schema is an object")? {
        let holds = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" => true,
            "$ref" => return check(root, resolve(root, wanted)?, value, at),
            "const" => value == wanted,
            "enum" => wanted.as_array().is_some_and(|all| all.contains(value)),
            "type" => match wanted {
                Value::Array(all) => all.iter().any(|kind| is(kind, value)),
                kind => is(kind, value),
            },
            "minimum" => value.as_i64() >= wanted.as_i64(),
            "required" => wanted.as_array().is_some_and(|keys| {
                let has = |key: &Value| value.get(key.as_str().unwrap_or("")).is_some();
                !value.is_object() || keys.iter().all(has)
            }),
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    check(root, wanted, item, &format!("{at}[{index}]"))?;
                }
                true
            }
            "properties" => {
                for (key, member) in value.as_object().into_iter().flatten() {
                    let schema = wanted
                        .get(key)
                        .ok_or(format!("{at}.{key} is not described"))?;
                    check(root, schema, member, &format!("{at}.{key}"))?;
                }
                true
            }
            other => return Err(format!("the schema's keyword `{other}` is not checked")),
        };
        if !holds {
            return fail(&format!("{keyword} {wanted}"));
        }
    }
    Ok(())
}

fn resolve<'a>(root: &'a Value, reference: &Value) -> Result<&'a Value, String> {
    reference
        .as_str()
        .and_then(|reference| root.pointer(reference.strip_prefix('#')?))
        .ok_or(format!("{reference} leads nowhere"))
}

fn is(kind: &Value, value: &Value) -> bool {
    match kind.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("null") => value.is_null(),
        Some("boolean") => value.is_boolean(),
        _ => false,
    }
}
