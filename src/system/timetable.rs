//! What happens by the clock: shifts, counts, months, and the changes a scenario makes.

use super::capacity::AmbulanceCapacity;
use super::event::Event;
use super::health_system::{Agenda, Change, HealthSystem, Routing};
use super::planned_care;
use super::pressure::Valve;
use super::statistics::ListCount;
use crate::care::ambulance::roster::phase_of;
use crate::care::ambulance::{Auxiliary, Category, Crew};
use crate::care::discharge::Pathway;
use crate::care::emergency::Acuity;
use crate::care::ward::BedKind;
use crate::engine::Turn;
use crate::units::{Month, Span, Time};

/// Hours between decisions to open or close escalation beds.
const ESCALATION_EVERY_HOURS: usize = 6;
/// Elective patients come in at seven; who has no bed for the night by eight in the evening is cancelled.
const MORNING: Span = Span::from_millis(7 * 3_600_000);
const EVENING: Span = Span::from_millis(20 * 3_600_000);
/// Beds are counted at eight (urgent and emergency care daily situation report).
pub(super) const BED_CENSUS: Span = Span::from_millis(8 * 3_600_000);
const HOUR_MS: f64 = 3_600_000.0;

impl HealthSystem {
    /// Schedules the first of everything. Called once, at time zero.
    pub(super) fn begin(&mut self, agenda: &mut Agenda) {
        self.open_beds(agenda);
        for (area, demand) in (0_u16..).zip(&mut self.incidents) {
            for (category, demand) in Category::ALL.into_iter().zip(demand) {
                if let Some(time) = demand.next() {
                    agenda.in_turn(time, Turn::Arrival, Event::Incident { area, category });
                }
            }
        }
        for (h, hospital) in (0_u16..).zip(&mut self.hospitals) {
            let direct = |is_child| Event::DirectAdmission { hospital: h, is_child };
            let firsts = [
                (hospital.walk_ins.next(), Event::WalkIn { hospital: h }),
                (hospital.urgent_treatment.next(), Event::UrgentTreatment { hospital: h }),
                (hospital.direct_adults.next(), direct(false)),
                (hospital.direct_children.next(), direct(true)),
            ];
            for (time, event) in firsts {
                if let Some(time) = time {
                    agenda.in_turn(time, Turn::Arrival, event);
                }
            }
        }
        agenda.in_turn(Time::ZERO + Span::HOUR, Turn::Capacity, Event::Hour);
        agenda.at(Time::ZERO + MORNING, Event::ElectiveMorning);
        agenda.at(Time::ZERO + EVENING, Event::ElectiveEvening);
        agenda.in_turn(Time::ZERO + BED_CENSUS, Turn::Census, Event::BedCensus);
        // a millisecond before midnight, so that it belongs to the day that ends
        agenda.in_turn(
            Time::ZERO + Span::from_millis(Span::DAY.as_millis() - 1),
            Turn::Census,
            Event::ReadyCensus,
        );
        self.schedule_next_month(agenda);
    }

    fn schedule_next_month(&mut self, agenda: &mut Agenda) {
        if self.month + 1 < self.statistics.hospitals.len() {
            let next = Month::of(self.calendar.start()).plus(self.month as i32 + 1);
            agenda.in_turn(self.calendar.midnight(next.first_day()), Turn::Capacity, Event::Month);
        }
    }

    pub(super) fn hour(&mut self, agenda: &mut Agenda) {
        let now = agenda.now();
        agenda.in_turn(now + Span::HOUR, Turn::Capacity, Event::Hour);
        let hour = self.calendar.hour_of_week(now);
        for area in 0..self.crews.len() {
            let crews = &mut self.crews[area];
            let rule = self.pressure.crew_overtime;
            let overtime = self.pressure.response(Valve::CrewOvertime, rule, crews.stack_per_unit());
            let rule = self.pressure.hear_and_treat;
            let more_at_desk = self.pressure.response(Valve::HearAndTreat, rule, crews.stack_per_unit());
            crews.change_shift(hour, overtime, more_at_desk, now);
            self.send_all_who_are_free(area as u16, agenda);
        }
        for h in 0..self.hospitals.len() {
            self.hospitals[h].ed.change_shift(hour, now);
            self.see_waiting(h as u16, Acuity::Urgent, agenda);
            self.see_waiting(h as u16, Acuity::Minor, agenda);
            self.see_urgent_treatment(h as u16, agenda);
            if hour.is_multiple_of(ESCALATION_EVERY_HOURS) {
                self.decide_on_escalation(h as u16, agenda);
            }
        }
    }

    fn send_all_who_are_free(&mut self, area: u16, agenda: &mut Agenda) {
        self.dispatch_waiting(area, Crew::Core, agenda);
        for kind in Auxiliary::ALL {
            self.dispatch_waiting(area, Crew::Auxiliary(kind), agenda);
        }
        self.review_waiting(area, agenda);
    }

    /// Fewer escalation beds are wanted: they close. More: staff are asked for, who come later.
    fn decide_on_escalation(&mut self, hospital: u16, agenda: &mut Agenda) {
        let place = &mut self.hospitals[usize::from(hospital)];
        let wanted = self.pressure.escalation_share(place.wards.boarders_per_bed());
        if wanted < place.escalation_share {
            place.escalation_share = wanted;
            self.open_adult_beds(hospital, agenda);
        } else if wanted > place.escalation_share && !place.escalation_asked {
            place.escalation_asked = true;
            let event = Event::EscalationBedsStaffed { hospital };
            agenda.in_turn(agenda.now() + self.pressure.escalation_delay, Turn::Capacity, event);
        }
    }

    /// Staff are there: as many escalation beds open as are still wanted.
    pub(super) fn escalation_beds_staffed(&mut self, hospital: u16, agenda: &mut Agenda) {
        let place = &mut self.hospitals[usize::from(hospital)];
        place.escalation_asked = false;
        let wanted = self.pressure.escalation_share(place.wards.boarders_per_bed());
        if wanted > place.escalation_share {
            place.escalation_share = wanted;
            self.open_adult_beds(hospital, agenda);
        }
    }

    fn open_beds(&mut self, agenda: &mut Agenda) {
        for h in 0..self.hospitals.len() {
            let hospital = &mut self.hospitals[h];
            if let Some(beds) = hospital.beds_by_month.get(self.month).copied() {
                let whole = |beds: f64| beds.round().max(0.0) as u32;
                hospital.wards.set_beds(BedKind::Paediatric, whole(beds.paediatric), agenda.now());
                hospital.wards.set_beds(BedKind::CriticalCare, whole(beds.critical_care), agenda.now());
                self.give_beds(h as u16, BedKind::Paediatric, agenda);
                self.give_beds(h as u16, BedKind::CriticalCare, agenda);
                self.open_adult_beds(h as u16, agenda);
            }
        }
    }

    /// Opens the adult beds of the month, of the levers and of escalation; the ring-fence is a share
    /// of those of the month, the rest is split between medical and surgical specialties.
    fn open_adult_beds(&mut self, hospital: u16, agenda: &mut Agenda) {
        let now = agenda.now();
        let place = &mut self.hospitals[usize::from(hospital)];
        let planned = place.beds_by_month.get(self.month).map_or(0.0, |beds| beds.adult);
        let closed = place.infection_by_month.get(self.month).map_or(0.0, |load| load.beds_closed);
        let ring_fence = (planned * place.ring_fence_share).round().max(0.0);
        let counted = place.adult_beds_open(self.month) * (1.0 + place.escalation_share);
        let usable = (counted * (1.0 - place.unusable_share) - ring_fence - closed).round().max(0.0);
        let surgical = (usable * place.surgical_bed_share).round();
        place.adult_beds_counted = counted.round().max(0.0) as u32;
        place.wards.set_beds(BedKind::RingFenced, ring_fence as u32, now);
        place.wards.set_beds(BedKind::Medical, (usable - surgical) as u32, now);
        place.wards.set_beds(BedKind::Surgical, surgical as u32, now);
        for kind in BedKind::ADULT {
            self.give_beds(hospital, kind, agenda);
        }
    }

    pub(super) fn bed_census(&mut self, agenda: &mut Agenda) {
        agenda.in_turn(agenda.now() + Span::DAY, Turn::Census, Event::BedCensus);
        let counts = &mut self.statistics.hospitals[self.month];
        for (count, hospital) in counts.iter_mut().zip(&self.hospitals) {
            let wards = &hospital.wards;
            let of = |kinds: &[BedKind], number: &dyn Fn(BedKind) -> u32| -> u64 {
                kinds.iter().map(|&kind| u64::from(number(kind))).sum()
            };
            count.census_days += 1;
            count.adult_beds_open += u64::from(hospital.adult_beds_counted);
            let escalation = hospital.escalation_share / (1.0 + hospital.escalation_share);
            count.escalation_beds += escalation * f64::from(hospital.adult_beds_counted);
            count.adult_beds_occupied += of(&BedKind::ADULT, &|kind| wards.patients(kind));
            count.paediatric_beds_open += of(&[BedKind::Paediatric], &|kind| wards.beds(kind));
            count.paediatric_beds_occupied += of(&[BedKind::Paediatric], &|kind| wards.patients(kind));
            count.critical_care_beds_open += of(&[BedKind::CriticalCare], &|kind| wards.beds(kind));
            count.critical_care_beds_occupied += of(&[BedKind::CriticalCare], &|kind| wards.patients(kind));
            count.boarders += wards.emergencies_waiting() as u64;
            count.virtual_ward_patients += u64::from(wards.virtual_ward().patients());
        }
        let counts = &mut self.statistics.care_systems[self.month];
        for (count, services) in counts.iter_mut().zip(&self.care_systems) {
            count.days += 1;
            for pathway in 0..3 {
                count.places_filled[pathway] += u64::from(services.places(pathway).busy());
                count.waiting_for_place[pathway] += services.places(pathway).queue().len() as u64;
            }
        }
    }

    pub(super) fn ready_census(&mut self, agenda: &mut Agenda) {
        agenda.in_turn(agenda.now() + Span::DAY, Turn::Census, Event::ReadyCensus);
        let counts = &mut self.statistics.hospitals[self.month];
        for (count, hospital) in counts.iter_mut().zip(&mut self.hospitals) {
            count.ready_days += 1;
            count.remaining += u64::from(hospital.ready_to_leave);
            count.left_when_ready += u64::from(std::mem::take(&mut hospital.left_today));
            for (sum, waiting) in count.remaining_by_pathway.iter_mut().zip(hospital.ready_by_pathway) {
                *sum += u64::from(waiting);
            }
        }
    }

    pub(super) fn month_begins(&mut self, agenda: &mut Agenda) {
        self.close_month(agenda.now());
        self.month += 1;
        self.open_beds(agenda);
        self.schedule_next_month(agenda);
        debug_assert_eq!(self.audit(agenda.now()).err(), None);
    }

    /// Closes the books at the end of a run.
    pub(super) fn finish(&mut self, end: Time) {
        self.close_month(end);
        debug_assert_eq!(self.audit(end).err(), None);
    }

    /// Counts what can only be counted at the end of a month.
    fn close_month(&mut self, now: Time) {
        let today = self.calendar.day(now) as i32;
        let counts = &mut self.statistics.hospitals[self.month];
        for (count, hospital) in counts.iter_mut().zip(&mut self.hospitals) {
            count.elective = hospital.elective.take_counts();
            let list = planned_care::profile(&hospital.elective, &hospital.diagnostics, today);
            count.list = ListCount::of(&list);
            count.tests = planned_care::all_tests(&hospital.diagnostics.take_counts(today));
        }
        self.unit_time_at_month_start.resize(self.crews.len(), (0, 0));
        let counts = &mut self.statistics.ambulance[self.month];
        for (area, (count, crews)) in counts.iter_mut().zip(&self.crews).enumerate() {
            let totals = crews.crew_time(now);
            let before = std::mem::replace(&mut self.unit_time_at_month_start[area], totals);
            count.unit_hours = (totals.0 - before.0) as f64 / HOUR_MS;
            count.busy_unit_hours = (totals.1 - before.1) as f64 / HOUR_MS;
            let expected = self.closed_by_phone.get(area).and_then(|months| months.get(self.month));
            count.closed_by_phone_expected = expected.copied().unwrap_or(0.0);
            count.first_calls_per_incident = self.first_calls_per_incident;
        }
    }

    /// Of each dispatch area of the service.
    fn routing_of(&mut self, service: u16) -> impl Iterator<Item = &mut Routing> {
        let areas = self.routing.iter_mut().zip(self.dispatch_areas.iter());
        areas.filter(move |(_, area)| area.service == service).map(|(routing, _)| routing)
    }

    /// Each dispatch area of the service gets its share of what is counted.
    fn change_ambulance(&mut self, service: u16, of: AmbulanceCapacity, added: f64) {
        let areas = self.crews.iter_mut().zip(&mut self.calls_avoided).zip(self.dispatch_areas.iter());
        for (number, ((crews, avoided), area)) in
            (0..).zip(areas).filter(|(_, (_, area))| area.service == service)
        {
            let (here, phase) = (added * area.share, phase_of(number));
            match of {
                AmbulanceCapacity::Crews => crews.set_added_crews(here),
                AmbulanceCapacity::Auxiliary(kind) => crews.set_auxiliary(kind, here, phase),
                AmbulanceCapacity::DeskClinicians => crews.desk_mut().set_added(here, phase),
                AmbulanceCapacity::CallsAvoided => *avoided = added.clamp(0.0, 1.0),
            }
        }
    }

    pub(super) fn change(&mut self, position: u32, agenda: &mut Agenda) {
        let Some(change) = self.changes.get(position as usize).copied() else { return };
        match change {
            Change::AdultBeds { hospital, beds } => {
                self.hospitals[usize::from(hospital)].added_beds = beds;
                self.open_adult_beds(hospital, agenda);
            }
            Change::StaffedBeds { hospital, beds } => {
                self.hospitals[usize::from(hospital)].added_staffed_beds = beds;
                self.open_adult_beds(hospital, agenda);
            }
            Change::VirtualPlaces { hospital, of, places } => {
                let whole = places.round().max(0.0) as u32;
                self.hospitals[usize::from(hospital)].wards.virtual_ward_mut().set_places(of, whole);
            }
            Change::Department { hospital, part, total } => {
                self.change_department(hospital, part, total, agenda);
            }
            Change::RoutableShare { service, share } => {
                self.routing_of(service).for_each(|routing| routing.share = share.clamp(0.0, 1.0));
            }
            Change::RoutingMinutes { service, minutes } => {
                self.routing_of(service).for_each(|routing| routing.limit_minutes = minutes.max(0.0));
            }
            Change::Ambulance { service, of, added } => self.change_ambulance(service, of, added),
            Change::IndependentOperations { care_system, operations } => {
                self.independent_providers[usize::from(care_system)].set_places(operations);
            }
            Change::Elective { hospital, lever, total } => {
                self.hospitals[usize::from(hospital)].elective.set_lever(lever, total);
            }
            Change::Tests { hospital, modality, tests } => {
                self.hospitals[usize::from(hospital)].diagnostics.set_added(modality, tests);
            }
            Change::CarePlaces { care_system, pathway, places } => {
                self.care_systems[usize::from(care_system)].set_added(pathway.into(), places, agenda.now());
                self.give_places(care_system, pathway, agenda);
            }
            Change::HomeCareVisits { care_system, visits } => {
                self.care_systems[usize::from(care_system)].set_added_visits(visits, agenda.now());
                self.give_places(care_system, Pathway::HOME_CARE as u8, agenda);
            }
        }
    }
}
