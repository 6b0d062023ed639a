//! Replications run on any number of threads give the same bytes.

#![allow(missing_docs, clippy::expect_used)]

#[allow(dead_code)]
#[path = "../benches/workloads/mod.rs"]
mod workloads;

use rayon::prelude::*;
use workloads::{Form, Ready, Workload};

/// All answers, to the last digit.
fn answers(form: Form, threads: usize) -> String {
    let ready = Ready::new(Workload::W3, form).expect("the workload is in order");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads can be had");
    let all: Vec<_> = pool.install(|| {
        let run = |replication| ready.run(2_000, 1, replication).expect("the workload runs");
        (0..16_u64).into_par_iter().map(run).collect()
    });
    format!("{all:?}")
}

#[test]
fn one_thread_and_several_give_the_same_bytes() {
    for form in [Form::Model, Form::Described] {
        let alone = answers(form, 1);
        assert_eq!(alone, answers(form, 2), "{form:?}");
        assert_eq!(alone, answers(form, 3), "{form:?}");
    }
}
