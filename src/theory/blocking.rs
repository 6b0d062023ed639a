//! The whole chain from 999 call to community place, when a patient who cannot move on blocks the
//! place behind: crews, ED bays, ward beds and community places.

use super::error::{TheoryError, check, not_negative, positive, share};
use super::markov::Chain;

/// A chain of care. A part that is absent has rate 0, or `None` for community places (which are then
/// never short).
///
/// Rules. A call takes a free crew at once, or waits if fewer than `call_queue` wait, or is lost. The
/// crew's job ends at the door of the ED; the crew stays with the patient until a bay is free. Walk-ins
/// wait for a bay if fewer than `waiting_room` wait, or leave; crews go first. After treatment a share
/// `admitted` needs a ward bed and stays in the bay until one is free. Electives take a free bed or are
/// cancelled. After the ward a share `to_community` needs a community place and stays in the bed until
/// one is free. All durations are exponential; whatever comes free goes to the longest waiting at once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BlockingFlow {
    /// Calls per unit of time.
    pub calls: f64,
    /// Crews.
    pub crews: u32,
    /// Mean job of a crew up to the door [time units].
    pub mean_job: f64,
    /// Most calls that may wait.
    pub call_queue: u32,
    /// Walk-ins per unit of time.
    pub walk_ins: f64,
    /// Most walk-ins that may wait.
    pub waiting_room: u32,
    /// Bays.
    pub bays: u32,
    /// Mean treatment [time units].
    pub mean_treatment: f64,
    /// Share of ED patients who need a ward bed \[0-1\].
    pub admitted: f64,
    /// Ward beds.
    pub beds: u32,
    /// Mean ward stay [time units].
    pub mean_stay: f64,
    /// Electives per unit of time.
    pub electives: f64,
    /// Share of ward patients who need a community place \[0-1\].
    pub to_community: f64,
    /// Community places; `None` if they are never short.
    pub places: Option<u32>,
    /// Mean community stay [time units].
    pub mean_community: f64,
}

/// What a [`BlockingFlow`] does in the long run. A mean over nobody is not a number (NaN).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FlowAnswers {
    /// Share of calls lost \[0-1\].
    pub prob_call_lost: f64,
    /// Share of calls that find no free crew \[0-1\].
    pub prob_no_free_crew: f64,
    /// Mean time from call to crew, of calls not lost [time units].
    pub mean_call_wait: f64,
    /// Mean time from door to bay of crews' patients [time units].
    pub mean_handover_delay: f64,
    /// Share of crews' patients who wait at the door \[0-1\].
    pub prob_handover_delayed: f64,
    /// Mean number of crews held at the door.
    pub mean_crews_held: f64,
    /// Share of crew time on a job or at the door \[0-1\].
    pub crew_utilisation: f64,
    /// Share of walk-ins who leave at once \[0-1\].
    pub prob_walk_in_lost: f64,
    /// Mean wait of other walk-ins for a bay [time units].
    pub mean_walk_in_wait: f64,
    /// Mean number of walk-ins waiting.
    pub mean_walk_in_queue: f64,
    /// Mean number in treatment.
    pub mean_in_treatment: f64,
    /// Share of time with every bay taken \[0-1\].
    pub prob_bays_full: f64,
    /// Mean number boarding in bays.
    pub mean_boarding: f64,
    /// Mean time boarding of patients who need a bed [time units].
    pub mean_boarding_time: f64,
    /// Share of patients needing a bed who board \[0-1\].
    pub prob_boards: f64,
    /// Share of time with two or more boarding \[0-1\].
    pub prob_two_boarding: f64,
    /// Share of beds taken \[0-1\].
    pub ward_occupancy: f64,
    /// Patients a unit of time who turn out to need a bed.
    pub admission_rate: f64,
    /// Share of electives cancelled \[0-1\].
    pub prob_elective_cancelled: f64,
    /// Mean number in beds who wait for a community place.
    pub mean_delayed: f64,
    /// Mean delay of patients who need a community place [time units].
    pub mean_discharge_delay: f64,
    /// Share of patients needing a community place who are delayed \[0-1\].
    pub prob_discharge_delayed: f64,
    /// Share of community places taken \[0-1\].
    pub community_occupancy: f64,
    /// States of the chain.
    pub states: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Flow {
    calls_waiting: u32,
    on_job: u32,
    at_door: u32,
    walk_ins_waiting: u32,
    treated: u32,
    boarding: u32,
    in_ward: u32,
    delayed: u32,
    in_community: u32,
}

impl BlockingFlow {
    /// Solves the chain. Avi-Itzhak and Yadin (1965) for the first tandem with blocking after service.
    ///
    /// ```
    /// use nhs_capacity::theory::BlockingFlow;
    /// // Crews, bays, a ward, and three community places against five.
    /// let tight = BlockingFlow {
    ///     calls: 1.0, crews: 3, mean_job: 1.0, call_queue: 3, walk_ins: 0.5, waiting_room: 2,
    ///     bays: 3, mean_treatment: 1.2, admitted: 0.45, beds: 5, mean_stay: 5.0, electives: 0.0,
    ///     to_community: 0.4, places: Some(3), mean_community: 9.0,
    /// };
    /// let eased = BlockingFlow { places: Some(5), ..tight };
    /// let (before, after) = (tight.solve()?, eased.solve()?);
    /// // two places at the far end take a quarter of an hour off the handover at the door
    /// assert!((before.mean_handover_delay - 0.586).abs() < 5e-4);
    /// assert!((after.mean_handover_delay - 0.336).abs() < 5e-4);
    /// # Ok::<(), nhs_capacity::theory::TheoryError>(())
    /// ```
    ///
    /// # Errors
    /// If a parameter is out of range or there are too many states.
    pub fn solve(&self) -> Result<FlowAnswers, TheoryError> {
        self.check()?;
        let chain = Chain::explore(Flow::default(), |state| self.moves(state))?;
        let p = chain.stationary()?;
        let mean = |value: fn(&Flow) -> u32| p.mean(|s| f64::from(value(s)));
        let walks_away = |s: &Flow| self.bays_full(s) && s.walk_ins_waiting == self.waiting_room;
        let call_lost = |s: &Flow| self.crews_out(s) && s.calls_waiting == self.call_queue;
        let community_full = |s: &Flow| self.places.is_some_and(|places| s.in_community >= places);
        // mean of value over the states in which is_so, as a share of its mean over all
        let weighted = |value: fn(&Flow) -> u32, is_so: &dyn Fn(&Flow) -> bool| {
            p.mean(|s| if is_so(s) { f64::from(value(s)) } else { 0.0 }) / mean(value)
        };
        let (prob_call_lost, prob_walk_in_lost) = (p.probability(call_lost), p.probability(walks_away));
        let job_rate = mean(|s| s.on_job) / self.mean_job;
        let admission_rate = mean(|s| s.treated) / self.mean_treatment * self.admitted;
        let community_rate = mean(|s| s.in_ward) / self.mean_stay * self.to_community;
        Ok(FlowAnswers {
            prob_call_lost,
            prob_no_free_crew: p.probability(|s| self.crews_out(s)),
            mean_call_wait: mean(|s| s.calls_waiting) / (self.calls * (1.0 - prob_call_lost)),
            mean_handover_delay: mean(|s| s.at_door) / job_rate,
            prob_handover_delayed: weighted(|s| s.on_job, &|s| self.bays_full(s)),
            mean_crews_held: mean(|s| s.at_door),
            crew_utilisation: mean(|s| s.on_job + s.at_door) / f64::from(self.crews),
            prob_walk_in_lost,
            mean_walk_in_wait: mean(|s| s.walk_ins_waiting) / (self.walk_ins * (1.0 - prob_walk_in_lost)),
            mean_walk_in_queue: mean(|s| s.walk_ins_waiting),
            mean_in_treatment: mean(|s| s.treated),
            prob_bays_full: p.probability(|s| self.bays_full(s)),
            mean_boarding: mean(|s| s.boarding),
            mean_boarding_time: mean(|s| s.boarding) / admission_rate,
            prob_boards: weighted(|s| s.treated, &|s| self.ward_full(s)),
            prob_two_boarding: p.probability(|s| s.boarding >= 2),
            ward_occupancy: mean(|s| s.in_ward + s.delayed) / f64::from(self.beds),
            admission_rate,
            prob_elective_cancelled: p.probability(|s| self.ward_full(s)),
            mean_delayed: mean(|s| s.delayed),
            mean_discharge_delay: mean(|s| s.delayed) / community_rate,
            prob_discharge_delayed: weighted(|s| s.in_ward, &community_full),
            community_occupancy: mean(|s| s.in_community) / self.places.map_or(f64::NAN, f64::from),
            states: chain.states().len(),
        })
    }

    fn check(&self) -> Result<(), TheoryError> {
        for (name, rate) in
            [("calls", self.calls), ("walk_ins", self.walk_ins), ("electives", self.electives)]
        {
            not_negative(name, rate)?;
        }
        let arriving = self.calls + self.walk_ins + self.electives;
        check("calls, walk-ins and electives", arriving, arriving > 0.0, "above 0 together")?;
        check(
            "crews",
            f64::from(self.crews),
            self.calls == 0.0 || self.crews > 0,
            "at least 1 if there are calls",
        )?;
        check("bays", f64::from(self.bays), self.bays > 0, "at least 1")?;
        check("beds", f64::from(self.beds), self.beds > 0, "at least 1")?;
        for (name, mean) in [
            ("mean_job", self.mean_job),
            ("mean_treatment", self.mean_treatment),
            ("mean_stay", self.mean_stay),
            ("mean_community", self.mean_community),
        ] {
            positive(name, mean)?;
        }
        share("admitted", self.admitted)?;
        share("to_community", self.to_community)?;
        let places = self.places.unwrap_or(1);
        check("places", f64::from(places), places > 0, "at least 1, or none at all")?;
        Ok(())
    }

    fn crews_out(&self, s: &Flow) -> bool {
        s.on_job + s.at_door >= self.crews
    }

    fn bays_full(&self, s: &Flow) -> bool {
        s.treated + s.boarding >= self.bays
    }

    fn ward_full(&self, s: &Flow) -> bool {
        s.in_ward + s.delayed >= self.beds
    }

    fn moves(&self, s: &Flow) -> Vec<(Flow, f64)> {
        let mut moves = vec![];
        let mut add = |rate: f64, change: &dyn Fn(&mut Flow)| {
            if rate > 0.0 {
                let mut next = *s;
                change(&mut next);
                self.settle(&mut next);
                moves.push((next, rate));
            }
        };
        if !self.crews_out(s) || s.calls_waiting < self.call_queue {
            add(self.calls, &|next| next.calls_waiting += 1);
        }
        if !self.bays_full(s) || s.walk_ins_waiting < self.waiting_room {
            add(self.walk_ins, &|next| next.walk_ins_waiting += 1);
        }
        if !self.ward_full(s) {
            add(self.electives, &|next| next.in_ward += 1);
        }
        add(f64::from(s.on_job) / self.mean_job, &|next| {
            next.on_job -= 1;
            next.at_door += 1;
        });
        let treated = f64::from(s.treated) / self.mean_treatment;
        add(treated * (1.0 - self.admitted), &|next| next.treated -= 1);
        add(treated * self.admitted, &|next| {
            next.treated -= 1;
            next.boarding += 1;
        });
        let discharged = f64::from(s.in_ward) / self.mean_stay;
        add(discharged * (1.0 - self.to_community), &|next| next.in_ward -= 1);
        add(discharged * self.to_community, &|next| {
            next.in_ward -= 1;
            next.delayed += 1;
        });
        add(f64::from(s.in_community) / self.mean_community, &|next| next.in_community -= 1);
        moves
    }

    // Everybody who can move on does, from the far end back to the calls.
    fn settle(&self, s: &mut Flow) {
        while s.delayed > 0 && self.places.is_none_or(|places| s.in_community < places) {
            s.delayed -= 1;
            // where places are never short, nobody needs to count who is in them
            s.in_community += u32::from(self.places.is_some());
        }
        while s.boarding > 0 && !self.ward_full(s) {
            s.boarding -= 1;
            s.in_ward += 1;
        }
        while !self.bays_full(s) && s.at_door + s.walk_ins_waiting > 0 {
            if s.at_door > 0 {
                s.at_door -= 1;
            } else {
                s.walk_ins_waiting -= 1;
            }
            s.treated += 1;
        }
        while s.calls_waiting > 0 && !self.crews_out(s) {
            s.calls_waiting -= 1;
            s.on_job += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::within;

    const ED_AND_WARD: BlockingFlow = BlockingFlow {
        calls: 0.0,
        crews: 0,
        mean_job: 1.0,
        call_queue: 0,
        walk_ins: 3.0,
        waiting_room: 6,
        bays: 5,
        mean_treatment: 1.2,
        admitted: 0.35,
        beds: 10,
        mean_stay: 9.0,
        electives: 0.0,
        to_community: 0.0,
        places: None,
        mean_community: 1.0,
    };
    const CREWS: BlockingFlow = BlockingFlow {
        calls: 1.6,
        crews: 4,
        mean_job: 1.1,
        call_queue: 6,
        walk_ins: 0.0,
        waiting_room: 0,
        bays: 4,
        mean_treatment: 1.4,
        admitted: 0.5,
        beds: 6,
        mean_stay: 6.0,
        ..ED_AND_WARD
    };
    const WHOLE_CHAIN: BlockingFlow = BlockingFlow {
        calls: 1.0,
        crews: 3,
        mean_job: 1.0,
        call_queue: 3,
        walk_ins: 0.5,
        waiting_room: 2,
        bays: 3,
        mean_treatment: 1.2,
        admitted: 0.45,
        beds: 5,
        mean_stay: 5.0,
        electives: 0.0,
        to_community: 0.4,
        places: Some(3),
        mean_community: 9.0,
    };

    // the cases carry eight digits
    fn all_agree(values: &[(f64, f64)]) {
        values.iter().for_each(|&(actual, value)| within(actual, value, 6e-8 * value.max(0.1)));
    }

    /// flow2-01 to flow2-03.
    #[test]
    fn boarding_matches_the_cases() {
        let with_electives = BlockingFlow {
            walk_ins: 2.5,
            waiting_room: 5,
            mean_treatment: 1.3,
            admitted: 0.4,
            beds: 9,
            mean_stay: 6.0,
            electives: 0.4,
            ..ED_AND_WARD
        };
        for (flow, states, values) in [
            (
                ED_AND_WARD,
                177,
                [
                    0.095262649,
                    0.63602877,
                    1.726317,
                    3.2570545,
                    0.59436536,
                    0.82312295,
                    0.86646873,
                    0.43593589,
                    0.24911941,
                    0.8549768,
                    0.94997422,
                ],
            ),
            (
                BlockingFlow { beds: 12, ..ED_AND_WARD },
                201,
                [
                    0.041651082,
                    0.37404949,
                    1.0754098,
                    3.4500561,
                    0.47250827,
                    0.32237546,
                    0.32036792,
                    0.2157894,
                    0.095544648,
                    0.75469977,
                    1.0062664,
                ],
            ),
            (
                with_electives,
                150,
                [
                    0.036433467,
                    0.30108164,
                    0.72528048,
                    3.1315912,
                    0.39897806,
                    0.41587385,
                    0.43159848,
                    0.34914665,
                    0.11956193,
                    0.80868523,
                    0.96356653,
                ],
            ),
        ] {
            let answers = flow.solve().unwrap();
            assert_eq!(answers.states, states);
            let actual = [
                answers.prob_walk_in_lost,
                answers.mean_walk_in_wait,
                answers.mean_walk_in_queue,
                answers.mean_in_treatment,
                answers.prob_bays_full,
                answers.mean_boarding,
                answers.mean_boarding_time,
                answers.prob_boards,
                answers.prob_two_boarding,
                answers.ward_occupancy,
                answers.admission_rate,
            ];
            all_agree(&actual.into_iter().zip(values).collect::<Vec<_>>());
        }
        all_agree(&[(with_electives.solve().unwrap().prob_elective_cancelled, 0.37634674)]);
    }

    /// flow3-01 and flow3-02.
    #[test]
    fn handover_delay_matches_the_cases() {
        for (beds, states, values) in [
            (
                6,
                869,
                [
                    0.032051656,
                    0.34383655,
                    0.49569836,
                    0.45966195,
                    0.40723506,
                    0.71188644,
                    0.60386888,
                    2.1682043,
                    0.44514055,
                    0.61552229,
                    0.79488008,
                    0.40457433,
                    0.19113135,
                    0.77435868,
                    0.77435868,
                ],
            ),
            (
                7,
                958,
                [
                    0.011237038,
                    0.24818128,
                    0.25682381,
                    0.26464689,
                    0.30990438,
                    0.41867687,
                    0.53972492,
                    2.214829,
                    0.33185015,
                    0.28476748,
                    0.36000473,
                    0.23228178,
                    0.084836614,
                    0.67800889,
                    0.79101037,
                ],
            ),
        ] {
            let answers = BlockingFlow { beds, ..CREWS }.solve().unwrap();
            assert_eq!(answers.states, states);
            let actual = [
                answers.prob_call_lost,
                answers.prob_no_free_crew,
                answers.mean_call_wait,
                answers.mean_handover_delay,
                answers.prob_handover_delayed,
                answers.mean_crews_held,
                answers.crew_utilisation,
                answers.mean_in_treatment,
                answers.prob_bays_full,
                answers.mean_boarding,
                answers.mean_boarding_time,
                answers.prob_boards,
                answers.prob_two_boarding,
                answers.ward_occupancy,
                answers.admission_rate,
            ];
            all_agree(&actual.into_iter().zip(values).collect::<Vec<_>>());
        }
    }

    /// flow4-01 and flow4-02.
    #[test]
    fn the_whole_chain_matches_the_cases() {
        for (places, states, values) in [
            (
                3,
                5364,
                [
                    0.048142865,
                    0.33018169,
                    0.58555155,
                    0.51218512,
                    0.50307285,
                    0.19930043,
                    1.3125477,
                    0.55449464,
                    0.91125869,
                    0.38270189,
                    0.74952745,
                    0.7051717,
                    2.897205,
                    0.73019174,
                    0.4785644,
                ],
            ),
            (
                5,
                6846,
                [
                    0.016537596,
                    0.16012291,
                    0.335786,
                    0.42658099,
                    0.43789844,
                    0.10264766,
                    0.70621699,
                    0.26743606,
                    0.41497546,
                    0.25794831,
                    0.65687239,
                    0.062050182,
                    0.24070522,
                    0.4640129,
                    0.087185721,
                ],
            ),
        ] {
            let answers = BlockingFlow { places: Some(places), ..WHOLE_CHAIN }.solve().unwrap();
            assert_eq!(answers.states, states);
            let actual = [
                answers.prob_call_lost,
                answers.mean_call_wait,
                answers.mean_handover_delay,
                answers.prob_handover_delayed,
                answers.crew_utilisation,
                answers.prob_walk_in_lost,
                answers.mean_walk_in_wait,
                answers.mean_boarding,
                answers.mean_boarding_time,
                answers.prob_boards,
                answers.ward_occupancy,
                answers.mean_delayed,
                answers.mean_discharge_delay,
                answers.community_occupancy,
                answers.prob_discharge_delayed,
            ];
            all_agree(&actual.into_iter().zip(values).collect::<Vec<_>>());
        }
    }

    #[test]
    fn missing_parts_are_refused_where_they_are_needed() {
        assert!(BlockingFlow { walk_ins: 0.0, ..ED_AND_WARD }.solve().is_err());
        assert!(BlockingFlow { crews: 0, ..CREWS }.solve().is_err());
        assert!(BlockingFlow { places: Some(0), ..WHOLE_CHAIN }.solve().is_err());
        assert!(BlockingFlow { mean_stay: f64::NAN, ..ED_AND_WARD }.solve().is_err());
    }
}
