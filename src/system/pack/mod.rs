//! A system pack: a folder of small text files that describes a health system over some months.
//!
//! | file | holds |
//! |---|---|
//! | `providers.csv` | who takes part, and who serves whom |
//! | `drivers.csv` | what history imposes, by month and provider |
//! | `observed.csv` | what was published, for comparison only |
//! | `parameters.toml` | behaviour, each number with unit, evidence and source; the pack's name and months |
//! | `sources.toml` | where it all comes from |
//!
//! England from April 2022 to March 2023 ships inside the crate: [`england`]. To make a pack of your own,
//! start from a copy ([`export_england`]), change it, and read it with [`SystemPack::from_folder`], which
//! lists everything that is wrong with it. Rows may stand in any order; providers are sorted by code.

mod changed;
mod context;
pub(crate) mod document;
mod drivers;
mod drivers_file;
mod observed;
mod overlay;
mod parameters_file;
mod place;
pub(crate) mod problem;
mod provider_list;
mod published_flows;
mod source;
mod table;
pub(crate) mod text;

pub use drivers::{Driver, Drivers, Given};
pub use observed::{ENGLAND, Observed};
pub use overlay::Replaced;
pub use place::{Place, PlaceError};
pub use problem::{PackError, Problem};
pub use provider_list::Providers;
pub use published_flows::NotPublished;
pub use source::{Source, Status};

pub(crate) use problem::out_of_range;

use crate::system::parameters::{Parameters, ProviderParameter};
use crate::system::providers::{
    AcuteTrust, AmbulanceService, AmbulanceServiceId, CareSystem, CareSystemId, ElectiveProvider,
    ProviderCode, ProviderKind, TrustId,
};
use crate::units::{Fingerprint, Month};
use context::Context;
use document::Document;
use problem::Problems;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::{fs, io};

/// The files of a pack.
pub const FILES: [&str; 5] =
    ["providers.csv", "drivers.csv", "observed.csv", "parameters.toml", "sources.toml"];

/// A health system over some months, checked. Cloning is cheap: the data are shared.
#[derive(Clone, Debug, PartialEq)]
pub struct SystemPack {
    name: Arc<str>,
    first_month: Month,
    last_month: Month,
    providers: Arc<Providers>,
    drivers: Arc<Drivers>,
    observed: Arc<Observed>,
    parameters: Arc<Parameters>,
    sources: Arc<BTreeMap<String, Source>>,
    replaced: Arc<Vec<Replaced>>,
    local: Option<Arc<Place>>,
    // of a place, what it was cut out of
    whole: Option<Arc<SystemPack>>,
}

/// England from April 2022 to March 2023, from official statistics; read with no file access.
///
/// ```
/// use nhs_capacity::system::pack::england;
/// let england = england();
/// assert_eq!(england.trusts().len(), 120);
/// assert_eq!(england.last_month().to_string(), "2023-03");
/// ```
pub fn england() -> SystemPack {
    static ENGLAND: OnceLock<SystemPack> = OnceLock::new();
    // The files are part of the crate and `england_is_a_valid_pack` reads them: only a broken build fails.
    #[allow(clippy::expect_used)]
    ENGLAND
        .get_or_init(|| {
            let files = england_files().map(|(_, text)| Ok(text.as_bytes()));
            read("england-2022-23", files).expect("the embedded pack is valid")
        })
        .clone()
}

/// The files of [`england`], as (name, contents).
pub fn england_files() -> [(&'static str, &'static str); 5] {
    macro_rules! embedded {
        ($name:literal) => {
            ($name, include_str!(concat!("../../../data/england-2022-23/", $name)))
        };
    }
    [
        embedded!("providers.csv"),
        embedded!("drivers.csv"),
        embedded!("observed.csv"),
        embedded!("parameters.toml"),
        embedded!("sources.toml"),
    ]
}

/// Writes the files of [`england`] to `folder`, as a starting point for a pack of your own.
///
/// The folder is made if need be.
///
/// # Errors
/// If a file cannot be written, or one of them is there already: nothing is overwritten.
pub fn export_england(folder: impl AsRef<Path>) -> io::Result<()> {
    let folder = folder.as_ref();
    let named =
        |path: &Path, error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    fs::create_dir_all(folder).map_err(|error| named(folder, error))?;
    for path in FILES.map(|name| folder.join(name)) {
        if path.exists() {
            return Err(named(&path, io::Error::new(io::ErrorKind::AlreadyExists, "is there already")));
        }
    }
    for (name, text) in england_files() {
        // written aside and renamed, so that a file is complete or absent
        let (part, path) = (folder.join(format!("{name}.part")), folder.join(name));
        let written = fs::write(&part, text).and_then(|()| fs::rename(&part, &path));
        written.map_err(|error| named(&path, error))?;
    }
    Ok(())
}

impl SystemPack {
    /// Reads the pack in a folder, which must hold the five [`FILES`].
    ///
    /// # Errors
    /// If anything is wrong: the error lists every problem found, with file, line, field, value and what is
    /// allowed.
    pub fn from_folder(folder: impl AsRef<Path>) -> Result<Self, PackError> {
        let folder = folder.as_ref();
        let name = folder.display().to_string();
        if !folder.is_dir() {
            let mut problems = Problems::default();
            problems.add(Problem::new(
                &name,
                None,
                "the folder",
                format!("must exist and hold {}", FILES.join(", ")),
            ));
            return Err(problems.into_error(&name));
        }
        let files = FILES.map(|file| fs::read(folder.join(file)).map_err(|error| error.to_string()));
        read(&name, files.each_ref().map(|file| file.as_deref().map_err(Clone::clone)))
    }

    /// Reads a pack from the contents of its files, given as (name, bytes).
    ///
    /// # Errors
    /// As [`Self::from_folder`].
    pub fn from_files(files: &[(&str, &[u8])]) -> Result<Self, PackError> {
        let find = |name| files.iter().find(|(file, _)| *file == name).map(|(_, bytes)| *bytes);
        read("pack", FILES.map(|name| find(name).ok_or_else(|| "is missing".to_owned())))
    }

    /// What the pack is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first month that has drivers.
    pub fn first_month(&self) -> Month {
        self.first_month
    }

    /// The last month that has drivers.
    pub fn last_month(&self) -> Month {
        self.last_month
    }

    /// Every month that has drivers.
    pub fn months(&self) -> impl Iterator<Item = Month> {
        self.first_month.through(self.last_month)
    }

    /// The position of a month among them.
    pub fn month_index(&self, month: Month) -> Option<usize> {
        let is_inside = (self.first_month..=self.last_month).contains(&month);
        usize::try_from(month.since(self.first_month)).ok().filter(|_| is_inside)
    }

    /// All providers.
    pub fn providers(&self) -> &Providers {
        &self.providers
    }

    /// The ambulance services, sorted by code.
    pub fn ambulance_services(&self) -> &[AmbulanceService] {
        &self.providers.ambulance_services
    }

    /// The care systems, sorted by code.
    pub fn care_systems(&self) -> &[CareSystem] {
        &self.providers.care_systems
    }

    /// The acute trusts, sorted by code.
    pub fn trusts(&self) -> &[AcuteTrust] {
        &self.providers.trusts
    }

    /// The other providers that hold a waiting list, sorted by code.
    pub fn elective_providers(&self) -> &[ElectiveProvider] {
        &self.providers.elective_providers
    }

    /// The ambulance service with this code.
    pub fn ambulance_service_id(&self, code: ProviderCode) -> Option<AmbulanceServiceId> {
        self.providers.find(ProviderKind::AmbulanceService, code).map(AmbulanceServiceId)
    }

    /// The care system with this code.
    pub fn care_system_id(&self, code: ProviderCode) -> Option<CareSystemId> {
        self.providers.find(ProviderKind::CareSystem, code).map(CareSystemId)
    }

    /// The acute trust with this code.
    pub fn trust_id(&self, code: ProviderCode) -> Option<TrustId> {
        self.providers.find(ProviderKind::AcuteTrust, code).map(TrustId)
    }

    /// What history imposes.
    pub fn drivers(&self) -> &Drivers {
        &self.drivers
    }

    /// What was published.
    pub fn observed(&self) -> &Observed {
        &self.observed
    }

    /// How the system behaves.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The same pack with other parameters, made from its own with [`Parameters::with`].
    pub fn with_parameters(self, parameters: Parameters) -> Self {
        Self { parameters: Arc::new(parameters), ..self }
    }

    /// A fingerprint of everything that results depend on: providers, drivers, parameters and place.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut print = Fingerprint::of(&*self.name)
            .then_debug(&(self.first_month, self.last_month, self.drivers.starting_month()))
            .then_debug(&self.providers)
            .then_debug(&self.local);
        for series in &self.drivers.series {
            print = print.then_debug(&series.values);
        }
        for (section, key, parameter) in self.parameters.iter() {
            print = print.then_debug(&(section, key, parameter.value));
        }
        for &parameter in ProviderParameter::ALL {
            print = print.then_debug(&(parameter, self.parameters.by_provider(parameter)));
        }
        print
    }

    /// Where the numbers come from, by key.
    pub fn sources(&self) -> &BTreeMap<String, Source> {
        &self.sources
    }
}

/// Reads a pack from its files in the order of [`FILES`], each the bytes or why there are none.
fn read(pack: &str, files: [Result<&[u8], String>; 5]) -> Result<SystemPack, PackError> {
    let mut problems = Problems::default();
    let mut texts = [None; 5];
    for ((text, file), contents) in texts.iter_mut().zip(FILES).zip(files) {
        match contents {
            Ok(bytes) => match text::decode(file, bytes) {
                Ok(decoded) => *text = Some(decoded),
                Err(problem) => problems.add(*problem),
            },
            Err(reason) => {
                problems.add(Problem::new(file, None, "the file", format!("cannot be read: {reason}")))
            }
        }
    }
    let [providers, drivers, observed, parameters, sources] = texts;
    let parts = read_parts(&mut problems, providers, drivers, observed, parameters, sources);
    match parts {
        Some(pack) if problems.count() == 0 => Ok(pack),
        _ => Err(problems.into_error(pack)),
    }
}

fn read_parts(
    problems: &mut Problems,
    providers: Option<&str>,
    drivers: Option<&str>,
    observed: Option<&str>,
    parameters: Option<&str>,
    sources: Option<&str>,
) -> Option<SystemPack> {
    let sources = sources.and_then(|text| source::read_sources("sources.toml", text, problems));
    let document = parameters.and_then(|text| Document::parse("parameters.toml", text, problems));
    let heading = document.as_ref().map(|document| parameters_file::read_heading(document, problems));
    let (name, months) = heading.unwrap_or_default();
    let context = Context { sources: sources.as_ref(), months, providers: None };
    let providers = providers.and_then(|text| provider_list::read_providers(text, &context, problems));
    let context = Context { providers: providers.as_ref(), ..context };
    // every file is read, whatever is wrong with the others
    let drivers = drivers.map(|text| drivers_file::read_drivers(text, &context, problems));
    let observed = observed.map(|text| observed::read_observed(text, &context, problems));
    let parameters = document.map(|document| parameters_file::read_parameters(&document, &context, problems));
    let (first_month, last_month) = months?;
    Some(SystemPack {
        name: name.into(),
        first_month,
        last_month,
        drivers: Arc::new(drivers??),
        observed: Arc::new(observed?),
        parameters: Arc::new(parameters?),
        providers: Arc::new(providers?),
        sources: Arc::new(sources?),
        replaced: Arc::default(),
        local: None,
        whole: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn england_is_a_valid_pack() {
        let files = england_files().map(|(_, text)| Ok(text.as_bytes()));
        let read = read("england", files);
        assert!(read.is_ok(), "{}", read.unwrap_err());
        assert_eq!(england_files().map(|(name, _)| name), FILES);
    }
}
