//! The engine against queueing theory: every system here has an exactly known answer.
//!
//! Seeds are fixed. A statistical test fails if its t-value, over 30 independent replications, lies
//! beyond the two-sided 6.3e-5 point of Student's t, or if it is too weak to notice an error: its
//! standard error must be at most 5% of the exact value.

#[cfg(test)]
mod analytic {
    mod invariants;
    mod one_station;
    mod station;
    mod statistics;
    mod tandem;
}
