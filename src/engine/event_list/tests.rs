//! Order, cancellation and the ends of the clock, against a sorted list.

use super::*;
use proptest::prelude::*;

fn drain(list: &mut EventList<u32>) -> Vec<(u64, u32)> {
    std::iter::from_fn(|| list.pop()).map(|(t, e)| (t.as_millis(), e)).collect()
}

#[test]
fn equal_times_fire_by_turn_then_in_the_order_scheduled() {
    let mut list = EventList::new();
    let noon = Time::from_millis(7);
    list.push(noon, Turn::Census, 5);
    list.push(noon, Turn::Arrival, 3);
    list.push(noon, Turn::Arrival, 4);
    list.push(noon, Turn::Completion, 1);
    list.push(noon, Turn::Capacity, 0);
    list.push(noon, Turn::Completion, 2);
    assert_eq!(drain(&mut list).iter().map(|e| e.1).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
}

#[test]
fn order_survives_the_sequence_numbers_running_out() {
    for mut list in [EventList::new(), EventList::with_far_future(Span::from_millis(10))] {
        list.next_sequence = SEQUENCE_LIMIT - 3;
        for (turn, events) in [(Turn::Arrival, 5..10), (Turn::Completion, 0..5)] {
            events.for_each(|event| list.push(Time::from_millis(25), turn, event));
        }
        let order: Vec<u32> = drain(&mut list).iter().map(|e| e.1).collect();
        assert_eq!(order, (0..10).collect::<Vec<_>>());
    }
}

#[test]
fn times_near_the_end_of_the_clock_keep_their_order() {
    let mut list = EventList::new();
    list.push(Time::NEVER, Turn::Completion, 2);
    list.push(Time::from_millis(u64::MAX - 1), Turn::Census, 1);
    assert_eq!(drain(&mut list).iter().map(|e| e.1).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn events_beyond_the_last_bucket_keep_their_order() {
    let mut list = EventList::with_far_future(Span::from_millis(1));
    let times = [u64::MAX, 3, 10_000_000, 9_999_999, 5_000, 4_999, 1_000_000_000_000];
    times.iter().zip(0_u32..).for_each(|(&t, e)| list.push(Time::from_millis(t), Turn::Completion, e));
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    assert_eq!(drain(&mut list).iter().map(|e| e.0).collect::<Vec<_>>(), sorted);
    assert!(list.is_empty());
}

#[test]
fn a_ticket_cancels_its_own_event_once() {
    let mut list = EventList::new();
    let first = list.push_cancellable(Time::from_millis(1), Turn::Completion, 1);
    let second = list.push_cancellable(Time::from_millis(2), Turn::Arrival, 2);
    assert_eq!((list.cancel(first), list.cancel(first), list.len()), (Some(1), None, 1));
    let third = list.push_cancellable(Time::from_millis(1), Turn::Completion, 3);
    assert_eq!(list.next_time(), Some(Time::from_millis(1)));
    assert_eq!(list.pop().map(|(_, event)| event), Some(3));
    let fourth = list.push_cancellable(Time::from_millis(9), Turn::Completion, 4);
    assert_eq!((list.cancel(third), list.cancel(second)), (None, Some(2)), "the slot has another event");
    assert_eq!(list.next_time(), Some(Time::from_millis(9)));
    assert_eq!((list.cancel(fourth), list.is_empty(), list.next_time()), (Some(4), true, None));
    assert_eq!(list.pop(), None);
}

#[test]
fn cancelled_events_do_not_fill_the_memory() {
    for mut list in [EventList::new(), EventList::with_far_future(Span::from_millis(10))] {
        for now in 0..10_000_u32 {
            let ticket = list.push_cancellable(Time::from_millis(1_000_000), Turn::Abandonment, now);
            list.push(Time::from_millis(u64::from(now)), Turn::Completion, now);
            assert_eq!(list.cancel(ticket), Some(now));
            assert_eq!(list.pop(), Some((Time::from_millis(u64::from(now)), now)));
        }
        assert!(list.is_empty() && list.cancellable.slots.len() < 3 * FEW_CANCELLED);
    }
}

proptest! {
    #[test]
    fn cancelled_events_never_happen_and_all_others_do(
        steps in prop::collection::vec((0_u64..2_000, 0_u8..8, any::<bool>()), 1..2_000),
        width in 0_u64..200,
    ) {
        let mut list = match width {
            0 => EventList::new(),
            _ => EventList::with_far_future(Span::from_millis(width)),
        };
        let mut model: Vec<(u64, Turn, u32, Ticket)> = Vec::new();
        let mut now = 0;
        for (label, (number, action, is_arrival)) in (0_u32..).zip(steps) {
            let first = (0..model.len()).min_by_key(|&i| (model[i].0, model[i].1, model[i].2));
            match action {
                0 => {
                    let expected = first.map(|i| model.remove(i));
                    prop_assert_eq!(list.next_time(), expected.map(|entry| Time::from_millis(entry.0)));
                    let popped = list.pop().map(|(time, event)| (time.as_millis(), event));
                    prop_assert_eq!(popped, expected.map(|entry| (entry.0, entry.2)));
                    now = popped.map_or(now, |entry| entry.0);
                    prop_assert!(expected.is_none_or(|entry| list.cancel(entry.3).is_none()));
                }
                1..=3 if !model.is_empty() => {
                    let (_, _, event, ticket) = model.remove(number as usize % model.len());
                    prop_assert_eq!(list.cancel(ticket), Some(event));
                    prop_assert_eq!(list.cancel(ticket), None);
                }
                _ => {
                    let turn = if is_arrival { Turn::Arrival } else { Turn::Completion };
                    let time = now + number;
                    let ticket = list.push_cancellable(Time::from_millis(time), turn, label);
                    model.push((time, turn, label, ticket));
                }
            }
            prop_assert_eq!(list.len(), model.len());
        }
        model.sort_unstable_by_key(|&(time, turn, event, _)| (time, turn, event));
        let left: Vec<(u64, u32)> = model.iter().map(|&(time, _, event, _)| (time, event)).collect();
        prop_assert_eq!(drain(&mut list), left);
    }

    /// Times of any order, many of them equal, in every window of the clock and at its end.
    #[test]
    fn events_before_the_last_one_and_beyond_the_window_keep_their_order(
        steps in prop::collection::vec((0_u8..6, 0_u64..4, 0_u8..3, any::<bool>()), 1..300),
        has_far_future in any::<bool>(),
    ) {
        let width = Span::from_millis(WINDOW / 5);
        let mut list = if has_far_future { EventList::with_far_future(width) } else { EventList::new() };
        let mut model: Vec<(u64, Turn, u32)> = Vec::new();
        for (label, (place, offset, action, is_arrival)) in (0_u32..).zip(steps) {
            if action == 0 {
                let expected = model.iter().copied().min();
                prop_assert_eq!(list.next_time(), expected.map(|entry| Time::from_millis(entry.0)));
                let popped = list.pop().map(|(time, event)| (time.as_millis(), event));
                prop_assert_eq!(popped, expected.map(|(time, _, event)| (time, event)));
                model.retain(|&entry| Some(entry) != expected);
            } else {
                let edge = [0, 1_000, WINDOW - 2, WINDOW + 5, 3 * WINDOW, u64::MAX - 3][usize::from(place)];
                let turn = if is_arrival { Turn::Arrival } else { Turn::Completion };
                list.push(Time::from_millis(edge + offset), turn, label);
                model.push((edge + offset, turn, label));
            }
            prop_assert_eq!(list.len(), model.len());
        }
        model.sort_unstable();
        let left: Vec<(u64, u32)> = model.iter().map(|&(time, _, event)| (time, event)).collect();
        prop_assert_eq!(drain(&mut list), left);
    }

    #[test]
    fn any_mix_of_pushes_and_pops_comes_out_sorted(
        steps in prop::collection::vec((0_u64..200, any::<bool>(), any::<bool>()), 1..400),
        width in 0_u64..20,
    ) {
        let mut list = match width {
            0 => EventList::new(),
            _ => EventList::with_far_future(Span::from_millis(width)),
        };
        let mut model: Vec<(u64, Turn, u32)> = Vec::new();
        let mut now = 0;
        for (label, (ahead, is_pop, is_arrival)) in (0_u32..).zip(steps) {
            let time = now + ahead;
            if is_pop {
                let expected = model.iter().copied().min();
                let popped = list.pop().map(|(t, e)| (t.as_millis(), e));
                prop_assert_eq!(popped, expected.map(|(t, _, e)| (t, e)));
                model.retain(|&entry| Some(entry) != expected);
                now = expected.map_or(now, |entry| entry.0);
            } else {
                let turn = if is_arrival { Turn::Arrival } else { Turn::Completion };
                list.push(Time::from_millis(time), turn, label);
                model.push((time, turn, label));
            }
            prop_assert_eq!(list.len(), model.len());
        }
        model.sort_unstable();
        let left: Vec<(u64, u32)> = model.iter().map(|&(t, _, e)| (t, e)).collect();
        prop_assert_eq!(drain(&mut list), left);
    }
}
