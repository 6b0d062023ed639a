//! Part of the replications of a study, in a file: shards for many machines, saved work for a study
//! that may be killed.
//!
//! A file has a line that says what it is, then a line for each replication with every number it
//! counted, bit for bit. It appears complete or not at all.

use super::precise::run_until;
use super::study::{Checked, Order, StudyError, lock};
use super::{Results, Study};
use crate::measure::{Durations, Ratio};
use crate::system::outcome::Outcome;
use crate::units::Fingerprint;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Mutex;

const FORMAT: &str = "nhs-capacity replications, 1";

/// One of several shares of a study's replications, such as `3/8`.
///
/// ```
/// use nhs_capacity::experiment::shard::Shard;
/// let third: Shard = "3/8".parse()?;
/// assert_eq!(third.range(20), 5..7);
/// assert!("0/8".parse::<Shard>().is_err() && "9/8".parse::<Shard>().is_err());
/// # Ok::<(), nhs_capacity::experiment::shard::NoShard>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    number: u32,
    of: u32,
}

/// Why a text names no shard.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("shard '{0}': must be written K/N, with K from 1 to N, for example 3/8")]
pub struct NoShard(String);

impl Shard {
    /// The shard with this number, the first being 1, of so many.
    ///
    /// # Errors
    /// If there is no such shard.
    pub fn new(number: u32, of: u32) -> Result<Self, NoShard> {
        if (1..=of).contains(&number) {
            Ok(Self { number, of })
        } else {
            Err(NoShard(format!("{number}/{of}")))
        }
    }

    /// Its replications, the first of the study being 0. Shards differ by at most one; one is empty if there
    /// are more shards than replications.
    pub fn range(self, replications: u32) -> Range<u32> {
        let bound = |number: u32| {
            let bound = u64::from(replications) * u64::from(number) / u64::from(self.of);
            u32::try_from(bound).unwrap_or(replications)
        };
        bound(self.number - 1)..bound(self.number)
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = NoShard;
    fn from_str(text: &str) -> Result<Self, NoShard> {
        let refused = || NoShard(text.chars().take(40).collect());
        let (number, of) = text.trim().split_once('/').ok_or_else(refused)?;
        let (number, of) = number.parse().ok().zip(of.parse().ok()).ok_or_else(refused)?;
        Self::new(number, of).map_err(|_| refused())
    }
}

/// What a file of replications says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    format: String,
    /// The version of this crate that wrote it.
    pub version: String,
    /// The fingerprint of the question: system, period, scenarios, seed.
    pub question: String,
    /// The seed of the study.
    pub seed: u64,
    /// The scenarios, in order.
    pub scenarios: Vec<String>,
    /// Replications of the whole study.
    pub replications: u32,
    /// The first replication in the file.
    pub from: u32,
    /// The first replication no longer in the file.
    pub until: u32,
}

/// Some replications of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct Replications {
    header: Header,
    // in order, each with one outcome a scenario
    outcomes: Vec<Vec<Outcome>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    replication: u32,
    check: String,
    outcomes: Vec<Numbers>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Numbers {
    events: u64,
    people: u64,
    // numerator and denominator, by measure, area and month
    values: Vec<Option<(f64, f64)>>,
    // counts by bucket, by percentile, area and month
    durations: Vec<Option<Vec<u32>>>,
}

/// Why replications cannot be run, kept, read or put together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShardError {
    /// The study itself.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// It is no file of replications, or has been damaged.
    #[error("{}, line {line}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line, the first being 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// It belongs to another study.
    #[error("{}: {field} = {found}, but the study has {expected}: it belongs to another question", path.display())]
    Mixed {
        /// The file.
        path: PathBuf,
        /// What differs.
        field: &'static str,
        /// What the file has.
        found: String,
        /// What the study has.
        expected: String,
    },
    /// Two files hold one replication.
    #[error("replication {replication} is in {} and in {}: give each shard once", first.display(), second.display())]
    Overlap {
        /// Which, the first being 0.
        replication: u32,
        /// A file that has it.
        first: PathBuf,
        /// Another.
        second: PathBuf,
    },
    /// The study runs until it is precise.
    #[error(
        "a study that runs until it is precise has no number of replications to share out: say how many instead"
    )]
    UntilPrecise,
    /// No file holds some replications.
    #[error("replications {} of {of} (counted from 0) are in no file: shards are missing", listed(missing))]
    Gap {
        /// Those that are missing, the first of the study being 0.
        missing: Vec<u32>,
        /// How many there must be.
        of: u32,
    },
}

fn listed(numbers: &[u32]) -> String {
    let mut text: Vec<String> = numbers.iter().take(10).map(u32::to_string).collect();
    if numbers.len() > 10 {
        text.push(format!("and {} more", numbers.len() - 10));
    }
    text.join(", ")
}

fn file_name(replication: u32) -> String {
    format!("replication-{replication:04}.json")
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> ShardError + '_ {
    |source| ShardError::Io { path: path.to_owned(), source }
}

fn check_of(outcomes: &[Numbers]) -> Result<String, serde_json::Error> {
    Ok(Fingerprint::of(serde_json::to_vec(outcomes)?).to_string())
}

impl Numbers {
    fn of(outcome: &Outcome) -> Self {
        let pair = |value: &Option<Ratio>| value.map(|ratio| (ratio.numerator, ratio.denominator));
        let values = outcome.values().iter().map(pair).collect();
        let counts = |kept: &Option<Box<Durations>>| kept.as_ref().map(|kept| kept.counts().to_vec());
        let durations = outcome.durations_kept().iter().map(counts).collect();
        Self { events: outcome.events, people: outcome.people, values, durations }
    }

    fn into_outcome(self, empty: &Outcome) -> Option<Outcome> {
        let ratio = |(numerator, denominator)| Ratio::new(numerator, denominator);
        let values = self.values.into_iter().map(|value| value.map(ratio)).collect();
        let kept = |counts: Option<Vec<u32>>| match counts {
            None => Some(None),
            Some(counts) => Durations::of_counts(&counts).map(|kept| Some(Box::new(kept))),
        };
        let durations = self.durations.into_iter().map(kept).collect::<Option<Vec<_>>>()?;
        let mut outcome = empty.clone().with_values(values, durations)?;
        (outcome.events, outcome.people) = (self.events, self.people);
        Some(outcome)
    }
}

impl Replications {
    /// What they are.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Writes them to a file, under a temporary name first, so that it appears complete or not at all.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<(), ShardError> {
        let path = path.as_ref();
        let numbered = (self.header.from..).zip(&self.outcomes);
        write_file(path, &self.header, numbered.map(|(number, outcomes)| (number, &outcomes[..])))
    }
}

fn write_file<'o>(
    path: &Path,
    header: &Header,
    replications: impl Iterator<Item = (u32, &'o [Outcome])>,
) -> Result<(), ShardError> {
    let mut text = serde_json::to_vec(header).map_err(io::Error::from).map_err(io_error(path))?;
    text.push(b'\n');
    for (replication, outcomes) in replications {
        let outcomes: Vec<Numbers> = outcomes.iter().map(Numbers::of).collect();
        let line = check_of(&outcomes).map(|check| Line { replication, check, outcomes });
        let line = line.and_then(|line| serde_json::to_vec(&line));
        text.extend(line.map_err(io::Error::from).map_err(io_error(path))?);
        text.push(b'\n');
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let written = fs::File::create(&temporary)
        .and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // already failing: what cannot be removed either is only litter
        let _ = fs::remove_file(&temporary);
    }
    written.map_err(io_error(path))
}

impl Study<'_> {
    fn header(&self, question: &Checked, range: Range<u32>) -> Header {
        Header {
            format: FORMAT.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            question: self.fingerprint(question).to_string(),
            seed: self.seed_of_all(),
            scenarios: question.scenario_names(),
            // one of a study that runs until it is precise may lie beyond those asked for
            replications: self.numbers().end.max(range.end),
            from: range.start,
            until: range.end,
        }
    }

    /// Runs one shard of the replications.
    ///
    /// # Errors
    /// As [`Study::run`]; if it is to run until precise, when there is no number to share out.
    pub fn run_shard(&self, shard: Shard) -> Result<Replications, ShardError> {
        self.shard(shard, None)
    }

    /// Runs one shard and keeps what is finished in `folder`, as [`Study::run_saving`] does.
    ///
    /// # Errors
    /// As [`Study::run_saving`].
    pub fn run_shard_saving(
        &self,
        shard: Shard,
        folder: impl AsRef<Path>,
    ) -> Result<Replications, ShardError> {
        self.shard(shard, Some(folder.as_ref()))
    }

    /// The numbers of all replications.
    fn numbers(&self) -> Range<u32> {
        let (first, wanted) = self.numbered();
        first..first.saturating_add(wanted)
    }

    fn range_of(&self, shard: Shard) -> Range<u32> {
        let (first, wanted) = self.numbered();
        let range = shard.range(wanted);
        first.saturating_add(range.start)..first.saturating_add(range.end)
    }

    fn refuse_until_precise(&self) -> Result<(), ShardError> {
        if self.precision_wanted().is_some() { Err(ShardError::UntilPrecise) } else { Ok(()) }
    }

    fn shard(&self, shard: Shard, folder: Option<&Path>) -> Result<Replications, ShardError> {
        self.refuse_until_precise()?;
        let question = self.checked()?;
        let range = self.range_of(shard);
        let finished = self.run_range(&question, range.clone(), folder)?;
        Ok(Replications { header: self.header(&question, range), outcomes: finished.into_values().collect() })
    }

    /// Runs some replications, less those kept in `folder`.
    fn run_range(
        &self,
        question: &Checked,
        range: Range<u32>,
        folder: Option<&Path>,
    ) -> Result<BTreeMap<u32, Vec<Outcome>>, ShardError> {
        let folder = folder.map(|folder| self.saved(question, folder));
        let file = |number: u32| folder.as_ref().map(|f| f.join(file_name(number)));
        let header = |replication: u32| self.header(question, replication..replication + 1);
        let mut finished = BTreeMap::new();
        if let Some(folder) = &folder {
            fs::create_dir_all(folder).map_err(io_error(folder))?;
            let empty = question.empty_outcome();
            for replication in range.clone() {
                // what is not there or cannot be read is run again
                let path = file(replication).unwrap_or_default();
                finished.extend(read_file(&path, &header(replication), &empty).unwrap_or_default());
            }
        }
        let wanted: Vec<u32> = range.clone().filter(|number| !finished.contains_key(number)).collect();
        let already = finished.len();
        let (finished, failure) = (Mutex::new(finished), Mutex::new(None));
        let order = if folder.is_some() { Order::ReplicationByReplication } else { Order::LongestPartFirst };
        let run = self.run_replications(question, &wanted, order, |number, outcomes| {
            if let Some(path) = file(number) {
                let one = std::iter::once((number, &outcomes[..]));
                // another shard that has just ended may have tidied an empty folder away
                let _ = path.parent().map(fs::create_dir_all);
                if let Err(error) = write_file(&path, &header(number), one) {
                    lock(&failure).get_or_insert(error);
                }
            }
            lock(&finished).insert(number, outcomes);
        });
        match run {
            Err(StudyError::Interrupted { finished, .. }) => {
                let (finished, wanted) = (already + finished, range.len());
                return Err(StudyError::Interrupted { finished, wanted }.into());
            }
            other => other?,
        }
        if let Some(error) = lock(&failure).take() {
            return Err(error);
        }
        Ok(std::mem::take(&mut *lock(&finished)))
    }

    /// Puts the files of all shards together, in any order: the same results, to the last bit, as
    /// [`Study::run`].
    ///
    /// # Errors
    /// If a file cannot be read or belongs to another study, if two overlap, or if replications are
    /// missing.
    pub fn merge<P: AsRef<Path>>(&self, files: impl IntoIterator<Item = P>) -> Result<Results, ShardError> {
        self.refuse_until_precise()?;
        let question = self.checked()?;
        let expected = self.header(&question, self.numbers());
        let empty = question.empty_outcome();
        let mut found: BTreeMap<u32, (PathBuf, Vec<Outcome>)> = BTreeMap::new();
        for file in files {
            let path = file.as_ref();
            for (replication, outcomes) in read_file(path, &expected, &empty)? {
                if let Some((first, _)) = found.insert(replication, (path.to_owned(), outcomes)) {
                    return Err(ShardError::Overlap { replication, first, second: path.to_owned() });
                }
            }
        }
        let missing: Vec<u32> = self.numbers().filter(|number| !found.contains_key(number)).collect();
        if !missing.is_empty() {
            return Err(ShardError::Gap { missing, of: self.numbers().end });
        }
        Ok(self.results(question, found.into_values().map(|(_, outcomes)| outcomes)))
    }

    /// Runs the study and keeps every finished replication in `folder`, so that if it is killed at any
    /// moment, running it again goes on from there and ends with the same bytes. What is kept of other
    /// questions is not touched. Remove it with [`Study::forget_saved`] once the results are safe.
    ///
    /// # Errors
    /// As [`Study::run`]; if a replication cannot be kept.
    pub fn run_saving(&self, folder: impl AsRef<Path>) -> Result<Results, ShardError> {
        let run = |numbers: Range<u32>| {
            let question = self.checked()?;
            let finished = self.run_range(&question, numbers, Some(folder.as_ref()))?;
            Ok(self.results(question, finished.into_values()))
        };
        match self.precision_wanted() {
            Some(wanted) => run_until(self.numbers().start, wanted, run),
            None => run(self.numbers()),
        }
    }

    /// Removes from `folder` what [`Study::run_saving`] has kept of this question.
    ///
    /// # Errors
    /// If the question is wrong or the files cannot be removed.
    pub fn forget_saved(&self, folder: impl AsRef<Path>) -> Result<(), ShardError> {
        let question = self.checked()?;
        let of_question = self.saved(&question, folder.as_ref());
        if of_question.exists() {
            fs::remove_dir_all(&of_question).map_err(io_error(&of_question))?;
        }
        // the folder itself goes if nothing else is in it
        let _ = fs::remove_dir(folder.as_ref());
        Ok(())
    }

    /// The same for the replications of one shard, when its file has been written.
    ///
    /// # Errors
    /// As [`Study::forget_saved`].
    pub fn forget_saved_shard(&self, shard: Shard, folder: impl AsRef<Path>) -> Result<(), ShardError> {
        let question = self.checked()?;
        let of_question = self.saved(&question, folder.as_ref());
        for number in self.range_of(shard) {
            let path = of_question.join(file_name(number));
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_error(&path)(error)),
                _ => {}
            }
        }
        // other shards may still be at work there: a folder goes only when it is empty
        let _ = fs::remove_dir(&of_question);
        let _ = fs::remove_dir(folder.as_ref());
        Ok(())
    }

    fn saved(&self, question: &Checked, folder: &Path) -> PathBuf {
        folder.join(self.fingerprint(question).to_string())
    }
}

fn read_file(
    path: &Path,
    expected: &Header,
    empty: &Outcome,
) -> Result<Vec<(u32, Vec<Outcome>)>, ShardError> {
    let malformed =
        |line: usize, reason: String| ShardError::Malformed { path: path.to_owned(), line, reason };
    let file = fs::File::open(path).map_err(io_error(path))?;
    let mut lines = BufReader::new(file).lines();
    let first = match lines.next() {
        Some(Ok(line)) => line,
        Some(Err(error)) => return Err(malformed(1, format!("cannot be read: {error}"))),
        None => return Err(malformed(1, "is empty; must be a file of replications".to_owned())),
    };
    let header: Header = serde_json::from_str(&first)
        .map_err(|error| malformed(1, format!("is no header of a file of replications: {error}")))?;
    same_study(path, &header, expected)?;
    if header.from > header.until || header.until > header.replications {
        let range = format!("replications {} to {} of {}", header.from, header.until, header.replications);
        return Err(malformed(1, format!("{range}: no such range")));
    }
    let mut found = Vec::new();
    for (number, line) in (2..).zip(lines) {
        let line = line.map_err(|error| malformed(number, format!("cannot be read: {error}")))?;
        let line: Line = serde_json::from_str(&line)
            .map_err(|error| malformed(number, format!("is damaged or cut short: {error}")))?;
        let check = check_of(&line.outcomes).unwrap_or_default();
        if check != line.check {
            return Err(malformed(
                number,
                "does not match its check sum: the file has been damaged".to_owned(),
            ));
        }
        let due = header.from + found.len() as u32;
        if line.replication != due || due >= header.until {
            return Err(malformed(
                number,
                format!("holds replication {}, which is not due", line.replication),
            ));
        }
        let outcomes: Option<Vec<Outcome>> =
            line.outcomes.into_iter().map(|numbers| numbers.into_outcome(empty)).collect();
        match outcomes.filter(|outcomes| outcomes.len() == expected.scenarios.len()) {
            Some(outcomes) => found.push((due, outcomes)),
            None => return Err(malformed(number, "has too few or too many values".to_owned())),
        }
    }
    let due = header.until - header.from;
    if found.len() as u32 != due {
        let reason = format!("ends after {} of {due} replications", found.len());
        return Err(malformed(found.len() + 1, reason));
    }
    Ok(found)
}

fn same_study(path: &Path, found: &Header, expected: &Header) -> Result<(), ShardError> {
    let number = |number: u64| number.to_string();
    let fields: [(&'static str, String, String); 6] = [
        ("format", found.format.clone(), expected.format.clone()),
        ("version", found.version.clone(), expected.version.clone()),
        ("seed", number(found.seed), number(expected.seed)),
        ("replications", number(found.replications.into()), number(expected.replications.into())),
        ("scenarios", found.scenarios.join(", "), expected.scenarios.join(", ")),
        ("question", found.question.clone(), expected.question.clone()),
    ];
    // replications kept one by one may be of a shorter study: each stands for itself
    let is_one = expected.until == expected.from + 1;
    let differs = |(field, found, expected): &(&str, String, String)| {
        found != expected && !(is_one && *field == "replications")
    };
    match fields.into_iter().find(differs) {
        None => Ok(()),
        Some((field, found, expected)) => {
            Err(ShardError::Mixed { path: path.to_owned(), field, found, expected })
        }
    }
}
