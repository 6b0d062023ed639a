//! Scenarios of a question file: a name, a cost if it is known, and a table a lever.

use super::prices::cost;
use crate::policy::Lever;
use crate::scenario::Scenario;
use crate::system::pack::document::Fields;
use crate::system::pack::problem::Problems;
use std::collections::BTreeMap;

/// A scenario from its table; what is wrong with it is reported.
pub(super) fn scenario(fields: &Fields<'_, '_>, values: &toml::Table, problems: &mut Problems) -> Scenario {
    let name = fields.text("name", problems).unwrap_or_default().to_owned();
    let mut levers = Vec::new();
    let cost = cost(fields, problems);
    for key in fields.keys().filter(|key| !matches!(*key, "name" | "cost")) {
        if !Lever::NAMES.contains(&key) {
            let reason = format!("is not a lever; levers are {}", Lever::NAMES.join(", "));
            problems.add(fields.problem(key, reason).without_value());
            continue;
        }
        let Some(table) = fields.table(key, problems) else { continue };
        if let Some(value) = values.get(key).and_then(toml::Value::as_table) {
            levers.extend(lever(key, &table, value.clone(), problems));
        }
    }
    Scenario { name, levers, cost }
}

/// Stand in for a field that cannot be read, so that what is wrong with the others shows as well: one of them fits the type
/// of most fields.
fn stand_ins() -> [toml::Value; 2] {
    [toml::Value::String("2023-01-01".to_owned()), toml::Value::Float(1.0)]
}

/// A lever from its table.
fn lever(
    name: &str,
    table: &Fields<'_, '_>,
    mut values: toml::Table,
    problems: &mut Problems,
) -> Option<Lever> {
    // fields that cannot be read, and how many stand-ins each has had
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    loop {
        let lever = match Lever::from_table(name, toml::Value::Table(values.clone()))? {
            Ok(lever) => lever,
            Err(error) => {
                let (key, reason) = unreadable(&error);
                let allowed = allowed(name, &key);
                let tried = refused.get(&key).copied();
                if !values.contains_key(&key) {
                    if tried.is_none() {
                        let reason =
                            allowed.map_or(reason, |allowed| format!("is missing; it must be {allowed}"));
                        problems.add(table.problem(&key, reason).without_value());
                    }
                    return None;
                }
                if tried.is_none() {
                    let reason =
                        allowed.map_or(reason.clone(), |allowed| format!("{reason}; must be {allowed}"));
                    problems.add(table.problem(&key, reason));
                }
                let tried = tried.unwrap_or(0);
                match stand_ins().into_iter().nth(tried) {
                    Some(value) => values.insert(key.clone(), value),
                    None => values.remove(&key),
                };
                refused.insert(key, tried + 1);
                continue;
            }
        };
        for error in lever.check().err().unwrap_or_default() {
            let field = error.field.split([' ', '.', '[']).next().unwrap_or_default();
            if refused.contains_key(field) {
                continue;
            }
            let problem = table.problem(field, format!("must be {}", error.allowed));
            // what is wrong may be several fields together
            problems.add(if error.field == field {
                problem
            } else {
                problem.with_value(&error.value).with_context(error.field)
            });
        }
        return refused.is_empty().then_some(lever);
    }
}

/// What a field of a lever may be.
fn allowed(lever: &str, field: &str) -> Option<&'static str> {
    let described = Lever::CATALOGUE.iter().find(|described| described.name == lever)?;
    described.fields.iter().find(|described| described.name == field).map(|described| described.allowed)
}

/// Which field of a lever's table does not fit, and how.
fn unreadable(error: &toml::de::Error) -> (String, String) {
    let message = error.message().trim();
    let quoted = |text: &str| text.split('`').nth(1).unwrap_or_default().to_owned();
    // "unknown field `colour`, expected ..." names the key; a wrong type stands "in `added`"
    let shown = error.to_string();
    let place = shown.split("in `").nth(1).and_then(|rest| rest.split('`').next()).unwrap_or_default();
    let key = match place.split(['.', '[']).next().filter(|key| !key.is_empty()) {
        Some(key) => key.to_owned(),
        None => quoted(message),
    };
    (key, message.lines().next().unwrap_or_default().to_owned())
}
