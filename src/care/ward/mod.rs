//! A hospital's beds: adult medical and surgical, a ring-fence for elective surgery, paediatric,
//! critical care, and virtual-ward places.
//!
//! A bed is taken from the moment it is granted until it has been cleaned. Beds open and close over
//! time; a bed that closes while occupied closes when its patient leaves. A patient in a bed of another
//! kind than their own is an outlier; who may outlie is not decided here.

mod stay;
mod virtual_ward;
mod week;

pub use stay::StayLaw;
pub use virtual_ward::{VirtualPlaces, VirtualUse};
pub use week::DischargeWeek;

use super::PatientId;
use crate::engine::{Place, Pool, Request, Start};
use crate::random::{Dice, Distribution};
use crate::units::{Calendar, Span, Time};

/// Kinds of bed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BedKind {
    /// Adult general and acute, medical specialties.
    Medical,
    /// Adult general and acute, surgical specialties.
    Surgical,
    /// Adult general and acute, kept for elective surgery.
    RingFenced,
    /// Paediatric general and acute.
    Paediatric,
    /// Adult critical care.
    CriticalCare,
}

impl BedKind {
    /// All kinds.
    pub const ALL: [Self; 5] =
        [Self::Medical, Self::Surgical, Self::RingFenced, Self::Paediatric, Self::CriticalCare];
    /// Adult general and acute, as official statistics count them.
    pub const ADULT: [Self; 3] = [Self::Medical, Self::Surgical, Self::RingFenced];
    /// Adult general and acute beds that emergencies ask for.
    pub const EMERGENCY: [Self; 2] = [Self::Medical, Self::Surgical];

    /// The kind of bed that an adult emergency of this kind may outlie in.
    pub const fn other_specialty(self) -> Option<Self> {
        match self {
            Self::Medical => Some(Self::Surgical),
            Self::Surgical => Some(Self::Medical),
            _ => None,
        }
    }
}

/// Who asks for a bed, in the order in which free beds are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BedRequest {
    /// A patient who no longer needs critical care.
    StepDown,
    /// An emergency admission.
    Emergency,
    /// An elective admission; waits until the evening and is then cancelled.
    Elective,
}

/// Rules and durations of the wards of one hospital.
#[derive(Clone, Debug)]
pub struct WardConfig {
    /// Cleaning and preparing a bed between patients \[h\] -- drawn.
    pub turnaround_hours: Distribution,
    /// From grant of a bed to leaving the emergency department \[min\] -- drawn.
    pub transfer_minutes: Distribution,
    /// Clinical stay of emergency patients who stay a night or more, until the ward round that finds
    /// them ready \[d\] -- drawn.
    pub emergency_stay_days: StayLaw,
    /// How many times as long outliers stay \[ratio\] -- set by the pack.
    pub outlier_stay_factor: f64,
    /// The same for elective patients.
    pub elective_stay_days: Distribution,
    /// The same for children.
    pub paediatric_stay_days: Distribution,
    /// In critical care \[d\] -- drawn.
    pub critical_care_days: Distribution,
    /// Hour of the day at which ward rounds find patients ready \[h\] -- set by the pack.
    pub ward_round_hour: f64,
    /// Hour of the day at which patients leave, on the day they may \[h\] -- drawn.
    pub leaving_hour: Distribution,
    /// On which days patients are found ready, and leave who were held up -- set by the pack.
    pub week: DischargeWeek,
}

/// A hospital's beds at work.
#[derive(Clone, Debug)]
pub struct Wards {
    config: WardConfig,
    pools: [Pool<PatientId>; 5],
    patients: [u32; 5],
    virtual_ward: VirtualPlaces,
}

impl Wards {
    /// Empty wards with no beds open; see [`Wards::set_beds`].
    pub fn new(config: WardConfig) -> Self {
        let pools = BedKind::ALL.map(|_| Pool::new(0, 3));
        Self { config, pools, patients: [0; 5], virtual_ward: VirtualPlaces::default() }
    }

    /// The configuration.
    pub fn config(&self) -> &WardConfig {
        &self.config
    }

    /// Opens or closes beds. Call [`Wards::next_bed`] afterwards.
    pub fn set_beds(&mut self, kind: BedKind, beds: u32, now: Time) {
        self.pools[kind as usize].set_capacity(beds, now);
    }

    /// Beds open.
    pub fn beds(&self, kind: BedKind) -> u32 {
        self.pools[kind as usize].capacity()
    }

    /// Patients in beds; beds being cleaned are not counted.
    pub fn patients(&self, kind: BedKind) -> u32 {
        self.patients[kind as usize]
    }

    /// Beds taken, by patients, for patients on their way, or while being cleaned.
    pub fn taken(&self, kind: BedKind) -> u32 {
        self.pools[kind as usize].busy()
    }

    /// Emergency patients waiting for an adult bed, per open adult bed for emergencies.
    pub fn boarders_per_bed(&self) -> f64 {
        let beds: u32 = BedKind::EMERGENCY.iter().map(|&kind| self.beds(kind)).sum();
        self.emergencies_waiting() as f64 / f64::from(beds.max(1))
    }

    /// How often somebody has been given a bed so far.
    pub fn services_started(&self) -> u64 {
        self.pools.iter().map(Pool::started).sum()
    }

    /// The virtual ward.
    pub fn virtual_ward(&self) -> &VirtualPlaces {
        &self.virtual_ward
    }

    /// The virtual ward, to change it.
    pub fn virtual_ward_mut(&mut self) -> &mut VirtualPlaces {
        &mut self.virtual_ward
    }

    /// Asks for a bed.
    pub fn request(&mut self, patient: PatientId, kind: BedKind, who: BedRequest, now: Time) -> Request {
        self.pools[kind as usize].request(patient, who as usize, now)
    }

    /// Takes a free bed without joining the queue.
    pub fn try_take(&mut self, kind: BedKind, now: Time) -> bool {
        self.pools[kind as usize].try_take(now)
    }

    /// A patient lies down in a bed that was granted.
    pub fn occupy(&mut self, kind: BedKind) {
        self.patients[kind as usize] += 1;
    }

    /// A patient leaves; the bed has to be cleaned before [`Wards::bed_ready`].
    pub fn vacate(&mut self, kind: BedKind) {
        let patients = &mut self.patients[kind as usize];
        debug_assert!(*patients > 0, "a patient left an empty ward");
        *patients = patients.saturating_sub(1);
    }

    /// A bed is clean. Call [`Wards::next_bed`] afterwards.
    pub fn bed_ready(&mut self, kind: BedKind, now: Time) {
        self.pools[kind as usize].release(now);
    }

    /// The next patient who gets a bed of this kind.
    pub fn next_bed(&mut self, kind: BedKind, now: Time) -> Option<Start<PatientId>> {
        self.pools[kind as usize].start_next(now)
    }

    /// Whether a bed of this kind is free.
    pub fn has_free(&self, kind: BedKind) -> bool {
        self.pools[kind as usize].free() > 0
    }

    /// Emergency patients waiting for an adult bed.
    pub fn emergencies_waiting(&self) -> usize {
        BedKind::EMERGENCY.iter().map(|&kind| self.emergencies_waiting_for(kind)).sum()
    }

    /// Emergency patients waiting for a bed of this kind.
    pub fn emergencies_waiting_for(&self, kind: BedKind) -> usize {
        self.pools[kind as usize].queue().len_of_class(BedRequest::Emergency as usize)
    }

    /// The emergency patient who has waited longest for a bed of this kind gives up that queue for a
    /// bed of another kind.
    pub fn take_outlier(&mut self, kind: BedKind, now: Time) -> Option<PatientId> {
        self.pools[kind as usize]
            .withdraw_first_of(BedRequest::Emergency as usize, now)
            .map(|start| start.job)
    }

    /// The elective patient who has waited longest for a surgical bed leaves that queue: for a
    /// ring-fenced bed, or because the operation is cancelled.
    pub fn take_elective(&mut self, now: Time) -> Option<PatientId> {
        let surgical = &mut self.pools[BedKind::Surgical as usize];
        surgical.withdraw_first_of(BedRequest::Elective as usize, now).map(|start| start.job)
    }

    /// Takes a waiting patient out of the queue.
    pub fn withdraw(&mut self, kind: BedKind, place: Place, now: Time) -> Option<PatientId> {
        self.pools[kind as usize].withdraw(place, now).map(|start| start.job)
    }

    /// The ward round that finds a patient ready who clinically is so from `ready`: the first after that on a day
    /// on which it is decided.
    pub fn found_ready(&self, ready: Time, calendar: Calendar, dice: &mut Dice) -> Time {
        let round = Span::from_hours(self.config.ward_round_hour);
        let today = Time::ZERO + Span::DAY.times(calendar.day(ready)) + round;
        let next = if today < ready { today + Span::DAY } else { today };
        self.config.week.first_from(next, calendar, dice)
    }

    /// The moment at which somebody leaves who was held up until `now`: as [`Wards::leaves_at`], on a day on which
    /// patients leave.
    pub fn leaves_after_delay(&self, now: Time, calendar: Calendar, dice: &mut Dice) -> Time {
        let at = self.leaves_at(now, calendar, dice);
        self.config.week.first_from(at, calendar, dice)
    }

    /// The moment at which somebody leaves who may do so from `now` on: this afternoon, or tomorrow
    /// if the hour is past.
    pub fn leaves_at(&self, now: Time, calendar: Calendar, dice: &mut Dice) -> Time {
        let hour = Span::from_hours(self.config.leaving_hour.sample(dice).min(23.5));
        let today = Time::ZERO + Span::DAY.times(calendar.day(now)) + hour;
        if today < now { today + Span::DAY } else { today }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::random::Stream;
    use crate::units::date;

    pub(crate) fn config() -> WardConfig {
        let constant = |value| Distribution::constant(value).unwrap();
        WardConfig {
            turnaround_hours: constant(3.0),
            transfer_minutes: constant(30.0),
            emergency_stay_days: StayLaw::new(0.0, constant(1.0), constant(6.0)),
            outlier_stay_factor: 1.2,
            elective_stay_days: constant(4.0),
            paediatric_stay_days: constant(1.5),
            critical_care_days: constant(4.0),
            ward_round_hour: 10.0,
            leaving_hour: constant(15.0),
            week: DischargeWeek::new([1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]),
        }
    }

    #[test]
    fn nobody_is_found_ready_at_a_weekend_without_ward_rounds() {
        let wards = Wards::new(config());
        let calendar = Calendar::starting(date(2022, 10, 1)); // a Saturday
        let ready = wards.found_ready(Time::ZERO, calendar, &mut Stream::of_seed(1).dice());
        assert_eq!(ready, Time::ZERO + Span::DAY.times(2) + Span::HOUR.times(10));
    }

    #[test]
    fn people_leave_in_the_afternoon_of_the_day_they_may() {
        let wards = Wards::new(config());
        let calendar = Calendar::starting(date(2022, 10, 3));
        let dice = || Stream::of_seed(1).dice();
        let at = |hour| Time::ZERO + Span::HOUR.times(hour);
        assert_eq!(wards.leaves_at(at(10), calendar, &mut dice()), at(15));
        assert_eq!(wards.leaves_at(at(16), calendar, &mut dice()), at(39));
    }

    #[test]
    fn a_bed_being_cleaned_is_taken_but_not_occupied() {
        let mut wards = Wards::new(config());
        let now = Time::ZERO;
        wards.set_beds(BedKind::Surgical, 1, now);
        assert_eq!(
            wards.request(PatientId(1), BedKind::Surgical, BedRequest::Emergency, now),
            Request::Started
        );
        wards.occupy(BedKind::Surgical);
        wards.vacate(BedKind::Surgical);
        assert_eq!((wards.patients(BedKind::Surgical), wards.taken(BedKind::Surgical)), (0, 1));
        assert!(matches!(
            wards.request(PatientId(2), BedKind::Surgical, BedRequest::Elective, now),
            Request::Queued(_)
        ));
        assert_eq!(wards.take_elective(now), Some(PatientId(2)));
    }
}
