//! What history imposes on the model, by month and provider.

use crate::system::pack::source::Status;
use crate::system::providers::ProviderGroup;
use crate::units::Month;

/// When a driver is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// For every month of the pack.
    Monthly,
    /// Once: at the end of the starting month.
    Once,
}

macro_rules! drivers {
    ($(
        $(#[doc = $doc:literal])+
        $Driver:ident: $name:literal, $Given:ident, $Group:ident,
            $unit:literal in $low:literal..=$high:literal;
    )+) => {
        /// A series of `drivers.csv`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Driver {
            $($(#[doc = $doc])+ $Driver,)+
        }

        impl Driver {
            /// Every driver.
            pub const ALL: &'static [Self] = &[$(Self::$Driver),+];

            /// The name used in `drivers.csv`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$Driver => $name),+ }
            }

            /// When it is given.
            pub const fn given(self) -> Given {
                match self { $(Self::$Driver => Given::$Given),+ }
            }

            /// The providers that have a value each.
            pub const fn group(self) -> ProviderGroup {
                match self { $(Self::$Driver => ProviderGroup::$Group),+ }
            }

            /// Its unit.
            pub const fn unit(self) -> &'static str {
                match self { $(Self::$Driver => $unit),+ }
            }

            /// The least and the greatest value allowed.
            pub const fn allowed(self) -> (f64, f64) {
                match self { $(Self::$Driver => ($low, $high)),+ }
            }
        }
    };
}

drivers! {
    /// Incidents of all categories, those closed by telephone included.
    IncidentsAll: "incidents_all", Monthly, AmbulanceServices, "incidents" in 0.0..=1e6;
    /// Category 1 incidents with a face-to-face response.
    IncidentsC1: "incidents_c1", Monthly, AmbulanceServices, "incidents" in 0.0..=1e6;
    /// Category 2 incidents with a face-to-face response.
    IncidentsC2: "incidents_c2", Monthly, AmbulanceServices, "incidents" in 0.0..=1e6;
    /// Category 3 incidents with a face-to-face response.
    IncidentsC3: "incidents_c3", Monthly, AmbulanceServices, "incidents" in 0.0..=1e6;
    /// Category 4 incidents with a face-to-face response.
    IncidentsC4: "incidents_c4", Monthly, AmbulanceServices, "incidents" in 0.0..=1e6;
    /// Other incidents with a face-to-face response: calls of health professionals and transfers.
    IncidentsOther: "incidents_other", Monthly, AmbulanceServices, "incidents" in 0.0..=1e6;
    /// Unbooked attendances at type 1 A&E departments.
    AttendancesType1: "attendances_type1", Monthly, AcuteTrusts, "attendances" in 0.0..=1e6;
    /// Unbooked attendances at the trust's other A&E departments and urgent care centres.
    AttendancesOtherTypes: "attendances_other_types", Monthly, AcuteTrusts, "attendances" in 0.0..=1e6;
    /// Emergency admissions through A&E: how ill those are who come in the month.
    EmergencyAdmissionsViaEd: "emergency_admissions_via_ed", Monthly, AcuteTrusts, "admissions" in 0.0..=1e6;
    /// Emergency admissions that do not come through A&E.
    OtherEmergencyAdmissions: "other_emergency_admissions", Monthly, AcuteTrusts, "admissions" in 0.0..=1e6;
    /// How many adults need a bed for the night in this month of a usual year, against the mean of other months.
    SeasonOfNights: "season_of_nights", Monthly, AcuteTrusts, "ratio" in 0.5..=2.0;
    /// Adult general and acute beds available, escalation beds included, daily mean.
    AdultGaBedsAvailable: "adult_ga_beds_available", Monthly, AcuteTrusts, "beds" in 0.0..=1e5;
    /// Paediatric general and acute beds available, daily mean.
    PaediatricGaBedsAvailable: "paediatric_ga_beds_available", Monthly, AcuteTrusts, "beds" in 0.0..=1e5;
    /// Adult critical care beds available, daily mean.
    AdultCriticalCareBedsAvailable: "adult_critical_care_beds_available", Monthly, AcuteTrusts,
        "beds" in 0.0..=1e5;
    /// Patients in adult beds with flu, daily mean.
    PatientsWithFlu: "patients_with_flu", Monthly, AcuteTrusts, "patients" in 0.0..=1e5;
    /// Patients in adult beds with Covid beyond the number that is usual for the stays of the pack, daily mean.
    PatientsWithCovidBeyondUsual: "patients_with_covid_beyond_usual", Monthly, AcuteTrusts, "patients" in 0.0..=1e5;
    /// New pathways on the waiting list.
    ClockStarts: "clock_starts", Monthly, WaitingListHolders, "pathways" in 0.0..=1e7;
    /// Pathways that can be completed by an admission.
    TreatmentCapacityAdmitted: "treatment_capacity_admitted", Monthly, WaitingListHolders,
        "pathways" in 0.0..=1e7;
    /// Pathways that can be completed without an admission.
    TreatmentCapacityNonadmitted: "treatment_capacity_nonadmitted", Monthly, WaitingListHolders,
        "pathways" in 0.0..=1e7;
    /// Pathways that leave the list without being reported as completed.
    Removals: "removals", Monthly, WaitingListHolders, "pathways" in 0.0..=1e7;
    /// Pathways waiting at the end of the starting month.
    StartingListTotal: "starting_list_total", Once, WaitingListHolders, "pathways" in 0.0..=1e8;
    /// Those waiting up to 18 weeks.
    StartingListWithin18Weeks: "starting_list_within_18w", Once, WaitingListHolders, "pathways" in 0.0..=1e8;
    /// Those waiting more than 52 weeks.
    StartingListOver52Weeks: "starting_list_over_52w", Once, WaitingListHolders, "pathways" in 0.0..=1e8;
    /// Those waiting more than 65 weeks.
    StartingListOver65Weeks: "starting_list_over_65w", Once, WaitingListHolders, "pathways" in 0.0..=1e8;
    /// Those waiting more than 78 weeks.
    StartingListOver78Weeks: "starting_list_over_78w", Once, WaitingListHolders, "pathways" in 0.0..=1e8;
    /// Those waiting more than 104 weeks.
    StartingListOver104Weeks: "starting_list_over_104w", Once, WaitingListHolders, "pathways" in 0.0..=1e8;
}

impl Driver {
    /// The driver called `name`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|driver| driver.name() == name)
    }
}

/// Drivers that are parts of another, which must not be less than their sum.
pub(crate) const PARTS_OF_WHOLES: &[(&[Driver], Driver)] = &[
    (
        &[
            Driver::IncidentsC1,
            Driver::IncidentsC2,
            Driver::IncidentsC3,
            Driver::IncidentsC4,
            Driver::IncidentsOther,
        ],
        Driver::IncidentsAll,
    ),
    (&[Driver::StartingListWithin18Weeks, Driver::StartingListOver52Weeks], Driver::StartingListTotal),
    (&[Driver::StartingListOver65Weeks], Driver::StartingListOver52Weeks),
    (&[Driver::StartingListOver78Weeks], Driver::StartingListOver65Weeks),
    (&[Driver::StartingListOver104Weeks], Driver::StartingListOver78Weeks),
];

/// Where one value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) status: Status,
    pub(crate) source: u16,
}

/// The values of one driver, provider by provider and month by month.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    pub(crate) values: Vec<f64>,
    pub(crate) origins: Vec<Origin>,
}

/// All drivers of a pack: for every driver, every provider of its group and every month of the pack a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Drivers {
    pub(crate) months: usize,
    pub(crate) starting_month: Month,
    pub(crate) series: Vec<Series>,
    pub(crate) source_keys: Vec<String>,
}

impl Drivers {
    /// One value for each month of the pack, for the provider at `index` of the driver's group.
    ///
    /// Empty if there is no such provider or the driver is given only once.
    pub fn monthly(&self, driver: Driver, index: usize) -> &[f64] {
        match driver.given() {
            Given::Monthly => self.values(driver, index),
            Given::Once => &[],
        }
    }

    /// The value at the end of [`Self::starting_month`], for the provider at `index` of the driver's group.
    ///
    /// NaN if there is no such provider or the driver is given by month.
    pub fn starting(&self, driver: Driver, index: usize) -> f64 {
        match driver.given() {
            Given::Monthly => f64::NAN,
            Given::Once => self.values(driver, index).first().copied().unwrap_or(f64::NAN),
        }
    }

    /// The month at whose end the starting list stands.
    pub fn starting_month(&self) -> Month {
        self.starting_month
    }

    /// How the value of a provider came about; `month` counts from the first month of the pack, 0 for a
    /// driver given once.
    pub fn status(&self, driver: Driver, index: usize, month: usize) -> Option<Status> {
        self.origin(driver, index, month).map(|origin| origin.status)
    }

    /// The key of its source; the arguments as for [`Self::status`].
    pub fn source(&self, driver: Driver, index: usize, month: usize) -> Option<&str> {
        let origin = self.origin(driver, index, month)?;
        self.source_keys.get(usize::from(origin.source)).map(String::as_str)
    }

    fn values(&self, driver: Driver, index: usize) -> &[f64] {
        let width = width(driver, self.months);
        let series = self.series.get(driver as usize);
        series.and_then(|s| s.values.chunks_exact(width.max(1)).nth(index)).unwrap_or_default()
    }

    fn origin(&self, driver: Driver, index: usize, month: usize) -> Option<Origin> {
        let width = width(driver, self.months);
        let at = index.checked_mul(width)?.checked_add(month)?;
        let series = self.series.get(driver as usize)?;
        if month < width { series.origins.get(at).copied() } else { None }
    }
}

/// How many values a provider has.
pub(crate) fn width(driver: Driver, months: usize) -> usize {
    match driver.given() {
        Given::Monthly => months,
        Given::Once => 1,
    }
}
