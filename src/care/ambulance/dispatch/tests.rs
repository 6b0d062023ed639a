use super::super::tests::{ask, config, service};
use super::*;
use crate::random::Stream;
use crate::units::Span;

const NOW: Time = Time::ZERO;
const IDLE: Sent = Sent::Idle(Crew::Core);

fn calls(service: &mut AmbulanceService, crew: Crew) -> Vec<u32> {
    std::iter::from_fn(|| match service.next(crew, NOW) {
        Some(Next::Call(patient, _)) => Some(patient.0),
        _ => None,
    })
    .collect()
}

#[test]
fn reserved_crews_go_to_life_threatening_calls_only() {
    let mut service = service(AmbulanceConfig { reserve_share: 0.5, ..config(2.0) });
    assert_eq!(ask(&mut service, 0, Category::C2), IDLE);
    assert!(matches!(ask(&mut service, 1, Category::C2), Sent::Waits(_)));
    assert_eq!(ask(&mut service, 2, Category::C1), IDLE);
}

#[test]
fn an_escalated_call_goes_before_those_of_its_own_category() {
    let mut service = service(config(1.0));
    ask(&mut service, 0, Category::C2);
    ask(&mut service, 1, Category::C3);
    let Sent::Waits(place) = ask(&mut service, 2, Category::C3) else {
        panic!("the only crew is busy");
    };
    service.escalate(place);
    service.clear(Crew::Core, NOW);
    assert_eq!(calls(&mut service, Crew::Core), [2]);
}

#[test]
fn the_crew_sent_last_to_the_least_urgent_call_is_diverted() {
    let mut service = service(config(4.0));
    let sent = [Category::C2, Category::C3, Category::C3, Category::C4];
    for (patient, category) in (0..).zip(sent) {
        assert_eq!(ask(&mut service, patient, category), IDLE);
        service.sets_out(PatientId(patient), category.dispatch_class(), NOW);
    }
    // nobody is idle: C2 takes the C4 crew, then the later C3 crew; one that has arrived stays
    service.arrives(PatientId(1));
    let diverted = |service: &mut AmbulanceService, patient, category| match ask(service, patient, category) {
        Sent::DivertedFrom(other) => Some(other.0),
        _ => None,
    };
    assert_eq!(diverted(&mut service, 10, Category::C2), Some(3));
    assert_eq!(diverted(&mut service, 11, Category::C2), Some(2));
    assert_eq!(diverted(&mut service, 12, Category::C2), None);
    // the one that is still on its way
    assert_eq!(diverted(&mut service, 13, Category::C1), Some(0));
    assert_eq!(diverted(&mut service, 14, Category::C1), None);
    assert_eq!((service.units().busy(), service.divertible()), (4, 0));
}

/// Three crews on their way to C3 calls, each able to turn round with one half: 1 - 1/8 of C2 calls get one of them,
/// the last in one half of all, the first in one eighth (4,000 calls; |t| at most 3.5).
#[test]
fn each_crew_on_its_way_turns_round_by_itself() {
    let calls = 4000.0_f64;
    let mut taken = [0.0; 3];
    for i in 0..calls as u64 {
        let mut service = service(AmbulanceConfig { divertible_share: 0.5, ..config(3.0) });
        for patient in 0..3 {
            ask(&mut service, patient, Category::C3);
            service.sets_out(PatientId(patient), 2, NOW);
        }
        let mut dice = Stream::of_seed(1).person(i).dice(0);
        if let Sent::DivertedFrom(other) = service.request(PatientId(3), Category::C2, &mut dice, NOW) {
            taken[other.0 as usize] += 1.0;
        }
    }
    for (count, expected) in taken.into_iter().zip([0.125, 0.25, 0.5]) {
        let t = (count / calls - expected) / (expected * (1.0 - expected) / calls).sqrt();
        assert!(t.abs() < 3.5, "{taken:?}: t = {t}");
    }
}

#[test]
fn a_call_that_loses_its_crew_goes_to_the_front_of_its_class() {
    let mut service = service(config(1.0));
    ask(&mut service, 0, Category::C3);
    service.sets_out(PatientId(0), 2, NOW);
    ask(&mut service, 1, Category::C3);
    assert_eq!(ask(&mut service, 2, Category::C2), Sent::DivertedFrom(PatientId(0)));
    assert!(matches!(service.lose_crew(PatientId(0), 2, NOW), Request::Queued(_)));
    service.clear(Crew::Core, NOW);
    assert_eq!(calls(&mut service, Crew::Core), [0]);
    assert_eq!(service.units().busy(), 1);
}

#[test]
fn a_c1_call_takes_the_nearer_of_idle_crews_and_crews_on_their_way() {
    // three idle, one on its way: it is the nearest in a quarter of cases
    let diverted = (0..4000)
        .filter(|&i| {
            let mut service = service(config(4.0));
            ask(&mut service, 0, Category::C2);
            service.sets_out(PatientId(0), 1, NOW);
            let mut dice = Stream::of_seed(1).person(i).dice(0);
            matches!(
                service.request(PatientId(1), Category::C1, &mut dice, NOW),
                Sent::DivertedFrom(PatientId(0))
            )
        })
        .count();
    // standard error 27
    assert!((900..1100).contains(&diverted), "{diverted}");
}

#[test]
fn the_call_that_is_farthest_from_its_crew_is_not_so_after_a_nearer_one_has_taken_over() {
    let mut service = service(config(3.0));
    assert_eq!(service.farthest_from_crew(), None);
    let minute = |minutes| NOW + Span::MINUTE.times(minutes);
    for (patient, arrives, class) in [(0, 30, 3), (1, 20, 2), (2, 40, 0)] {
        service.sets_out(PatientId(patient), class, minute(arrives));
    }
    // a crew on its way to C1 is left alone
    assert_eq!(service.farthest_from_crew(), Some(PatientId(0)));
    service.takes_over(PatientId(0), minute(10));
    assert_eq!(service.farthest_from_crew(), Some(PatientId(1)));
    service.arrives(PatientId(1));
    assert_eq!(service.farthest_from_crew(), Some(PatientId(0)));
}

#[test]
fn further_units_go_before_new_calls_of_their_class_while_they_are_wanted() {
    let backup = |category, asked| Backup { asked, category, key: Stream::of_seed(1).person(0) };
    let mut service = service(config(1.0));
    ask(&mut service, 0, Category::C2);
    ask(&mut service, 1, Category::C1);
    ask(&mut service, 2, Category::C2);
    let mut dice = Stream::of_seed(1).dice();
    assert_eq!(service.send_further(Category::C2, &mut dice, NOW), None);
    assert_eq!(service.send_spare(Category::C2, &mut dice, NOW), None);
    service.wants_further(backup(Category::C2, NOW));
    service.clear(Crew::Core, NOW);
    assert_eq!(service.next(Crew::Core, NOW), Some(Next::Call(PatientId(1), Crew::Core)));
    service.clear(Crew::Core, NOW);
    assert_eq!(service.next(Crew::Core, NOW), Some(Next::Help(backup(Category::C2, NOW))));
    service.wants_further(backup(Category::C2, NOW));
    service.clear(Crew::Core, NOW);
    let late = Time::ZERO + Span::from_minutes(31.0);
    assert_eq!(service.next(Crew::Core, late), Some(Next::Call(PatientId(2), Crew::Core)));
    assert_eq!(service.next(Crew::Core, late), None);
}

#[test]
fn auxiliary_crews_answer_only_calls_of_their_categories() {
    let mut service = service(config(1.0));
    service.set_auxiliary(Auxiliary::FromC3, 1.0, 0.0);
    service.change_shift(0, 0.0, 0.0, NOW);
    let auxiliary = Crew::Auxiliary(Auxiliary::FromC3);
    assert_eq!(ask(&mut service, 0, Category::C2), IDLE);
    assert!(matches!(ask(&mut service, 1, Category::C2), Sent::Waits(_)));
    assert_eq!(ask(&mut service, 2, Category::C3), Sent::Idle(auxiliary));
    assert!(matches!(ask(&mut service, 3, Category::C4), Sent::Waits(_)));
    service.clear(auxiliary, NOW);
    assert_eq!(calls(&mut service, auxiliary), [3]);
    service.clear(auxiliary, NOW);
    assert!(calls(&mut service, auxiliary).is_empty());
    assert_eq!(service.auxiliary(), (1, 0));
}

#[test]
fn absence_takes_crews_off_duty() {
    let on_duty =
        |absence_share| service(AmbulanceConfig { absence_share, ..config(200.0) }).units.capacity();
    assert_eq!((on_duty(0.0), on_duty(0.09)), (200, 182));
    let mut service = service(config(200.0));
    service.set_added_crews(20.0);
    service.change_shift(5, 0.0, 0.0, NOW);
    assert_eq!(service.units().capacity(), 220);
}
