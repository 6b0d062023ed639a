//! Speed beside other programs: one of four standard queues, and one line of JSON.
//!
//! ```sh
//! cargo run --release --example workloads -- W3 1000000 1        # a model on the engine
//! cargo run --release --example workloads -- W3net 1000000 1     # the same, described as data
//! cargo run --release --example workloads -- W3 100000 1 64 2    # 64 replications on 2 threads
//! ```
//!
//! `W1` is M/M/1, `W2` M/M/100, `W2L` the same with lognormal service, and `W3` an emergency
//! department whose bays are held until a bed is free: see `benches/README.md`. The suffix `ref` runs
//! the plain version against which the others are measured.

#[path = "../benches/workloads/mod.rs"]
mod workloads;

use rayon::prelude::*;
use serde_json::json;
use std::error::Error;
use std::time::Instant;
use workloads::{Answer, Chain, Form, Ready, Workload};

fn main() -> Result<(), Box<dyn Error>> {
    let given: Vec<String> = std::env::args().skip(1).collect();
    if given.len() > 5 {
        return Err("workloads W N SEED [REPS THREADS]: at most five arguments".into());
    }
    let text = |place: usize, default: &str| given.get(place).map_or(default, String::as_str).to_owned();
    let number = |place: usize, name: &str, default: &str| -> Result<u64, String> {
        let value = text(place, default);
        value.parse().map_err(|_| format!("{name} = {value}, must be a whole number from 0"))
    };
    let name = text(0, "W3");
    let (patients, seed) = (number(1, "N", "100000")?, number(2, "SEED", "1")?);
    let (replications, threads) = (number(3, "REPS", "1")?, number(4, "THREADS", "1")?);
    for (name, value) in [("N", patients), ("REPS", replications), ("THREADS", threads)] {
        if !(1..=1_000_000_000_000).contains(&value) {
            return Err(format!("{name} = {value}, must be from 1 to 1000000000000").into());
        }
    }

    let (workload, form) = named(&name)?;
    let ready = Ready::new(workload, form)?;
    let run = |replication| ready.run(patients, seed, replication).map_err(|error| error.to_string());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.min(1_024) as usize).build()?;
    let (answers, wall) = pool.install(|| {
        let start = Instant::now();
        let answers: Result<Vec<Answer>, String> = (0..replications).into_par_iter().map(run).collect();
        (answers, start.elapsed().as_secs_f64())
    });
    let answer = mean(&answers?);

    let mut line = format!(
        r#"{{"peer":"nhs-capacity","w":"{name}","n":{patients},"reps":{replications},"wall":{wall:.6},"wait":{}"#,
        json!(answer.wait),
    );
    if let Some(chain) = answer.chain {
        let figures = [
            ("ed_hi", chain.ed_hi),
            ("ed_lo", chain.ed_lo),
            ("board_hi", chain.board_hi),
            ("board_lo", chain.board_lo),
            ("stay", chain.stay),
        ];
        for (name, value) in figures {
            line += &format!(r#","{name}":{}"#, json!(value));
        }
    }
    println!(r#"{line},"done":{},"rss_kb":{}}}"#, answer.done, json!(peak_memory_kb()));
    Ok(())
}

/// `W3`, `W3net` or `W3ref`.
fn named(name: &str) -> Result<(Workload, Form), String> {
    let (plain, form) = if let Some(plain) = name.strip_suffix("net") {
        (plain, Form::Described)
    } else if let Some(plain) = name.strip_suffix("ref") {
        (plain, Form::Reference)
    } else {
        (name, Form::Model)
    };
    let known = Workload::ALL.into_iter().find(|workload| format!("{workload:?}") == plain);
    let allowed = "must be W1, W2, W2L or W3, alone or with `net` or `ref` behind it";
    known.map(|workload| (workload, form)).ok_or_else(|| format!("workload {name}, {allowed}"))
}

/// All patients together, and the means over replications.
fn mean(answers: &[Answer]) -> Answer {
    let n = answers.len().max(1) as f64;
    let chains: Vec<Chain> = answers.iter().filter_map(|answer| answer.chain).collect();
    let part = |get: fn(&Chain) -> f64| chains.iter().map(get).sum::<f64>() / n;
    Answer {
        done: answers.iter().map(|answer| answer.done).sum(),
        wait: answers.iter().map(|answer| answer.wait).sum::<f64>() / n,
        chain: (!chains.is_empty()).then(|| Chain {
            ed_hi: part(|c| c.ed_hi),
            ed_lo: part(|c| c.ed_lo),
            board_hi: part(|c| c.board_hi),
            board_lo: part(|c| c.board_lo),
            stay: part(|c| c.stay),
        }),
    }
}

/// The most memory this process has held, where the system says so.
fn peak_memory_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}
