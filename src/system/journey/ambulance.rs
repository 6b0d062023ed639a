//! From the 999 call to the hospital door, and until the crew is clear.

use super::{exponential, minutes};
use crate::care::PatientId;
use crate::care::ambulance::{
    AmbulanceService, Backup, Category, Crew, Next, Outcome, ReviewOf, Sent, whole_number,
};
use crate::engine::{Place, Request, Turn};
use crate::random::PersonKey;
use crate::system::event::Event;
use crate::system::health_system::{Agenda, HealthSystem};
use crate::system::patient::{Patient, Purpose, Stage};
use crate::system::pressure::Valve;
use crate::system::statistics::Activity;
use crate::units::{Span, Time};

impl HealthSystem {
    pub(in crate::system) fn incident(&mut self, area: u16, category: Category, agenda: &mut Agenda) {
        let demand = &mut self.incidents[usize::from(area)][category.index()];
        let key = demand.person();
        if let Some(time) = demand.next() {
            agenda.in_turn(time, Turn::Arrival, Event::Incident { area, category });
        }
        let crews = &mut self.crews[usize::from(area)];
        let month = &mut self.statistics.ambulance[self.month][usize::from(area)];
        let avoided = self.calls_avoided[usize::from(area)];
        if matches!(category, Category::C3 | Category::C4)
            && avoided > 0.0
            && key.dice(Purpose::CallAvoided as u64).happens(avoided)
        {
            month.avoided += 1;
            return;
        }
        month.incidents += 1;
        let patient = self.patients.admit(key, agenda.now(), Stage::WaitingForCrew);
        let record = &mut self.patients[patient];
        (record.area, record.category, record.by_ambulance) = (area, category, true);
        match crews.request(patient, category, &mut record.dice(Purpose::NearestCrew), agenda.now()) {
            Sent::Idle(crew) => {
                record.crew = crew;
                self.dispatch(patient, agenda);
            }
            Sent::DivertedFrom(other) => {
                self.dispatch(patient, agenda);
                self.crew_lost(other, agenda);
            }
            Sent::Waits(place) => {
                record.place = place;
                self.begins_to_wait(patient, agenda);
            }
        }
    }

    /// The call is in the stack for the first time: it may escalate, be rung back or be cancelled.
    fn begins_to_wait(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        let (category, stamp) = (record.category, record.stamp());
        let crews = &self.crews[usize::from(record.area)];
        let escalates = record.arrived + escalates_after(crews, record);
        if !matches!(category, Category::C1 | Category::C2) && escalates > agenda.now() {
            agenda.at(escalates, Event::CallEscalated(patient, stamp));
        }
        let desk = &crews.config().desk;
        let may_review = desk.may_review(category, record.dice(Purpose::MayReview).uniform());
        if may_review && self.pressure.switches.is_on(Valve::HearAndTreat) {
            agenda.after(desk.rings_back_after, Event::CallBackDue(patient, stamp));
        }
        self.may_cancel(patient, agenda);
    }

    /// The caller cancels if the wait lasts longer than their patience from now on.
    fn may_cancel(&self, patient: PatientId, agenda: &mut Agenda) {
        let record = &self.patients[patient];
        if record.category != Category::C1 && self.pressure.switches.is_on(Valve::CancelCall) {
            let patience = self.patience_of_caller(patient);
            let event = Event::CallCancelled(patient, record.stamp());
            agenda.in_turn(agenda.now() + patience, Turn::Abandonment, event);
        }
    }

    fn patience_of_caller(&self, patient: PatientId) -> Span {
        let record = &self.patients[patient];
        let mean = self.pressure.cancel_call_hours[usize::from(record.category != Category::C2)];
        Span::from_hours(exponential(mean, record.dice(Purpose::CancelsCall)))
    }

    /// The patient's crew has been sent to a more urgent call: the call goes back to the stack.
    fn crew_lost(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let now = agenda.now();
        let record = &mut self.patients[patient];
        let area = usize::from(record.area);
        let month = &mut self.statistics.ambulance[self.month][area];
        month.diverted[record.category.index()] += 1;
        month.give_back(Activity::Travelling, record.since.since(now));
        (record.stage, record.since) = (Stage::WaitingForCrew, now);
        let crews = &mut self.crews[area];
        let class = class_now(crews, record, now);
        match crews.lose_crew(patient, class, now) {
            Request::Started => self.dispatch(patient, agenda),
            Request::Queued(place) => {
                let has_waited = record.place != Place::NOWHERE;
                let arrived = record.arrived;
                record.place = place;
                if !has_waited {
                    self.begins_to_wait(patient, agenda);
                } else if arrived + self.patience_of_caller(patient) <= now {
                    // patience is exponential: whoever has outlasted it once has it anew
                    self.may_cancel(patient, agenda);
                }
            }
        }
    }

    pub(in crate::system) fn call_escalated(&mut self, patient: PatientId, stamp: u16) {
        let Some(record) = self.patients.if_present(patient, stamp).copied() else { return };
        if record.stage == Stage::WaitingForCrew
            && let Some(place) = self.crews[usize::from(record.area)].escalate(record.place)
        {
            self.patients[patient].place = place;
        }
    }

    /// The caller has waited too long. Whoever would have been taken to hospital is driven there by
    /// somebody else; the others stay at home.
    pub(in crate::system) fn call_cancelled(&mut self, patient: PatientId, stamp: u16, agenda: &mut Agenda) {
        let Some(record) = self.patients.if_present(patient, stamp).copied() else { return };
        let area = usize::from(record.area);
        let crews = &mut self.crews[area];
        let is_waiting = record.stage == Stage::WaitingForCrew;
        if !is_waiting || !crews.close_waiting(record.place, agenda.now()) {
            return;
        }
        let month = &mut self.statistics.ambulance[self.month][area];
        month.cancelled_calls += 1;
        if crews.outcome(record.dice(Purpose::SceneOutcome).uniform()) == Outcome::ConveyedToEd {
            self.patients[patient].by_ambulance = false;
            self.reaches_department(patient);
            self.wait_in_department(patient, agenda);
        } else {
            self.patients.discharge(patient);
        }
    }

    /// The call has waited so long that a clinician is to ring back.
    pub(in crate::system) fn call_back_due(&mut self, patient: PatientId, stamp: u16, agenda: &mut Agenda) {
        let Some(record) = self.patients.if_present(patient, stamp).copied() else { return };
        if record.stage == Stage::WaitingForCrew {
            let (desk, _) = self.crews[usize::from(record.area)].desk();
            if desk.ask((patient, stamp), agenda.now()) {
                self.review(record.area, (patient, stamp), agenda);
            }
        }
    }

    fn review(&mut self, area: u16, call: ReviewOf, agenda: &mut Agenda) {
        let (desk, config) = self.crews[usize::from(area)].desk();
        let position = desk.begin(call);
        let review = minutes(&config.review_minutes, &mut self.patients[call.0].dice(Purpose::PhoneReview));
        agenda.after(review, Event::CallReviewed { area, position });
    }

    /// A clinician has finished a review; the call is closed by phone if it still waits and can be.
    pub(in crate::system) fn call_reviewed(&mut self, area: u16, position: u16, agenda: &mut Agenda) {
        let now = agenda.now();
        let (desk, config) = self.crews[usize::from(area)].desk();
        let Some((patient, stamp)) = desk.end(position, now) else { return };
        let month = &mut self.statistics.ambulance[self.month][usize::from(area)];
        month.reviews += 1;
        if let Some(record) = self.patients.if_present(patient, stamp).copied()
            && record.stage == Stage::WaitingForCrew
            && config.closes(record.category, record.dice(Purpose::ClosedByPhone).uniform())
            && self.crews[usize::from(area)].close_waiting(record.place, now)
        {
            month.closed_by_phone_under_load += 1;
            self.patients.discharge(patient);
        }
        self.review_waiting(area, agenda);
    }

    /// Clinicians who are free turn to the next calls that are due.
    pub(in crate::system) fn review_waiting(&mut self, area: u16, agenda: &mut Agenda) {
        let now = agenda.now();
        while let Some(call) = self.crews[usize::from(area)].desk().0.next(now) {
            let still_waits = self
                .patients
                .if_present(call.0, call.1)
                .is_some_and(|record| record.stage == Stage::WaitingForCrew);
            if still_waits {
                self.review(area, call, agenda);
            } else {
                self.crews[usize::from(area)].desk().0.skip(now);
            }
        }
    }

    /// Crews of this kind that are free go where they are wanted.
    pub(in crate::system) fn dispatch_waiting(&mut self, area: u16, crew: Crew, agenda: &mut Agenda) {
        while let Some(next) = self.crews[usize::from(area)].next(crew, agenda.now()) {
            match next {
                Next::Call(patient, crew) => {
                    self.patients[patient].crew = crew;
                    self.dispatch(patient, agenda);
                }
                Next::Help(backup) => self.help(area, backup, agenda),
            }
        }
    }

    /// A crew goes to the patient, others with it if the incident asks for them. The clock stops
    /// when the first arrives.
    pub(in crate::system) fn dispatch(&mut self, patient: PatientId, agenda: &mut Agenda) {
        let now = agenda.now();
        let record = self.patients[patient];
        let area = usize::from(record.area);
        // a call that comes back to the stack waits from then on; its second crew has its own travel
        let is_first_dispatch = record.since == record.arrived;
        let purpose = if is_first_dispatch { Purpose::Travel } else { Purpose::TravelAgain };
        let own = self.crews[area].travel(record.category, &mut record.dice(purpose));
        self.statistics.ambulance[self.month][area].allocated[record.category.index()] += 1;
        let mut others = Others { response: own, spares: 0, is_alone: true };
        if is_first_dispatch && record.crew == Crew::Core {
            others = self.send_others(patient, own, agenda);
        }
        let crews = &mut self.crews[area];
        let record = &mut self.patients[patient];
        (record.stage, record.spare_units) = (Stage::CrewOnTheWay, others.spares);
        // until the crew arrives this is when it will: after a diversion the earlier arrival is void
        record.since = now + others.response;
        // crews that are sent together stay with their call
        if record.crew == Crew::Core && others.is_alone {
            let class = class_now(crews, record, now);
            crews.sets_out(patient, class, record.since);
        }
        self.statistics.ambulance[self.month][area].spend(Activity::Travelling, others.response);
        agenda.after(others.response, Event::AtScene(patient, record.stamp()));
    }

    /// Sends further units, and spare ones that are stood down when the first arrives.
    fn send_others(&mut self, patient: PatientId, own: Span, agenda: &mut Agenda) -> Others {
        let now = agenda.now();
        let record = self.patients[patient];
        let (area, category) = (usize::from(record.area), record.category);
        let config = self.crews[area].config();
        let number =
            |means: [f64; 5], purpose| whole_number(means[category.index()], record.dice(purpose).uniform());
        let further = number(config.further_units, Purpose::FurtherUnits).min(MOST_FURTHER_UNITS);
        let wanted_spares = number(config.spare_units, Purpose::SpareUnits);
        let mut others = Others { response: own, spares: 0, is_alone: true };
        if further == 0 && wanted_spares == 0 {
            return others;
        }
        let mut travels = [Span::ZERO; MOST_FURTHER_UNITS as usize];
        let mut sent = 0;
        let mut travel_dice = record.dice(Purpose::TravelOfOthers);
        let mut nearest_dice = record.dice(Purpose::NearestOther);
        for _ in 0..further {
            let Some(unit) = self.crews[area].send_further(category, &mut nearest_dice, now) else {
                let backup = Backup { asked: now, category, key: record.key };
                self.crews[area].wants_further(backup);
                continue;
            };
            travels[sent] = self.crews[area].travel(category, &mut travel_dice);
            others.response = others.response.min(travels[sent]);
            sent += 1;
            if let Sent::DivertedFrom(other) = unit {
                self.crew_lost(other, agenda);
            }
        }
        for _ in 0..wanted_spares {
            let crews = &mut self.crews[area];
            let Some(unit) = crews.send_spare(category, &mut nearest_dice, now) else { break };
            others.response = others.response.min(crews.travel(category, &mut travel_dice));
            others.spares += 1;
            if let Sent::DivertedFrom(other) = unit {
                self.crew_lost(other, agenda);
            }
        }
        others.is_alone = sent == 0 && others.spares == 0;
        let month = &mut self.statistics.ambulance[self.month][area];
        month.allocated[category.index()] += u64::from(others.spares);
        month.spend(Activity::Travelling, others.response.times(others.spares.into()));
        // whoever is first has the patient; the crew that was called first then comes as the other
        let first = travels[..sent].iter().position(|&travel| travel == others.response);
        for (i, travel) in travels[..sent].iter().enumerate() {
            let arrives = if first == Some(i) { own } else { *travel };
            self.stays_and_clears(record.area, category, record.key, arrives.max(others.response), agenda);
        }
        others
    }

    /// A crew that was asked for by another one sets out.
    fn help(&mut self, area: u16, backup: Backup, agenda: &mut Agenda) {
        let crews = &self.crews[usize::from(area)];
        let travel = crews.travel(backup.category, &mut backup.key.dice(Purpose::TravelOfOthers as u64));
        self.stays_and_clears(area, backup.category, backup.key, travel, agenda);
    }

    /// A further unit arrives after `travel`, stays for a part of the time on scene and is clear.
    fn stays_and_clears(
        &mut self,
        area: u16,
        category: Category,
        key: PersonKey,
        travel: Span,
        agenda: &mut Agenda,
    ) {
        let crews = &self.crews[usize::from(area)];
        let (_, on_scene) = on_scene(crews, key);
        let stays = Span::from_minutes(on_scene.as_minutes() * crews.config().further_unit_stays_share);
        let month = &mut self.statistics.ambulance[self.month][usize::from(area)];
        month.allocated[category.index()] += 1;
        month.arrived[category.index()] += 1;
        month.spend(Activity::Travelling, travel);
        month.spend(Activity::OnScene, stays);
        self.crew_clears(area, Crew::Core, travel + stays, agenda);
    }

    /// A crew without a patient is clear after a while.
    fn crew_clears(&mut self, area: u16, crew: Crew, after: Span, agenda: &mut Agenda) {
        self.crews_alone[usize::from(area)] += 1;
        agenda.after(after, Event::CrewClear { area, crew });
    }

    pub(in crate::system) fn crew_clear(&mut self, area: u16, crew: Crew, agenda: &mut Agenda) {
        self.crews_alone[usize::from(area)] -= 1;
        if crew == Crew::Core {
            self.takes_over(area, agenda);
        }
        self.crews[usize::from(area)].clear(crew, agenda.now());
        self.dispatch_waiting(area, crew, agenda);
    }

    /// A crew is about to fall free. If it is nearer to the call whose crew has farthest to go, the two change places: it
    /// goes there, and that crew is the one that is free.
    fn takes_over(&mut self, area: u16, agenda: &mut Agenda) {
        let now = agenda.now();
        let crews = &mut self.crews[usize::from(area)];
        let share = crews.config().nearer_crew_share;
        let farthest = crews.farthest_from_crew();
        let Some(patient) = farthest.filter(|_| share > 0.0) else { return };
        let record = &mut self.patients[patient];
        if !record.dice(Purpose::NearerCrew).happens(share) {
            return;
        }
        let travel = crews.travel(record.category, &mut record.dice(Purpose::TravelOfNearerCrew));
        let left = record.since.since(now);
        if travel >= left {
            return;
        }
        // the later arrival is void from now on
        record.since = now + travel;
        crews.takes_over(patient, record.since);
        let month = &mut self.statistics.ambulance[self.month][usize::from(area)];
        month.allocated[record.category.index()] += 1;
        month.taken_over[record.category.index()] += 1;
        month.give_back(Activity::Travelling, left);
        month.spend(Activity::Travelling, travel);
        agenda.after(travel, Event::AtScene(patient, record.stamp()));
    }

    /// A crew that has waited at the hospital since it arrived hands its patient over from now on,
    /// makes ready and is clear.
    pub(in crate::system) fn crew_leaves_hospital(
        &mut self,
        patient: PatientId,
        process: Span,
        making_ready: Span,
        agenda: &mut Agenda,
    ) {
        let record = &self.patients[patient];
        let (area, crew) = (record.area, record.crew);
        let waited = agenda.now().since(record.since);
        self.statistics.ambulance[self.month][usize::from(area)].at_hospital(waited, process, making_ready);
        self.crew_clears(area, crew, process + making_ready, agenda);
    }

    pub(in crate::system) fn at_scene(&mut self, patient: PatientId, stamp: u16, agenda: &mut Agenda) {
        let now = agenda.now();
        let is_expected = |record: &&Patient| record.stage == Stage::CrewOnTheWay && record.since == now;
        let Some(record) = self.patients.if_present(patient, stamp).filter(is_expected).copied() else {
            return;
        };
        let area = record.area;
        let crews = &mut self.crews[usize::from(area)];
        crews.arrives(patient);
        (0..record.spare_units).for_each(|_| crews.clear(Crew::Core, now));
        let month = &mut self.statistics.ambulance[self.month][usize::from(area)];
        let response = now.since(record.arrived);
        month.response(record.category, response);
        // calls were set against the waits of these, by published figures: those of others are in the same line
        if record.category != Category::Other {
            month.ring_backs += response.as_hours() * crews.config().ring_back_per_hour;
        }
        let (outcome, scene) = on_scene(crews, record.key);
        let config = crews.config();
        month.spend(Activity::OnScene, scene);
        let on_the_road = || minutes(&config.to_hospital_minutes, &mut record.dice(Purpose::ToHospital));
        let handing_over =
            || minutes(&config.handover_process_minutes, &mut record.dice(Purpose::HandoverProcess));
        let making_ready = || minutes(&config.make_ready_minutes, &mut record.dice(Purpose::MakeReady));
        let record = &mut self.patients[patient];
        let (crew, spare_units) = (record.crew, record.spare_units);
        (record.stage, record.spare_units) = (Stage::WithCrew, 0);
        match outcome {
            Outcome::ConveyedToEd => {
                month.conveyed_to_ed += 1;
                let road = on_the_road();
                month.spend(Activity::ToHospital, road);
                agenda.after(scene + road, Event::AtHospital(patient));
            }
            Outcome::ConveyedElsewhere => {
                month.conveyed_elsewhere += 1;
                let (road, handover, ready) = (on_the_road(), handing_over(), making_ready());
                month.spend(Activity::ToHospital, road);
                month.spend(Activity::HandingOver, handover);
                month.spend(Activity::MakingReady, ready);
                self.patients.discharge(patient);
                self.crew_clears(area, crew, scene + road + handover + ready, agenda);
            }
            Outcome::SeeAndTreat => {
                month.see_and_treat += 1;
                let ready = making_ready();
                month.spend(Activity::MakingReady, ready);
                self.patients.discharge(patient);
                self.crew_clears(area, crew, scene + ready, agenda);
            }
        }
        if spare_units > 0 {
            self.dispatch_waiting(area, Crew::Core, agenda);
        }
    }
}

/// Further units of one incident at most.
const MOST_FURTHER_UNITS: u8 = 8;

/// What goes to an incident with the first crew.
struct Others {
    /// When the first of all arrives.
    response: Span,
    /// Units that are stood down then.
    spares: u8,
    /// Whether nobody else goes.
    is_alone: bool,
}

/// From the call until it is found to have become as urgent as a C2 call.
fn escalates_after(crews: &AmbulanceService, record: &Patient) -> Span {
    Span::from_minutes(exponential(crews.config().escalates_after_minutes, record.dice(Purpose::Escalates)))
}

/// The class in which a call waits now, or would.
fn class_now(crews: &AmbulanceService, record: &Patient, now: Time) -> usize {
    let class = record.category.dispatch_class();
    let as_c2 = Category::C2.dispatch_class();
    let is_escalated = class > as_c2 && now.since(record.arrived) >= escalates_after(crews, record);
    if is_escalated { as_c2 } else { class }
}

/// What becomes of a patient and how long the crew is on scene.
fn on_scene(crews: &AmbulanceService, key: PersonKey) -> (Outcome, Span) {
    let outcome = crews.outcome(key.dice(Purpose::SceneOutcome as u64).uniform());
    let law = match outcome {
        Outcome::SeeAndTreat => &crews.config().on_scene_treated_minutes,
        _ => &crews.config().on_scene_conveyed_minutes,
    };
    (outcome, minutes(law, &mut key.dice(Purpose::OnScene as u64)))
}
