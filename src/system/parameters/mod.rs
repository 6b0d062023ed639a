//! The parameters of behaviour: how long things take, how many go where, what bends under load.
//!
//! This file is the one list of them. To add a parameter, write it here -- its documentation, unit and
//! allowed range -- and give its value, interval and source in every pack's `parameters.toml`.

mod declare;
mod parameter;

pub use parameter::{Parameter, ParameterError, ParameterSpec, ProviderTable};

use crate::system::providers::ProviderGroup;
use declare::{parameters, provider_parameters};

parameters! {
    /// Ambulance services.
    ambulance: AmbulanceParameters {
        /// Mean time from dispatch until the crew is moving.
        mobilisation_minutes: "min" in 0.0..=30.0,
        /// Travel to scene that does not depend on how many crews are idle: `a` in `a + b / sqrt(idle share)`.
        travel_fixed_minutes: "min" in 0.0..=60.0,
        /// `b` in `a + b / sqrt(idle share)`, the square-root law of travel.
        travel_scale_minutes: "min" in 0.0..=60.0,
        /// Idle share below which travel grows no longer: a freed crew is then sent to a near call.
        travel_least_idle_share: "share" in 0.001..=1.0,
        /// Coefficient of variation of travel time.
        travel_cv: "ratio" in 0.0..=3.0,
        /// Travel to C2 calls relative to C1.
        travel_factor_c2: "ratio" in 0.2..=5.0,
        /// Travel to C3 and C4 calls relative to C1.
        travel_factor_c3: "ratio" in 0.2..=5.0,
        /// Mean time on scene with a patient who is then conveyed.
        on_scene_conveyed_minutes: "min" in 1.0..=240.0,
        /// Mean time on scene with a patient who is treated there.
        on_scene_treated_minutes: "min" in 1.0..=240.0,
        /// Coefficient of variation of time on scene.
        on_scene_cv: "ratio" in 0.0..=3.0,
        /// Mean time from scene to hospital.
        to_hospital_minutes: "min" in 1.0..=240.0,
        /// Coefficient of variation of the way to hospital.
        to_hospital_cv: "ratio" in 0.0..=3.0,
        /// Mean time to hand a patient over once the department is ready for it.
        handover_process_minutes: "min" in 0.0..=120.0,
        /// Coefficient of variation of handing over.
        handover_process_cv: "ratio" in 0.0..=3.0,
        /// Mean time from handover, or from leaving the scene, until the crew is clear.
        make_ready_minutes: "min" in 0.0..=120.0,
        /// Share of crews on duty kept free of calls less urgent than C1.
        reserve_share: "share" in 0.0..=0.5,
        /// Mean wait after which a call less urgent than C2 is found to have become as urgent (exponential).
        escalates_after_minutes: "min" in 1.0..=10000.0,
        /// Share of crews on their way to a call that could turn round to a more urgent one.
        divertible_share: "share" in 0.0..=1.0,
        /// Share of calls less urgent than C1 that a crew which falls free nearer takes over from the one on its way.
        nearer_crew_share: "share" in 0.0..=1.0,
        /// Units that arrive on scene for each C1 incident.
        units_arriving_c1: "units" in 1.0..=9.0,
        /// The same for C2.
        units_arriving_c2: "units" in 1.0..=9.0,
        /// The same for C3 and incidents without a category.
        units_arriving_c3: "units" in 1.0..=9.0,
        /// The same for C4.
        units_arriving_c4: "units" in 1.0..=9.0,
        /// Units sent to a C1 incident besides that are stood down when the first arrives.
        spare_units_c1: "units" in 0.0..=8.0,
        /// The same for C2, while some are idle and nobody waits.
        spare_units_c2: "units" in 0.0..=8.0,
        /// The same for C3, C4 and incidents without a category.
        spare_units_c3: "units" in 0.0..=8.0,
        /// How long a further unit stays on scene, as a share of the time of the first.
        further_unit_stays_share: "share" in 0.0..=1.0,
        /// How long a further unit is waited for if none can be sent at once.
        further_unit_wanted_minutes: "min" in 0.0..=600.0,
        /// Share of rostered crews that do not come because staff are absent.
        absence_share: "share" in 0.0..=0.9,
        /// Clinicians at the hear-and-treat desk for each 100 rostered crews.
        desk_clinicians_per_100_crews: "clinicians" in 0.0..=100.0,
        /// Wait after which a call is due to be rung back by a clinician.
        desk_rings_back_after_minutes: "min" in 0.0..=1440.0,
        /// Mean time of a review by a clinician, writing up included.
        desk_review_minutes: "min" in 1.0..=240.0,
        /// Coefficient of variation of a review.
        desk_review_cv: "ratio" in 0.0..=3.0,
        /// Share of waiting C2 calls that a clinician may review; C3 and C4 all.
        desk_reviews_c2_share: "share" in 0.0..=1.0,
        /// Share of reviewed C2 calls closed by phone.
        desk_closed_share_c2: "share" in 0.0..=1.0,
        /// Share of reviewed C3 and C4 calls closed by phone.
        desk_closed_share_c3: "share" in 0.0..=1.0,
        /// 999 calls answered for each incident, callers who ring back left out: some incidents come without a call.
        first_calls_per_incident: "calls" in 0.0..=10.0,
        /// Calls of a waiting caller who asks where the crew is, for each hour between call and arrival.
        ring_back_per_hour: "calls/h" in 0.0..=20.0,
        /// Incidents by hour of the day: height of the wave with one peak, relative to the mean.
        incident_day_swing: "ratio" in 0.0..=1.0,
        /// Hour of its peak.
        incident_peak_hour: "h" in 0.0..=24.0,
        /// Height of the wave with two peaks a day, relative to the mean.
        incident_half_day_swing: "ratio" in 0.0..=1.0,
        /// Hour of its first peak.
        incident_half_day_peak_hour: "h" in 0.0..=24.0,
        /// Share of crews whose shifts follow demand over the day; the rest is flat.
        roster_follows_demand: "share" in 0.0..=1.0,
        /// Incidents on a Saturday or Sunday for each on a weekday.
        weekend_incidents: "ratio" in 0.0..=10.0,
        /// Crews rostered on a Saturday or Sunday for each on a weekday.
        weekend_crews: "ratio" in 0.0..=10.0,
        /// Day-to-day variation of demand beyond Poisson, coefficient of variation.
        day_effect_cv: "ratio" in 0.0..=1.0,
    }

    /// Type 1 emergency departments.
    emergency: EmergencyParameters {
        /// Cubicles and resuscitation bays for each 100 patients a day who need one, in a department of average speed.
        cubicles_per_100_daily_majors: "places" in 1.0..=100.0,
        /// Mean time in a resuscitation bay, boarding included.
        resuscitation_minutes: "min" in 1.0..=2000.0,
        /// Share of their time for which resuscitation bays are planned to be used.
        resuscitation_utilisation: "share" in 0.05..=1.0,
        /// Corridor places for patients of waiting crews, as a share of cubicles.
        corridor_share: "share" in 0.0..=1.0,
        /// Share of walk-in patients who need to be seen at once.
        walk_in_immediate_share: "share" in 0.0..=1.0,
        /// Share of walk-in patients who need to be seen within minutes.
        walk_in_very_urgent_share: "share" in 0.0..=1.0,
        /// Share of walk-in patients who need a cubicle but can wait.
        walk_in_urgent_share: "share" in 0.0..=1.0,
        /// Share of ambulance patients who need to be seen at once.
        ambulance_immediate_share: "share" in 0.0..=1.0,
        /// Share of ambulance patients who need to be seen within minutes.
        ambulance_very_urgent_share: "share" in 0.0..=1.0,
        /// Share of ambulance patients who need a cubicle but can wait.
        ambulance_urgent_share: "share" in 0.0..=1.0,
        /// Share of children among walk-in patients, except in children's hospitals.
        walk_in_child_share: "share" in 0.0..=1.0,
        /// Share of children among ambulance patients, except in children's hospitals.
        ambulance_child_share: "share" in 0.0..=1.0,
        /// Share of children who are admitted.
        child_admitted_share: "share" in 0.0..=1.0,
        /// Relative probability that an adult seen at once is admitted.
        admission_weight_immediate: "ratio" in 0.0..=10.0,
        /// Relative probability that a very urgent adult is admitted.
        admission_weight_very_urgent: "ratio" in 0.0..=10.0,
        /// Relative probability that an urgent adult is admitted.
        admission_weight_urgent: "ratio" in 0.0..=10.0,
        /// Relative probability that an adult with a minor problem is admitted.
        admission_weight_minor: "ratio" in 0.0..=10.0,
        /// Mean decision-making clinician time with a patient in a cubicle.
        majors_clinician_minutes: "min" in 1.0..=240.0,
        /// Part of that time spent on the decision, after tests and treatment.
        review_share_of_clinician_time: "share" in 0.0..=0.9,
        /// Mean clinician time with a patient with a minor problem.
        minors_clinician_minutes: "min" in 1.0..=240.0,
        /// Coefficient of variation of clinician time.
        clinician_cv: "ratio" in 0.0..=3.0,
        /// Mean time for tests and treatment in a cubicle.
        majors_tests_minutes: "min" in 1.0..=480.0,
        /// Mean time for tests and treatment of a minor problem.
        minors_tests_minutes: "min" in 0.0..=480.0,
        /// Coefficient of variation of tests and treatment.
        tests_cv: "ratio" in 0.0..=3.0,
        /// Mean time from the arrival of a crew at a cohort place to its handover.
        cohort_handover_minutes: "min" in 0.0..=120.0,
        /// Mean extra travel to another hospital of the same care system than the nearest.
        detour_same_system_minutes: "min" in 0.0..=240.0,
        /// Mean extra travel to a hospital of another care system in the area of the ambulance service.
        detour_elsewhere_minutes: "min" in 0.0..=240.0,
        /// Coefficient of variation of extra travel.
        detour_cv: "ratio" in 0.0..=3.0,
        /// Share of adults to be admitted without a night in hospital whom same-day emergency care can take from arrival.
        same_day_share: "share" in 0.0..=1.0,
        /// Hour of the day from which same-day emergency care takes patients.
        same_day_opens_hour: "h" in 0.0..=24.0,
        /// Hour of the day from which it takes no more.
        same_day_last_arrival_hour: "h" in 0.0..=24.0,
        /// Hours a day for which it is open.
        same_day_open_hours: "h" in 0.5..=24.0,
        /// Mean time in same-day emergency care.
        same_day_minutes: "min" in 1.0..=1000.0,
        /// Coefficient of variation of time in same-day emergency care.
        same_day_cv: "ratio" in 0.0..=3.0,
        /// Share of the time open for which its places are planned to be used.
        same_day_utilisation: "share" in 0.05..=1.0,
        /// Time from arrival until a patient leaves the department for it.
        same_day_streaming_minutes: "min" in 0.0..=240.0,
        /// Hour of the day from which patients come to urgent treatment centres.
        urgent_treatment_opens_hour: "h" in 0.0..=24.0,
        /// Hour of the day from which they come no more.
        urgent_treatment_closes_hour: "h" in 0.0..=24.0,
        /// Mean clinician time with a patient of an urgent treatment centre.
        urgent_treatment_clinician_minutes: "min" in 1.0..=240.0,
        /// Mean time for tests and treatment there, after the clinician.
        urgent_treatment_tests_minutes: "min" in 0.0..=480.0,
        /// Utilisation of clinicians of urgent treatment centres at average demand.
        urgent_treatment_utilisation: "share" in 0.1..=1.0,
        /// Utilisation of clinicians for patients in cubicles at average demand.
        majors_clinician_utilisation: "share" in 0.1..=1.0,
        /// Utilisation of clinicians for minor problems at average demand.
        minors_clinician_utilisation: "share" in 0.1..=1.0,
        /// Share of clinicians whose shifts follow arrivals over the day; the rest is flat.
        roster_follows_demand: "share" in 0.0..=1.0,
        /// Day-to-day variation of walk-in attendances beyond Poisson, coefficient of variation.
        day_effect_cv: "ratio" in 0.0..=1.0,
    }

    /// Hospital wards.
    ward: WardParameters {
        /// Mean stay of emergency patients who stay a night or more, admission to departure.
        emergency_stay_days: "d" in 0.5..=60.0,
        /// Share of emergency stays of a night or more that last over 14 days.
        emergency_stays_over_14_days_share: "share" in 0.0..=0.9,
        /// Share of emergency stays of a night or more that are short.
        short_stay_share: "share" in 0.0..=0.95,
        /// Most frequent clinical length of those.
        short_stay_mode_hours: "h" in 1.0..=240.0,
        /// Coefficient of variation of those.
        short_stay_cv: "ratio" in 0.05..=3.0,
        /// How many times as long outliers stay.
        outlier_stay_factor: "ratio" in 0.5..=3.0,
        /// Share of adult emergency patients who usually outlie, so that the mean stay contains them.
        outliers_usual_share: "share" in 0.0..=1.0,
        /// Share of adult emergency patients who belong on a surgical ward.
        surgical_share: "share" in 0.0..=1.0,
        /// Adult beds that exist but are closed for want of staff, as a share of those open.
        unstaffed_beds_share: "share" in 0.0..=0.5,
        /// How far adults who need a bed for the night follow emergency admissions from month to month:
        /// 1 in proportion, 0 not at all.
        overnight_follows_admissions: "power" in 0.0..=1.0,
        /// Share of adult emergency patients who are admitted again within 30 days of leaving.
        readmitted_share: "share" in 0.0..=0.5,
        /// Mean stay of elective patients who stay a night or more.
        elective_stay_days: "d" in 0.5..=60.0,
        /// Coefficient of variation of elective stays.
        elective_stay_cv: "ratio" in 0.0..=5.0,
        /// Mean stay of children who stay a night or more.
        paediatric_stay_days: "d" in 0.5..=30.0,
        /// Coefficient of variation of children's stays.
        paediatric_stay_cv: "ratio" in 0.0..=5.0,
        /// Mean time in adult critical care.
        critical_care_days: "d" in 0.2..=60.0,
        /// Coefficient of variation of time in critical care.
        critical_care_cv: "ratio" in 0.0..=5.0,
        /// Mean time from the departure of a patient to the bed being ready for the next.
        bed_turnaround_hours: "h" in 0.0..=48.0,
        /// Mean time from grant of a bed to leaving the emergency department.
        transfer_minutes: "min" in 0.0..=600.0,
        /// Hour of the day at which patients are found ready to leave.
        ward_round_hour: "h" in 0.0..=23.0,
        /// From coming to the department to lying down in a bed, of those who stay the night.
        hours_until_in_bed: "h" in 0.0..=24.0,
        /// Earliest hour at which patients leave on the day they may.
        leaving_hour_least: "h" in 0.0..=23.0,
        /// Most frequent hour at which patients leave.
        leaving_hour_mode: "h" in 0.0..=23.0,
        /// Latest hour at which patients leave.
        leaving_hour_greatest: "h" in 0.0..=23.5,
        /// Share of those due to be found ready on a Monday, or held up until then, for whom it is decided that day.
        decided_share_monday: "share" in 0.0..=1.0,
        /// Share of those due to be found ready on a Tuesday, or held up until then, for whom it is decided that day.
        decided_share_tuesday: "share" in 0.0..=1.0,
        /// Share of those due to be found ready on a Wednesday, or held up until then, for whom it is decided that day.
        decided_share_wednesday: "share" in 0.0..=1.0,
        /// Share of those due to be found ready on a Thursday, or held up until then, for whom it is decided that day.
        decided_share_thursday: "share" in 0.0..=1.0,
        /// Share of those due to be found ready on a Friday, or held up until then, for whom it is decided that day.
        decided_share_friday: "share" in 0.0..=1.0,
        /// Share of those due to be found ready on a Saturday, or held up until then, for whom it is decided that day.
        decided_share_saturday: "share" in 0.0..=1.0,
        /// Share of those due to be found ready on a Sunday, or held up until then, for whom it is decided that day; bank holidays are the same.
        decided_share_sunday: "share" in 0.0..=1.0,
        /// Share of adult general and acute beds kept for elective surgery.
        ring_fence_share: "share" in 0.0..=0.5,
        /// Share of usable adult beds that were taken, cleaning included, in the months up to the starting list.
        usable_beds_taken_share: "share" in 0.5..=1.0,
        /// Day-to-day variation of direct admissions beyond Poisson, coefficient of variation.
        day_effect_cv: "ratio" in 0.0..=1.0,
        /// Share of adult emergency patients going home without new support who could be looked after on a virtual ward.
        virtual_ward_share: "share" in 0.0..=1.0,
        /// Share of the clinical stay after which they can.
        virtual_ward_after: "share" in 0.0..=1.0,
        /// Days on the virtual ward for each hospital day saved.
        virtual_ward_days_per_day_saved: "ratio" in 0.2..=10.0,
        /// Share of adult emergency admissions that a virtual ward with places could take on instead.
        step_up_share: "share" in 0.0..=1.0,
        /// Mean stay on the virtual ward of a patient taken on instead of an admission.
        step_up_days: "d" in 0.5..=60.0,
        /// Such virtual admissions for each hospital admission avoided.
        step_up_admissions_per_admission_avoided: "ratio" in 1.0..=10.0,
    }

    /// Flu and Covid beyond the load that the parameters of wards already contain.
    infection: InfectionParameters {
        /// Share of the recorded load that acts: 1 all of it, 0 none.
        share_that_acts: "share" in 0.0..=1.0,
        /// How much longer emergency patients with flu stay.
        flu_extra_stay_days: "d" in 0.0..=30.0,
        /// How much longer emergency patients with Covid stay.
        covid_extra_stay_days: "d" in 0.0..=30.0,
        /// Beds closed to others for each patient with flu or Covid beyond the usual.
        beds_closed_per_patient: "beds" in 0.0..=2.0,
    }

    /// Discharge and care outside hospital.
    discharge: DischargeParameters {
        /// Share of adult emergency patients who go home with a care package.
        pathway_1_share: "share" in 0.0..=1.0,
        /// Share who go to a community bed.
        pathway_2_share: "share" in 0.0..=1.0,
        /// Share who go to a care home.
        pathway_3_share: "share" in 0.0..=1.0,
        /// Share of those remaining who wait for home care.
        delayed_for_pathway_1_share: "share" in 0.0..=1.0,
        /// Share of those remaining who wait for intermediate care.
        delayed_for_pathway_2_share: "share" in 0.0..=1.0,
        /// Share of those remaining who wait for a care home.
        delayed_for_pathway_3_share: "share" in 0.0..=1.0,
        /// Share of delays on pathways 1 to 3 that is waiting for a place; the rest is arranging.
        capacity_share_of_delay: "share" in 0.0..=1.0,
        /// Coefficient of variation of arranging time.
        arranging_cv: "ratio" in 0.0..=5.0,
        /// Share of patients on pathway 0 who are delayed by hospital processes.
        process_delay_share: "share" in 0.01..=1.0,
        /// Home-care visits a day at the start of a package.
        visits_a_day_first: "visits/d" in 1.0..=24.0,
        /// The same at its end; the number falls linearly between them.
        visits_a_day_last: "visits/d" in 1.0..=24.0,
        /// Share of patients in community beds who go home with home care after it.
        pathway_2_then_1_share: "share" in 0.0..=0.5,
        /// Share of them who go on to a care home.
        pathway_2_then_3_share: "share" in 0.0..=0.5,
        /// Mean time for which a care package is filled.
        pathway_1_days: "d" in 1.0..=365.0,
        /// Mean time for which a community bed is filled.
        pathway_2_days: "d" in 1.0..=365.0,
        /// Mean time until a placement becomes long-term and is funded otherwise.
        pathway_3_days: "d" in 1.0..=365.0,
        /// Coefficient of variation of time in a place.
        days_in_place_cv: "ratio" in 0.0..=5.0,
        /// Mean time until something else is found for a patient waiting for home care.
        pathway_1_found_elsewhere_days: "d" in 1.0..=365.0,
        /// The same for a community bed.
        pathway_2_found_elsewhere_days: "d" in 1.0..=365.0,
        /// The same for a care home.
        pathway_3_found_elsewhere_days: "d" in 1.0..=365.0,
    }

    /// Planned care.
    elective: ElectiveParameters {
        /// Share of theatre places at acute trusts that are lost to cancellations for want of a bed, before the winter.
        cancelled_for_beds_usual_share: "share" in 0.0..=0.5,
        /// Share of admitted pathways that need a bed overnight; the others are day cases.
        overnight_share: "share" in 0.0..=1.0,
        /// Operations with a night's stay on a list, which is half a day of a theatre.
        overnight_operations_per_list: "operations" in 0.1..=20.0,
        /// Day cases on a list.
        day_cases_per_list: "operations" in 0.1..=20.0,
        /// Operations with a night's stay on a Friday, relative to other weekdays.
        friday_overnight_operations: "ratio" in 0.0..=2.0,
        /// The same of day cases.
        friday_day_cases: "ratio" in 0.0..=2.0,
        /// Lists for which there is a theatre and no staff, relative to those that are held.
        unstaffed_theatre_share: "share" in 0.0..=1.0,
        /// Share of operations put off on the day for other reasons than beds.
        operations_put_off_share: "share" in 0.0..=0.5,
        /// Share of outpatient slots that are by video or telephone.
        virtual_attendance_share: "share" in 0.0..=1.0,
        /// Share of attendances for which that will do.
        can_be_virtual_share: "share" in 0.0..=1.0,
        /// Share of outpatient appointments missed.
        missed_appointment_share: "share" in 0.0..=0.5,
        /// Of those who miss one, the share who are sent back to who referred them.
        removed_when_missed_share: "share" in 0.0..=1.0,
        /// Time until the next date of a routine patient who missed an appointment or was put off.
        rebooked_days: "d" in 0.0..=120.0,
        /// Share of routine patients of eligible treatment functions who are fit for an independent hospital.
        independent_fit_share: "share" in 0.0..=1.0,
        /// Share of those who are willing to go there.
        independent_willing_share: "share" in 0.0..=1.0,
        /// From the offer of an independent hospital to the operation.
        independent_booking_days: "d" in 0.0..=120.0,
        /// Share of new clocks that will end in admission.
        admitted_route_share: "share" in 0.0..=1.0,
        /// Share with a decision to admit among those on the starting list within 18 weeks.
        decided_share_within_18w: "share" in 0.0..=1.0,
        /// The same among those over 18 weeks.
        decided_share_over_18w: "share" in 0.0..=1.0,
        /// Share of the others who will be admitted.
        undecided_admitted_share: "share" in 0.0..=1.0,
        /// Share of the others within 18 weeks who wait for their first attendance.
        first_share_within_18w: "share" in 0.0..=1.0,
        /// The same among those over 18 weeks.
        first_share_over_18w: "share" in 0.0..=1.0,
        /// Share of the others who wait for a test; the rest wait for a review.
        starting_tests_share: "share" in 0.0..=1.0,
        /// Pathways of the starting list that have just joined, relative to the mean of those within 18 weeks.
        starting_newest: "ratio" in 0.0..=10.0,
        /// Weeks in which their number at each age comes 1/e nearer to its floor.
        starting_decay_within_18w: "weeks" in 0.1..=1000.0,
        /// Pathways of the starting list waiting just over 18 weeks, relative to the mean of 18 to 52 weeks.
        starting_just_over_18w: "ratio" in 0.0..=10.0,
        /// The same as the decay within 18 weeks, from 18 to 52 weeks.
        starting_decay_within_52w: "weeks" in 0.1..=1000.0,
        /// Share of removals that are referrals refused within four weeks.
        refused_share_of_removals: "share" in 0.0..=1.0,
        /// Share of removals without treatment that are made among those over 52 weeks; the rest are made among all.
        long_wait_share_of_removals: "share" in 0.0..=1.0,
        /// Share of removals that are made among those over 18 weeks, beyond those; the rest are made among all.
        late_share_of_removals: "share" in 0.0..=1.0,
        /// Share of new clocks for suspected or known cancer.
        cancer_share: "share" in 0.0..=1.0,
        /// Share of new clocks on the admitted route that are urgent.
        urgent_admitted_share: "share" in 0.0..=1.0,
        /// The same on the non-admitted route.
        urgent_nonadmitted_share: "share" in 0.0..=1.0,
        /// Time from referral until a cancer patient can be seen.
        cancer_booking_days: "d" in 0.0..=120.0,
        /// Time from referral until an urgent patient can be seen.
        urgent_booking_days: "d" in 0.0..=120.0,
        /// Share who need a test after the first attendance.
        test_share: "share" in 0.0..=1.0,
        /// Share of those tested and not to be admitted whose clock stops by letter on the result.
        by_letter_share: "share" in 0.0..=1.0,
        /// Share of the others who need a second attendance.
        review_share: "share" in 0.0..=1.0,
        /// Time from a test to its result.
        results_days: "d" in 0.0..=120.0,
        /// Time from the first attendance until a review without a test.
        review_days: "d" in 0.0..=120.0,
        /// Time from the decision to admit until the pre-operative check is done.
        preoperative_days: "d" in 0.0..=120.0,
        /// Share of routine patients whose operation is put off for clinical reasons.
        clinical_delay_share: "share" in 0.0..=1.0,
        /// Share of routine patients who ask for a later date.
        own_choice_share: "share" in 0.0..=1.0,
        /// Time for which those are held up.
        delay_days: "d" in 0.0..=120.0,
        /// Decisions to admit for each admission that theatres allow.
        decisions_per_admission: "ratio" in 0.5..=2.0,
        /// Share of routine admitted treatment that goes to the longest waiters.
        longest_first_admitted_share: "share" in 0.0..=1.0,
        /// The same for non-admitted treatment.
        longest_first_nonadmitted_share: "share" in 0.0..=1.0,
        /// Months before a promise of the recovery plan falls due at which work towards it begins.
        long_wait_lead_months: "months" in 0.0..=24.0,
        /// Clearing goes on as if a promise fell due so many days later.
        long_wait_late_days: "d" in 0.0..=365.0,
        /// Greatest share of a day's places that goes to keeping such a promise.
        long_wait_most_share: "share" in 0.0..=1.0,
        /// Part of the time to a promise within which whoever would break it is to be seen first.
        promise_seen_by_part: "share" in 0.0..=1.0,
        /// The same until they are to be reviewed.
        promise_reviewed_by_part: "share" in 0.0..=1.0,
        /// Working days over which the places set aside for promises grow to what these ask for.
        promise_set_aside_days: "d" in 1.0..=250.0,
        /// Share of routine patients who are not called in early to keep a promise: by choice, or too complex.
        excepted_share: "share" in 0.0..=1.0,
        /// Mean time until whoever is over a limit that has fallen due, as an exception, is called in for it after all.
        exceptions_last_days: "d" in 1.0..=3650.0,
        /// First attendances a working day that earlier promises had set aside for the longest waiters on the first day, for
        /// every thousand over 78 weeks at the provider.
        starting_set_aside_first_per_1000: "places/d" in 0.0..=1000.0,
        /// The same of reviews and operations.
        starting_set_aside_later_per_1000: "places/d" in 0.0..=1000.0,
    }

    /// Diagnostic tests.
    diagnostics: DiagnosticsParameters {
        /// Tests done in a month of 21 working days, England.
        tests_per_month: "tests" in 0.0..=1e8,
        /// Tests waited for at the start, England.
        waiting_list: "tests" in 0.0..=1e8,
        /// Mean wait of those waiting at the start.
        waited_days: "d" in 0.0..=365.0,
        /// Share of tests for emergency care and patients in hospital.
        emergency_share: "share" in 0.0..=1.0,
        /// Requests beyond the tests done, as a share of them.
        list_growth_share: "share" in -0.5..=0.5,
        /// Tests that the staff there are can do, for each that the machines can do.
        staffed_share: "share" in 0.5..=2.0,
        /// Share of routine slots that go to the longest waiters.
        longest_first_share: "share" in 0.0..=1.0,
    }

    /// Pressure valves: what bends when queues grow.
    pressure: PressureParameters {
        /// Waiting calls for each crew on duty from which more clinicians come to the hear-and-treat desk.
        hear_and_treat_from: "calls" in 0.0..=10.0,
        /// Waiting calls for each crew on duty at which this is at its limit.
        hear_and_treat_full_at: "calls" in 0.01..=20.0,
        /// Greatest addition to the clinicians at the desk.
        hear_and_treat_most: "ratio" in 0.0..=10.0,
        /// Mean time for which C3 and C4 callers wait for a crew before they cancel.
        cancel_call_hours: "h" in 0.1..=1000.0,
        /// The same for C2 callers.
        cancel_call_c2_hours: "h" in 0.1..=1000.0,
        /// Waiting calls for each crew from which crews stay on after their shift.
        crew_overtime_from: "calls" in 0.0..=10.0,
        /// Waiting calls for each crew at which overtime is at its limit.
        crew_overtime_full_at: "calls" in 0.01..=20.0,
        /// Greatest addition to crews on duty by overtime.
        crew_overtime_most: "share" in 0.0..=1.0,
        /// Patients waiting for each cubicle from which crews take patients to another hospital of the catchment.
        divert_from: "patients" in 0.0..=100.0,
        /// Greatest extra travel of a divert.
        divert_limit_minutes: "min" in 0.0..=300.0,
        /// Wait after which a crew may leave its patient in a corridor place.
        release_to_respond_minutes: "min" in 0.0..=600.0,
        /// Share of the crews of a dispatch area at hospital doors from which on overdue crews leave though the corridor is full.
        rapid_release_from: "share" in 0.0..=1.0,
        /// Patients waiting for a clinician, for each clinician for minor problems, from which people stay away.
        stay_away_from: "patients" in 0.0..=100.0,
        /// The same at which this is at its limit.
        stay_away_full_at: "patients" in 0.01..=200.0,
        /// Greatest share of people with minor problems who stay away.
        stay_away_most: "share" in 0.0..=1.0,
        /// Share of walk-in patients who will leave if they wait too long for a clinician.
        impatient_share: "share" in 0.0..=1.0,
        /// Mean time for which those are willing to wait.
        patience_minutes: "min" in 1.0..=6000.0,
        /// Boarders for each adult bed from which escalation beds open.
        escalation_from: "patients" in 0.0..=1.0,
        /// Boarders for each adult bed at which all escalation beds are open.
        escalation_full_at: "patients" in 0.001..=2.0,
        /// Escalation beds beyond those counted as open, as a share of beds.
        escalation_most: "share" in 0.0..=0.5,
        /// Boarders for each adult bed from which stays are shortened.
        earlier_discharge_from: "patients" in 0.0..=1.0,
        /// Boarders for each adult bed at which this is at its limit.
        earlier_discharge_full_at: "patients" in 0.001..=2.0,
        /// Greatest shortening of the clinical stay beyond an ordinary short one.
        earlier_discharge_most: "share" in 0.0..=0.5,
        /// Share by which this usually shortened the clinical stays whose mean was published.
        earlier_discharge_usual: "share" in 0.0..=0.5,
        /// Boarders for each adult bed from which emergencies take ring-fenced elective beds.
        outlying_from: "patients" in 0.0..=1.0,
        /// Boarders for each adult bed from which emergencies take beds of the other specialty.
        outlying_between_from: "patients" in 0.0..=1.0,
        /// Time from the decision to open escalation beds until they are staffed.
        escalation_delay_hours: "h" in 0.0..=168.0,
        /// Greatest share of beds beyond those they are there for that staff can cover.
        escalation_staff_most: "share" in 0.0..=0.5,
    }
}

provider_parameters! {
    /// Share of incidents closed by telephone when crews are not short.
    HearAndTreatBaseShare: "hear_and_treat_base_share", AmbulanceServices, "share of incidents" in 0.0..=1.0;
    /// Mean wait of C2 calls before the winter until a crew is sent.
    UsualWaitC2: "usual_wait_c2_minutes", AmbulanceServices, "min" in 0.0..=1440.0;
    /// The same for C3 calls.
    UsualWaitC3: "usual_wait_c3_minutes", AmbulanceServices, "min" in 0.0..=1440.0;
    /// Share of face-to-face incidents conveyed to an emergency department.
    ConveyedToEdShare: "conveyed_to_ed_share", AmbulanceServices,
        "share of face-to-face incidents" in 0.0..=1.0;
    /// Share of face-to-face incidents conveyed elsewhere.
    ConveyedElsewhereShare: "conveyed_elsewhere_share", AmbulanceServices,
        "share of face-to-face incidents" in 0.0..=1.0;
    /// Crews rostered, mean over the week; those absent are not yet taken off.
    AmbulanceUnits: "ambulance_units", AmbulanceServices, "crews rostered" in 0.0..=10000.0;
    /// Adult general and acute beds occupied before the winter.
    AdultGaOccupiedBeds: "adult_ga_occupied_beds", AcuteTrusts, "beds" in 0.0..=100000.0;
    /// Paediatric general and acute beds occupied before the winter.
    PaediatricGaOccupiedBeds: "paediatric_ga_occupied_beds", AcuteTrusts, "beds" in 0.0..=100000.0;
    /// Adult critical care beds occupied before the winter.
    AdultCriticalCareOccupiedBeds: "adult_critical_care_occupied_beds", AcuteTrusts, "beds" in 0.0..=100000.0;
    /// Speed of tests and treatment in the emergency department against the average one.
    EdEfficiency: "ed_efficiency", AcuteTrusts, "ratio" in 0.05..=20.0;
    /// Patients in hospital with no criteria to reside, at the end of the day, before the winter.
    RemainingNotMeetingCriteria: "remaining_not_meeting_criteria", CareSystems, "patients" in 0.0..=100000.0;
}

/// Parts of one whole, by provider: where their sum exceeds 1, the pack is refused.
pub(crate) const PARTS_OF_ONE: &[&[ProviderParameter]] =
    &[&[ProviderParameter::ConveyedToEdShare, ProviderParameter::ConveyedElsewhereShare]];
