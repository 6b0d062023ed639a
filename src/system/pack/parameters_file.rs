//! How `parameters.toml` is read.

use super::context::{Context, case_hint};
use super::document::{Document, Fields};
use super::problem::{Problem, Problems};
use super::source::Status;
use crate::system::parameters::{
    PARTS_OF_ONE, Parameter, ParameterSpec, Parameters, ProviderParameter, ProviderTable,
};
use crate::system::providers::ProviderCode;
use crate::units::Month;

/// The longest pack, in months: keeps a mistyped year from asking for gigabytes.
const LONGEST: i32 = 240;

/// The table `[pack]`: what the pack is called, and its months.
pub(crate) fn read_heading(
    document: &Document<'_>,
    problems: &mut Problems,
) -> (String, Option<(Month, Month)>) {
    let root = document.root();
    let mut known = vec!["pack", "by_provider"];
    known.extend(Parameters::SECTIONS);
    root.refuse_unknown(&known, problems);
    let Some(pack) = root.table("pack", problems) else { return (String::new(), None) };
    pack.refuse_unknown(&["name", "first_month", "last_month"], problems);
    let name = pack.text("name", problems).unwrap_or_default().to_owned();
    let mut month = |key| {
        let month: Option<Month> = pack.text(key, problems)?.parse().ok();
        if month.is_none() {
            problems.add(pack.problem(key, "must be a month written YYYY-MM, for example 2022-12"));
        }
        month
    };
    let (first, last) = (month("first_month"), month("last_month"));
    let months = first.zip(last).filter(|(first, last)| {
        let is_good = (0..LONGEST).contains(&last.since(*first));
        if !is_good {
            let reason = format!("must be {first} or one of the {} months after it", LONGEST - 1);
            problems.add(pack.problem("last_month", reason));
        }
        is_good
    });
    (name, months)
}

/// The sections and the tables by provider.
pub(crate) fn read_parameters(
    document: &Document<'_>,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Parameters {
    let root = document.root();
    let tables = read_tables(&root, context, problems);
    let mut section = None;
    let mut known = Vec::new();
    let parameters = Parameters::build(
        |spec| {
            // parameters come section by section
            if section.as_ref().is_none_or(|(name, _)| *name != spec.section) {
                section = Some((spec.section, root.table(spec.section, problems)));
            }
            known.push((spec.section, spec.key));
            let fields = section.as_ref().and_then(|(_, fields)| fields.as_ref());
            let fields = fields.and_then(|fields| fields.table(spec.key, problems));
            let parameter =
                fields.as_ref().and_then(|fields| read_parameter(fields, spec, context, problems));
            parameter.unwrap_or_else(|| stand_in(spec))
        },
        tables,
    );
    for &section in Parameters::SECTIONS {
        // a missing section has been reported
        if let Some(fields) = root.table(section, &mut Problems::default()) {
            let keys: Vec<&str> = known.iter().filter(|(s, _)| *s == section).map(|(_, key)| *key).collect();
            fields.refuse_unknown(&keys, problems);
        }
    }
    parameters
}

/// Holds the place of a parameter that could not be read; the pack is refused, so it is never used.
fn stand_in(spec: &'static ParameterSpec) -> Parameter {
    let (value, status, source) = (spec.low, Status::Assumed, String::new());
    Parameter { value, low: value, high: value, status, source, note: None, spec }
}

/// Status, source and note, which every table of the file has.
fn read_evidence(
    fields: &Fields<'_, '_>,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<(Status, String, Option<String>)> {
    let status = fields.text("status", problems).and_then(|name| {
        Status::named(name).map_err(|reason| problems.add(fields.problem("status", reason))).ok()
    });
    let source = fields.text("source", problems);
    if let (Some(key), Some(sources)) = (source, context.sources)
        && !sources.contains_key(key)
    {
        problems.add(fields.problem("source", "must be a key of sources.toml"));
    }
    let note = fields.optional_text("note", problems).map(str::to_owned);
    Some((status?, source?.to_owned(), note))
}

fn check_unit(fields: &Fields<'_, '_>, expected: &str, problems: &mut Problems) {
    if fields.text("unit", problems).is_some_and(|unit| unit != expected) {
        problems.add(fields.problem("unit", format!("must be \"{expected}\"")));
    }
}

fn read_parameter(
    fields: &Fields<'_, '_>,
    spec: &'static ParameterSpec,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<Parameter> {
    fields.refuse_unknown(&["value", "unit", "low", "high", "status", "source", "note"], problems);
    check_unit(fields, spec.unit, problems);
    let value = fields.number("value", spec.low, spec.high, problems);
    let evidence = read_evidence(fields, context, problems);
    let is_needed = evidence.as_ref().is_some_and(|(status, ..)| status.needs_interval());
    let is_given = |key| fields.keys().any(|k| k == key);
    let is_interval = is_needed || is_given("low") || is_given("high");
    let mut bound = |key| match is_interval {
        true => fields.number(key, spec.low, spec.high, problems),
        false => value,
    };
    let (low, high) = (bound("low"), bound("high"));
    let (value, low, high, (status, source, note)) = (value?, low?, high?, evidence?);
    if !(low..=high).contains(&value) {
        problems.add(fields.problem("value", format!("must lie between low = {low} and high = {high}")));
    }
    Some(Parameter { value, low, high, status, source, note, spec })
}

fn read_tables(root: &Fields<'_, '_>, context: &Context<'_>, problems: &mut Problems) -> Vec<ProviderTable> {
    let Some(all) = root.table("by_provider", problems) else { return Vec::new() };
    let names: Vec<&str> = ProviderParameter::ALL.iter().map(|parameter| parameter.name()).collect();
    all.refuse_unknown(&names, problems);
    let before = problems.count();
    let mut read = |parameter: &ProviderParameter| {
        let fields = all.table(parameter.name(), problems)?;
        read_table(&fields, *parameter, context, problems)
    };
    let tables: Vec<_> = ProviderParameter::ALL.iter().filter_map(&mut read).collect();
    if problems.count() == before {
        check_parts(&all, &tables, context, problems);
    }
    tables
}

fn read_table(
    fields: &Fields<'_, '_>,
    parameter: ProviderParameter,
    context: &Context<'_>,
    problems: &mut Problems,
) -> Option<ProviderTable> {
    fields.refuse_unknown(&["values", "unit", "relative_interval", "status", "source", "note"], problems);
    check_unit(fields, parameter.unit(), problems);
    let evidence = read_evidence(fields, context, problems);
    let is_needed = evidence.as_ref().is_some_and(|(status, ..)| status.needs_interval());
    let relative_interval = match is_needed {
        true => fields.number("relative_interval", 0.0, 1.0, problems),
        false => fields.optional_number("relative_interval", 0.0, 1.0, problems),
    };
    let given = fields.table("values", problems)?;
    let providers = context.providers?;
    let group = parameter.group();
    let (low, high) = parameter.allowed();
    let mut values = vec![None; providers.group_size(group)];
    for key in given.keys() {
        let value = given.number(key, low, high, problems);
        let index = key.parse().ok().and_then(|code: ProviderCode| providers.index_in(group, code));
        match index.and_then(|index| values.get_mut(index)) {
            Some(place) => *place = Some(value.unwrap_or(low)),
            None => {
                let reason = format!("is not one of the {group} in providers.csv{}", case_hint(key));
                problems.add(given.problem(key, reason));
            }
        }
    }
    let missing: Vec<String> = providers
        .codes_of(group)
        .zip(&values)
        .filter(|(_, v)| v.is_none())
        .map(|(code, _)| code.into())
        .collect();
    if !missing.is_empty() {
        problems.add(
            fields.problem("values", format!("has no value for {}", missing.join(", "))).without_value(),
        );
    }
    let (status, source, note) = evidence?;
    let values = values.into_iter().flatten().collect();
    Some(ProviderTable { values, relative_interval, status, source, note })
}

/// Parts of one whole must not sum to more than 1.
fn check_parts(
    all: &Fields<'_, '_>,
    tables: &[ProviderTable],
    context: &Context<'_>,
    problems: &mut Problems,
) {
    let Some(providers) = context.providers else { return };
    for parts in PARTS_OF_ONE {
        let Some(&first) = parts.first() else { continue };
        let names = parts.iter().map(|part| part.name()).collect::<Vec<_>>().join(" + ");
        for (index, code) in providers.codes_of(first.group()).enumerate() {
            let value = |part: &ProviderParameter| tables.get(*part as usize)?.values.get(index).copied();
            let sum: f64 = parts.iter().filter_map(value).sum();
            if sum > 1.0 + 1e-9 {
                let reason = format!("must not be more than 1: {names} = {sum:.4}");
                let problem: Problem = all.problem(first.name(), reason).without_value();
                problems.add(problem.with_context(code.as_str()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems_of(text: &str) -> String {
        let mut problems = Problems::default();
        if let Some(document) = Document::parse("parameters.toml", text, &mut problems) {
            read_heading(&document, &mut problems);
            read_parameters(&document, &Context::default(), &mut problems);
        }
        // all of them: the message itself shows the first fifty
        let problems = problems.into_error("test");
        problems.problems().iter().map(|problem| format!("{problem}\n")).collect()
    }

    #[test]
    fn a_mistyped_year_is_refused_and_not_allocated() {
        let shown =
            problems_of("[pack]\nname = \"x\"\nfirst_month = \"2022-04\"\nlast_month = \"9022-03\"\n");
        assert!(shown.contains("line 4: pack.last_month = 9022-03, must be 2022-04 or one of"), "{shown}");
    }

    #[test]
    fn an_assumed_parameter_needs_its_interval() {
        let base = "[ward.bed_turnaround_hours]\nunit = \"h\"\nsource = \"a\"\nvalue = 3\n";
        let with = |rest: &str| problems_of(&format!("{base}{rest}"));
        let assumed = "status = \"assumed\"\n";
        assert!(with(assumed).contains("ward.bed_turnaround_hours.low, is missing"));
        assert!(!with("status = \"published\"\n").contains("bed_turnaround_hours"));
        let outside = with(&format!("{assumed}low = 4\nhigh = 5\n"));
        assert!(outside.contains("value = 3, must lie between low = 4 and high = 5"), "{outside}");
        let days = with(&format!("{assumed}low = 1\nhigh = 500\n"));
        assert!(days.contains("high = 500, must be between 0 and 48"), "{days}");
    }

    #[test]
    fn unknown_sections_keys_statuses_and_units_are_refused() {
        let shown = problems_of(
            "[wards]\n[ward.cleaning]\nvalue = 1\n[ward.bed_turnaround_hours]\nvalue = 3\nunit = \"days\"\n\
             status = \"guessed\"\nsource = \"a\"\nsd = 1\n[by_provider.beds]\n",
        );
        for part in [
            "line 1: wards, is not a known key",
            "ward.cleaning, is not a known key",
            "bed_turnaround_hours.unit = days, must be \"h\"",
            "must be published, derived, calibrated or assumed",
            "line 9: ward.bed_turnaround_hours.sd, is not a known key",
            "by_provider.beds, is not a known key",
            "by_provider.ambulance_units, is missing",
        ] {
            assert!(shown.contains(part), "{part}\n{shown}");
        }
    }
}
