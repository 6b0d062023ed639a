//! A question as a file: what a study asks, in TOML.
//!
//! ```toml
//! from = "2022-10"                 # first and last month that are reported
//! until = "2023-03"
//! replications = 5                 # 5 if not said
//!                                  # or, in its place, as many as it takes until half the interval is a share of the value:
//!                                  # until_precise = { measure = "response_c2_mean", share = 0.05, at_most = 100 }
//! seed = 2022                      # 2022 if not said
//! place = "QHL"                    # the whole pack if not said
//! valves_off = ["release_to_respond"]   # pressure valves that do not work: docs/pressure-valves.md; none if not said
//! harm = true                      # show deaths associated with long waits too; not if not said
//! measures = ["response_c2_mean", "waits_over_12h_decision_to_admit"]   # those the table shows
//!
//! [price]                          # a price of one's own, in place of what was published or is missing
//! price_year = 2022                # of the financial year 2022-23
//! virtual_ward_place_day = 100     # an example; `nhs-capacity levers` says what has no published price
//!
//! [[scenario]]
//! name = "as it was"               # the first scenario is what the others are compared with
//!
//! [[scenario]]
//! name = "+7,000 beds"
//! cost = { pounds = 12e6, price_year = 2022 }   # if it is known as a whole, in the place and months asked about
//! [scenario.beds]                  # a table a lever: `nhs-capacity levers` lists them
//! added = 7000
//! open_by = "2023-01-01"
//! ```
//!
//! It says what ten lines of Rust say, and gives the same bytes.

mod prices;
mod said_at;
mod scenarios;

pub use self::said_at::SaidAt;

use self::prices::prices;
use self::scenarios::scenario;
use super::Study;
use super::precise::{FIRST, MOST, Wanted};
use crate::policy::prices::Resource;
use crate::scenario::Scenario;
use crate::system::measures::Measure;
use crate::system::pack::document::{Document, Fields};
use crate::system::pack::problem::Problems;
use crate::system::pack::text::decode;
use crate::system::pack::{PackError, PlaceError, Problem, SystemPack, england};
use crate::system::pressure::{Switches, Valve};
use crate::units::{Month, Pounds};
use std::path::{Path, PathBuf};

/// What a study file says; it can still be wrong for a pack.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// A heading for the report.
    pub title: Option<String>,
    /// The first month that is reported; the pack's first if not said.
    pub from: Option<Month>,
    /// The last month that is reported; the pack's last if not said.
    pub until: Option<Month>,
    /// Replications of each scenario.
    pub replications: Option<u32>,
    /// What it runs until, in place of a number of replications.
    pub until_precise: Option<Wanted>,
    /// The seed.
    pub seed: Option<u64>,
    /// Months simulated before the first and not reported.
    pub warm_up_months: Option<u32>,
    /// The folder of a pack; England 2022-23 if not said.
    pub pack: Option<PathBuf>,
    /// Overlays, laid over the pack in this order.
    pub with: Vec<PathBuf>,
    /// The place that is simulated.
    pub place: Option<String>,
    /// Whether levers are pulled in the place alone; otherwise it gets its part of those of the whole.
    pub levers_here: bool,
    /// The scenario that the others are compared with; the first if not said.
    pub baseline: Option<String>,
    /// The measures that tables show; the headlines if none is named.
    pub measures: Vec<Measure>,
    /// Prices in place of what was published or is missing.
    pub prices: Vec<(Resource, Pounds)>,
    /// Pressure valves that do not work.
    pub valves_off: Vec<Valve>,
    /// Whether deaths associated with long waits are shown.
    pub harm: bool,
    /// Where the file says what only the pack can judge.
    pub said_at: SaidAt,
    /// What is compared.
    pub scenarios: Vec<Scenario>,
}

/// Why a question cannot be posed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum QuestionFileError {
    /// The file, the pack or an overlay is wrong in these ways.
    #[error(transparent)]
    Files(#[from] PackError),
    /// There is no such place.
    #[error(transparent)]
    Place(#[from] PlaceError),
}

const KEYS: [&str; 17] = [
    "title",
    "from",
    "until",
    "replications",
    "until_precise",
    "seed",
    "warm_up_months",
    "pack",
    "with",
    "place",
    "levers",
    "baseline",
    "measures",
    "price",
    "valves_off",
    "harm",
    "scenario",
];

/// The greatest integer that TOML has; `--seed` and `Study::seed` take greater ones.
const GREATEST_SEED: u64 = i64::MAX as u64;

impl Question {
    /// Reads a study file. Paths in it count from its folder.
    ///
    /// # Errors
    /// Everything that is wrong with it, with line, key, value and what is allowed.
    pub fn from_file(file: impl AsRef<Path>) -> Result<Self, PackError> {
        let path = file.as_ref();
        let folder = path.parent().unwrap_or(Path::new(""));
        read(path, Self::from_toml).map(|question| Self {
            pack: question.pack.map(|pack| folder.join(pack)),
            with: question.with.iter().map(|file| folder.join(file)).collect(),
            ..question
        })
    }

    /// Reads the text of a study file; `file` is named in errors.
    ///
    /// # Errors
    /// As [`Self::from_file`].
    pub fn from_toml(text: &str, file: &str) -> Result<Self, PackError> {
        let mut problems = Problems::default();
        let question = Document::parse(file, text, &mut problems).and_then(|document| {
            let values = values(text, file, &mut problems)?;
            Some(question(&document.root(), &values, &mut problems))
        });
        match question {
            Some(question) if problems.count() == 0 => Ok(question),
            _ => Err(problems.into_error(file)),
        }
    }

    /// The pack: England or a folder, with the overlays laid over it. The place is not cut out of it yet.
    ///
    /// # Errors
    /// Everything that is wrong with the first of these that cannot be read.
    pub fn system(&self) -> Result<SystemPack, PackError> {
        let at = |key: &str, error: PackError| {
            let says = self.said_at.refuse(key, format!("cannot be used: {error}"));
            says.unwrap_or(error)
        };
        let pack = self.pack.as_ref().map_or_else(|| Ok(england()), SystemPack::from_folder);
        let pack = pack.map_err(|error| at("pack", error))?;
        let overlaid = self.with.iter().try_fold(pack, |pack, overlay| pack.overlaid_from_file(overlay));
        overlaid.map_err(|error| at("with", error))
    }

    /// The study that asks this.
    ///
    /// # Errors
    /// If the pack or an overlay cannot be read or there is no such place.
    pub fn study<'a>(&self) -> Result<Study<'a>, QuestionFileError> {
        let pack = self.system()?;
        let (from, until) = (pack.first_month(), pack.last_month());
        let (first, last) = (self.from.unwrap_or(from), self.until.unwrap_or(until));
        for (key, month) in [("from", first), ("until", last)] {
            if month < from || month > until {
                let reason = format!("must be from {from} to {until}, the months of the pack");
                self.said_at.refuse(key, reason).map_or(Ok(()), Err)?;
            }
        }
        if self.levers_here && self.place.is_none() {
            let mut problems = Problems::default();
            problems.add(Problem::new(
                "the question",
                None,
                "levers",
                "pulled all of them here need a place",
            ));
            return Err(problems.into_error("the question").into());
        }
        let mut study = match &self.place {
            None => Study::new(pack),
            Some(place) => match pack.place(place) {
                Err(error) => {
                    let refused = self.said_at.refuse("place", error.to_string());
                    return Err(refused.map_or(error.into(), Into::into));
                }
                Ok(cut_out) if self.levers_here => Study::new(cut_out),
                Ok(_) => Study::new(pack).place(place),
            },
        };
        study = study.period(first.first_day()..=last.last_day());
        if let Some(replications) = self.replications {
            study = study.replications(replications);
        }
        if let Some(Wanted { measure, share, most }) = self.until_precise {
            study = study.until_precise(measure, share).replications_at_most(most);
        }
        if let Some(seed) = self.seed {
            study = study.seed(seed);
        }
        if let Some(months) = self.warm_up_months {
            study = study.warm_up_months(months);
        }
        for &(resource, pounds) in &self.prices {
            study = study.price(resource, pounds);
        }
        let valves = self.valves_off.iter().fold(Switches::all_on(), |on, &valve| on.without(valve));
        Ok(study.valves(valves).with_scenarios(self.scenarios.clone()))
    }

    /// The name of the scenario that the others are compared with.
    pub fn baseline(&self) -> &str {
        let first = || self.scenarios.first().map_or("", |scenario| scenario.name.as_str());
        self.baseline.as_deref().unwrap_or_else(first)
    }

    /// The measures that tables show.
    pub fn measures(&self) -> &[Measure] {
        if self.measures.is_empty() { &Measure::HEADLINES } else { &self.measures }
    }
}

/// Reads a scenario file: a name, and a table a lever.
///
/// # Errors
/// Everything that is wrong with it, with line, key, value and what is allowed.
pub fn read_scenario(file: impl AsRef<Path>) -> Result<Scenario, PackError> {
    read(file.as_ref(), |text, name| {
        let mut problems = Problems::default();
        let scenario = Document::parse(name, text, &mut problems).and_then(|document| {
            let values = values(text, name, &mut problems)?;
            Some(scenario(&document.root(), &values, &mut problems))
        });
        match scenario {
            Some(scenario) if problems.count() == 0 => Ok(scenario),
            _ => Err(problems.into_error(name)),
        }
    })
}

fn read<T>(path: &Path, parse: impl FnOnce(&str, &str) -> Result<T, PackError>) -> Result<T, PackError> {
    let name = path.display().to_string();
    let refused = |problem: Problem| {
        let mut problems = Problems::default();
        problems.add(problem);
        problems.into_error(&name)
    };
    let bytes = std::fs::read(path).map_err(|error| {
        refused(Problem::new(&name, None, "the file", format!("cannot be read: {error}")))
    })?;
    let text = decode(&name, &bytes).map_err(|problem| refused(*problem))?;
    parse(text, &name)
}

/// The same text as values: the document has the lines, these are what levers are made of. Integers beyond
/// 64 bits, which the document can hold, are reported here.
fn values(text: &str, file: &str, problems: &mut Problems) -> Option<toml::Table> {
    toml::from_str(text)
        .map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = 1 + before.bytes().filter(|&byte| byte == b'\n').count() as u64;
            let reason = format!("is not valid toml: {}", error.message().trim());
            problems.add(Problem::new(file, Some(line), "text", reason));
        })
        .ok()
}

fn question(root: &Fields<'_, '_>, values: &toml::Table, problems: &mut Problems) -> Question {
    root.refuse_unknown(&KEYS, problems);
    let month = |key: &str, problems: &mut Problems| {
        let text = root.optional_text(key, problems)?;
        let month = text.parse::<Month>().ok();
        if month.is_none() {
            problems.add(root.problem(key, "must be a month written YYYY-MM, for example 2022-12"));
        }
        month
    };
    let whole = |key: &str, high: u64, problems: &mut Problems| {
        let low = u64::from(key == "replications");
        root.optional_whole(key, low, high, problems).and_then(|number| u32::try_from(number).ok())
    };
    let text = |key: &str, problems: &mut Problems| root.optional_text(key, problems).map(str::to_owned);
    let levers_here = match root.optional_text("levers", problems) {
        None | Some("of the whole") => false,
        Some("here") => true,
        Some(_) => {
            problems.add(root.problem(
                "levers",
                "must be \"of the whole\" (the place gets its part of them) or \"here\" (all in the place)",
            ));
            false
        }
    };
    let mut measures = Vec::new();
    for name in root.texts("measures", problems) {
        measures.extend(measure(root, "measures", name, problems));
    }
    let replications = whole("replications", 1_000, problems);
    let until_precise = until_precise(root, problems);
    if until_precise.is_some() && replications.is_some() {
        problems.add(root.problem("replications", "cannot be said together with until_precise"));
    }
    let (from, until) = (month("from", problems), month("until", problems));
    if let (Some(first), Some(last)) = (from, until)
        && last < first
    {
        problems.add(root.problem("until", format!("must not be before from = {first}")));
    }
    let tables = values.get("scenario").and_then(toml::Value::as_array).cloned().unwrap_or_default();
    let fields = root.list_of_tables("scenario", problems);
    if fields.is_empty() {
        problems.add(root.problem("scenario", "there must be at least one table [[scenario]]"));
    }
    let mut scenarios: Vec<Scenario> = Vec::new();
    for (fields, values) in fields.iter().zip(&tables) {
        let Some(values) = values.as_table() else { continue };
        let scenario = scenario(fields, values, problems);
        if scenarios.iter().any(|earlier| earlier.name == scenario.name) && !scenario.name.is_empty() {
            problems.add(fields.problem("name", "is the name of an earlier scenario; each needs its own"));
        }
        scenarios.push(scenario);
    }
    let baseline = text("baseline", problems);
    if baseline.as_ref().is_some_and(|name| !scenarios.iter().any(|scenario| scenario.name == *name)) {
        let names = scenarios.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", ");
        problems.add(root.problem("baseline", format!("must be the name of a scenario: {names}")));
    }
    let (place, title, pack) = (text("place", problems), text("title", problems), text("pack", problems));
    if levers_here && place.is_none() {
        problems.add(root.problem("levers", "needs a place"));
    }
    let prices = prices(root, problems);
    let valves_off = valves_off(root, problems);
    Question {
        title,
        from,
        until,
        replications,
        until_precise,
        seed: root.optional_whole("seed", 0, GREATEST_SEED, problems),
        warm_up_months: whole("warm_up_months", 120, problems),
        pack: pack.map(PathBuf::from),
        with: root.texts("with", problems).into_iter().map(PathBuf::from).collect(),
        place,
        levers_here,
        baseline,
        measures,
        prices,
        said_at: SaidAt::of(root),
        valves_off,
        harm: root.optional_truth("harm", problems).unwrap_or(false),
        scenarios,
    }
}

/// The valves named; a name that is none is reported.
fn valves_off(root: &Fields<'_, '_>, problems: &mut Problems) -> Vec<Valve> {
    let mut valves = Vec::new();
    for name in root.texts("valves_off", problems) {
        match Valve::ALL.into_iter().find(|valve| valve.name() == name) {
            Some(valve) => valves.push(valve),
            None => {
                let known = Valve::ALL.map(Valve::name).join(", ");
                problems.add(
                    root.problem("valves_off", format!("'{name}' is no pressure valve; those are {known}")),
                );
            }
        }
    }
    valves
}

/// The measure of this name; if there is none, that is reported.
fn measure(fields: &Fields<'_, '_>, key: &str, name: &str, problems: &mut Problems) -> Option<Measure> {
    let found = Measure::ALL.iter().find(|measure| measure.name() == name).copied();
    if found.is_none() {
        let near = near_names(name);
        let such_as = if near.is_empty() { "response_c2_mean".to_owned() } else { near.join(" or ") };
        let reason =
            format!("must be the name of a measure, such as {such_as} (`nhs-capacity places` lists all)");
        problems.add(fields.problem(key, reason).with_value(name));
    }
    found
}

/// `{ measure = "...", share = 0.05, at_most = 100 }`
fn until_precise(root: &Fields<'_, '_>, problems: &mut Problems) -> Option<Wanted> {
    if !root.keys().any(|key| key == "until_precise") {
        return None;
    }
    let fields = root.table("until_precise", problems)?;
    fields.refuse_unknown(&["measure", "share", "at_most"], problems);
    let name = fields.text("measure", problems);
    let measure = name.and_then(|name| measure(&fields, "measure", name, problems));
    let share = fields.number("share", 1e-6, 1.0, problems);
    let most = fields.optional_whole("at_most", u64::from(FIRST), 1_000, problems);
    let most = most.and_then(|most| u32::try_from(most).ok()).unwrap_or(MOST);
    Some(Wanted { measure: measure?, share: share?, most })
}

/// At most three measures whose names share the longest word with `name`.
fn near_names(name: &str) -> Vec<&'static str> {
    let words: Vec<&str> = name.split('_').filter(|word| word.len() > 2).collect();
    let shared = |of: &str| words.iter().filter(|&&word| of.contains(word)).map(|word| word.len()).max();
    let most = Measure::ALL.iter().filter_map(|measure| shared(measure.name())).max();
    let names = Measure::ALL.iter().map(|measure| measure.name());
    names.filter(|name| most.is_some() && shared(name) == most).take(3).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Beds;

    fn problems_of(text: &str) -> String {
        Question::from_toml(text, "q.toml").unwrap_err().to_string()
    }

    #[test]
    fn a_file_says_what_the_builder_says() {
        let text = "from = '2022-10'\nuntil = '2022-12'\nreplications = 3\nseed = 9223372036854775807\nplace = 'QHL'\n\
                    measures = ['response_c2_mean']\n[[scenario]]\nname = 'as it was'\n[[scenario]]\nname = 'beds'\n\
                    [scenario.beds]\nadded = 7000\nopen_by = '2023-01-01'\n";
        let question = Question::from_toml(text, "q.toml").unwrap();
        assert_eq!(question.scenarios[1], Scenario::new("beds", [Beds::added(7_000).into()]));
        assert_eq!((question.seed, question.replications), (Some(GREATEST_SEED), Some(3)));
        assert_eq!((question.baseline(), question.measures()), ("as it was", &[Measure::ResponseC2][..]));
        assert!(question.study().is_ok());
    }

    #[test]
    fn precision_is_said_in_place_of_replications() {
        let with = |line: &str| format!("{line}\n[[scenario]]\nname = 'a'\n");
        let line = "until_precise = { measure = 'response_c2_mean', share = 0.05 }";
        let question = Question::from_toml(&with(line), "q.toml").unwrap();
        let wanted = Wanted { measure: Measure::ResponseC2, share: 0.05, most: MOST };
        assert_eq!(question.until_precise, Some(wanted));
        let shown = problems_of(&with(&format!("replications = 5\n{line}")));
        assert!(
            shown.contains("line 1: replications = 5, cannot be said together with until_precise"),
            "{shown}"
        );
        let shown =
            problems_of(&with("until_precise = { measure = 'c2', share = 2, at_most = 4, until = 1 }"));
        for part in [
            "must be the name of a measure",
            "share = 2, must be",
            "at_most = 4, must be",
            "until, is not a known",
        ] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
    }

    #[test]
    fn prices_and_costs_of_ones_own_have_a_price_year() {
        let text = "[price]\nprice_year = 2023\nnurse_year = 50_000\n[[scenario]]\nname = 'a'\n\
                    cost = { pounds = 2e6, price_year = 2022 }\n";
        let question = Question::from_toml(text, "q.toml").unwrap();
        assert_eq!(question.prices, [(Resource::NurseYear, Pounds::at_prices_of(50_000.0, 2023))]);
        assert_eq!(question.scenarios[0].cost, Some(Pounds::at_prices_of(2e6, 2022)));
        let shown = problems_of(
            "[price]\nnurse_year = -1\nnurses = 3\n[[scenario]]\nname = 'a'\ncost = 2e6\n[[scenario]]\nname = 'b'\n\
             cost = { pounds = 'x', year = 3 }\n",
        );
        for part in [
            "price.price_year, is missing",
            "line 2: price.nurse_year = -1, must be",
            "line 3: price.nurses, is nothing that has a price; those are hospital_bed_day, ",
            "line 6: scenario[1].cost = 2e6, must be a table",
            "scenario[2].cost.year, is not a known key",
            "scenario[2].cost.pounds = x, must be",
            "scenario[2].cost.price_year, is missing",
        ] {
            assert!(shown.contains(part), "{part}\n{shown}");
        }
    }

    #[test]
    fn every_fault_is_named_with_line_key_and_range() {
        let shown = problems_of(
            "from = '2022-13'\nreplications = 0\nseed = -1\nmeasures = ['waits']\nlevers = 'there'\nreplication = 2\n\
             [[scenario]]\nname = 'a'\n[scenario.bedz]\nadded = 1\n[[scenario]]\nname = 'a'\n[scenario.beds]\nadded = -5\n\
             open_by = '2023-01-01'\nvirtual_share = 2\n[[scenario]]\n[scenario.beds]\nadded = 'many'\nopen_by = '2023-01-01'\n\
             [[scenario]]\nname = 'c'\n[scenario.beds]\nadded = 1\nopen_by = '2023-01-01'\ncolour = 3\n\
             [[scenario]]\nname = 'd'\n[scenario.beds]\nadded = 1\n",
        );
        for part in [
            "line 1: from = 2022-13, must be a month",
            "line 2: replications = 0, must be a whole number from 1 to 1000",
            "line 3: seed = -1, must be a whole number",
            "line 4: measures = waits, must be the name of a measure, such as waits_",
            "line 5: levers = there, must be",
            "line 6: replication, is not a known key",
            "line 9: scenario[1].bedz, is not a lever",
            "line 12: scenario[2].name = a, is the name of an earlier scenario",
            "line 14: scenario[2].beds.added = -5, must be",
            "line 16: scenario[2].beds.virtual_share = 2, must be",
            "line 17: scenario[3].name, is missing",
            "line 19: scenario[3].beds.added = many, invalid type",
            "line 26: scenario[4].beds.colour = 3, unknown field",
            "line 29: scenario[5].beds.open_by, is missing; it must be on or after opens_from",
        ] {
            assert!(shown.contains(part), "{part}\n{shown}");
        }
        let shown = problems_of("x = 1\nseed = 18446744073709551615\n[[scenario]]\nname = 'a'");
        assert!(shown.contains("q.toml, line 2: text, is not valid toml"), "{shown}");
        assert!(problems_of("").contains("at least one table [[scenario]]"));
        assert!(problems_of("[[scenario]\n").contains("line 1"));
        assert!(problems_of("scenario = 3").contains("must be a list of tables"));
        let shown =
            problems_of("from = '2023-01'\nuntil = '2022-12'\nbaseline = 'x'\n[[scenario]]\nname = 'a'");
        assert!(shown.contains("until = 2022-12, must not be before from = 2023-01"), "{shown}");
        assert!(shown.contains("line 3: baseline = x, must be the name of a scenario: a"), "{shown}");
    }

    #[test]
    fn all_that_is_wrong_with_a_lever_is_said_at_once() {
        let text = |lever: &str| format!("[[scenario]]\nname = 'a'\n{lever}");
        let shown = problems_of(&text(
            "[scenario.beds]\nadded = 1e308\nvirtual_share = -0.1\nopen_by = '2023-02-29'\ncolour = 1\n",
        ));
        for expected in [
            "4 problems",
            "line 4: scenario[1].beds.added = 1e308, must be ",
            "line 5: scenario[1].beds.virtual_share = -0.1, must be ",
            "line 6: scenario[1].beds.open_by = 2023-02-29, ",
            "line 7: scenario[1].beds.colour = 1, unknown field `colour`",
        ] {
            assert!(shown.contains(expected), "{expected}: {shown}");
        }
        let shown = problems_of(&text("[scenario.beds]\nadded = 'many'\nvirtual_share = 7\n"));
        assert!(shown.contains("line 4: scenario[1].beds.added = many, invalid type"), "{shown}");
        assert!(
            shown.contains("scenario[1].beds.open_by, is missing; it must be on or after opens_from"),
            "{shown}"
        );
    }
}
