//! How each named metric is read off the results of a network.

use super::case::Metric;
use super::estimate::Combine;
use nhs_capacity::network::results::VisitCounts;
use nhs_capacity::network::{Area, Level, Network, Results, Tally};

/// The sums that one replication gives.
pub type Read = Box<dyn Fn(&Results) -> Vec<f64> + Send + Sync>;

/// How one metric is read: sums from each replication, and what they stand for together.
pub struct Reading {
    pub read: Read,
    pub combine: Combine,
}

pub fn reading(combine: Combine, read: impl Fn(&Results) -> Vec<f64> + Send + Sync + 'static) -> Reading {
    Reading { read: Box::new(read), combine }
}

/// A ratio of two sums.
pub fn ratio(read: impl Fn(&Results) -> (f64, f64) + Send + Sync + 'static) -> Reading {
    reading(Combine::Ratio, move |r| {
        let (a, b) = read(r);
        vec![a, b]
    })
}

/// The mean of an area over the window.
pub fn average(area: impl Fn(&Results) -> f64 + Send + Sync + 'static) -> Reading {
    ratio(move |r| (area(r), r.length() * r.ticks_per_unit()))
}

/// Visits of some classes to one station.
#[derive(Clone)]
pub struct Visits {
    pub classes: Vec<usize>,
    pub station: usize,
}

impl Visits {
    pub fn sum(&self, r: &Results, f: impl Fn(&VisitCounts) -> f64) -> f64 {
        self.classes.iter().map(|c| f(&r.visits[c * r.stations.len() + self.station])).sum()
    }

    /// Sum over a tally divided by its count [time units].
    pub fn mean(&self, tally: fn(&VisitCounts) -> &Tally) -> Reading {
        let own = self.clone();
        ratio(move |r| {
            (
                own.sum(r, |v| tally(v).sum() as f64 / r.ticks_per_unit()),
                own.sum(r, |v| tally(v).count() as f64),
            )
        })
    }

    pub fn share(&self, part: fn(&VisitCounts) -> u64, of: fn(&VisitCounts) -> u64) -> Reading {
        let own = self.clone();
        ratio(move |r| (own.sum(r, |v| part(v) as f64), own.sum(r, |v| of(v) as f64)))
    }

    fn moments(&self, combine: Combine, tally: fn(&VisitCounts) -> &Tally) -> Reading {
        let own = self.clone();
        reading(combine, move |r| {
            let tick = r.ticks_per_unit();
            vec![
                own.sum(r, |v| tally(v).count() as f64),
                own.sum(r, |v| tally(v).sum() as f64 / tick),
                own.sum(r, |v| tally(v).squares() / tick / tick),
            ]
        })
    }

    pub fn queue(&self) -> Reading {
        let own = self.clone();
        average(move |r| own.sum(r, |v| v.queue.area() as f64))
    }

    pub fn present(&self) -> Reading {
        let own = self.clone();
        average(move |r| own.sum(r, |v| v.present.area() as f64))
    }
}

/// Those who joined: not turned away.
pub fn joined(v: &VisitCounts) -> u64 {
    v.attempts - v.turned_away
}

/// What a metric of a network refers to unless it says otherwise.
pub struct Context<'a> {
    pub network: &'a Network,
    pub station: usize,
    pub targets: &'a [f64],
    pub probes: &'a [f64],
    pub cycle: f64,
    pub series_every: f64,
    /// Phases at which the curve of a cycle is followed: their number, and the first probe.
    pub curve: (usize, usize),
    /// The phase of the highest arrival rate.
    pub peak_rate: f64,
}

/// Servers of a station when all are there.
pub fn level_at(
    f: fn(&nhs_capacity::network::StationResults) -> &Level,
    station: usize,
) -> impl Fn(&Results) -> &Level {
    move |r| f(&r.stations[station])
}

fn ticks(levels: &Level, keep: impl Fn(usize) -> bool) -> f64 {
    let kept = levels.ticks_at().iter().enumerate().filter(|(level, _)| keep(*level));
    kept.map(|(_, &ticks)| ticks as f64).sum()
}

/// Share of the time at which a level satisfies a condition.
pub fn share_of_time(
    level: impl Fn(&Results) -> &Level + Send + Sync + 'static,
    keep: impl Fn(usize) -> bool + Send + Sync + 'static,
) -> Reading {
    ratio(move |r| (ticks(level(r), &keep), level(r).ticks() as f64))
}

fn time_variance(level: impl Fn(&Results) -> &Level + Send + Sync + 'static) -> Reading {
    reading(Combine::Variance, move |r| {
        let moments = |n: i32| {
            let each = level(r).ticks_at().iter().enumerate();
            each.map(|(at, &t)| (at as f64).powi(n) * t as f64).sum::<f64>()
        };
        vec![moments(0), moments(1), moments(2)]
    })
}

impl Context<'_> {
    fn class(&self, metric: &Metric) -> Result<Vec<usize>, String> {
        let all: Vec<&str> = self.network.classes().collect();
        match metric.qualifiers.get("class") {
            None => Ok((0..all.len()).collect()),
            Some(serde_json::Value::String(name)) => match all.iter().position(|n| n == name) {
                Some(class) => Ok(vec![class]),
                None => Err(format!("no class `{name}`")),
            },
            Some(number) => match number.as_u64() {
                Some(class) if (1..=all.len() as u64).contains(&class) => Ok(vec![class as usize - 1]),
                _ => Err(format!("no class {number}")),
            },
        }
    }

    fn station(&self, metric: &Metric) -> Result<usize, String> {
        match metric.text("station") {
            None => Ok(self.station),
            Some(name) => {
                self.network.stations().position(|n| n == name).ok_or_else(|| format!("no station `{name}`"))
            }
        }
    }

    fn target(&self, metric: &Metric) -> Result<usize, String> {
        let t = metric.qualifier("t")?;
        self.targets.iter().position(|&known| known == t).ok_or_else(|| "no such target".to_string())
    }

    fn probe(&self, metric: &Metric) -> Result<usize, String> {
        let t = metric.qualifier("t")?;
        self.probes.iter().position(|&known| known == t).ok_or_else(|| "no such probe".to_string())
    }

    /// The reading of a metric by its name.
    pub fn read(&self, metric: &Metric) -> Result<Reading, String> {
        let s = self.station(metric)?;
        let visits = Visits { classes: self.class(metric)?, station: s };
        let by_class = metric.qualifiers.contains_key("class");
        let of_accepted = metric.estimator.ends_with("of_accepted");
        let attempts = |v: &VisitCounts| v.attempts;
        let share = |part, of_all: fn(&VisitCounts) -> u64| {
            visits.share(part, if of_accepted { joined } else { of_all })
        };
        Ok(match metric.name.as_str() {
            "utilisation" | "occupancy" | "crew_utilisation" | "ward_occupancy" | "community_occupancy" => {
                ratio(move |r| (r.stations[s].occupied.area() as f64, r.stations[s].open.area() as f64))
            }
            "prob_wait" | "prob_wait_accepted" | "arrival_prob_wait" => share(|v| v.delayed, attempts),
            "mean_wait" | "mean_wait_all" | "mean_wait_accepted" => visits.mean(|v| &v.waits),
            "mean_wait_served" | "mean_wait_treated" => visits.mean(|v| &v.served_waits),
            "sd_wait" => visits.moments(Combine::Sd, |v| &v.waits),
            "second_moment_wait" => {
                let Reading { read, .. } = visits.moments(Combine::Ratio, |v| &v.waits);
                reading(Combine::Ratio, move |r| {
                    let sums = read(r);
                    vec![sums[2], sums[0]]
                })
            }
            "mean_wait_of_delayed" => {
                let own = visits;
                ratio(move |r| {
                    let sum = own.sum(r, |v| v.waits.sum() as f64 / r.ticks_per_unit());
                    (sum, own.sum(r, |v| v.delayed as f64))
                })
            }
            "mean_queue" | "mean_list" => visits.queue(),
            "mean_sojourn" => visits.mean(|v| &v.sojourns),
            "mean_in_system" if by_class => visits.present(),
            "mean_in_system" => average(move |r| r.stations[s].present.area() as f64),
            "var_in_system" => time_variance(level_at(|s| &s.present, s)),
            "prob_empty" | "time_prob_empty" | "time_prob_none_in_repair" => {
                share_of_time(level_at(|s| &s.present, s), |level| level == 0)
            }
            "time_prob_in_system_gt" => {
                let k = metric.qualifier("k")?;
                share_of_time(level_at(|s| &s.present, s), move |level| level as f64 > k)
            }
            "time_quantile_in_system" => {
                let p = metric.qualifier("p")?;
                reading(Combine::LevelQuantile { p }, move |r| {
                    r.stations[s].present.ticks_at().iter().map(|&t| t as f64).collect()
                })
            }
            "prob_wait_gt" | "prob_wait_gt_accepted" => {
                let t = self.target(metric)?;
                let own = visits;
                ratio(move |r| {
                    let of = own.sum(r, |v| if of_accepted { joined(v) } else { v.attempts } as f64);
                    (own.sum(r, |v| v.waits.over()[t] as f64), of)
                })
            }
            "service_level" => {
                let t = self.target(metric)?;
                let own = visits;
                ratio(move |r| {
                    let within = |v: &VisitCounts| (v.served_waits.count() - v.served_waits.over()[t]) as f64;
                    (own.sum(r, within), own.sum(r, |v| v.attempts as f64))
                })
            }
            "wait_quantile" => {
                let p = metric.qualifier("p")?;
                let tick = self.network.ticks_per_unit();
                let own = visits;
                reading(Combine::WaitQuantile { p, tick }, move |r| {
                    let mut counts: Vec<f64> = Vec::new();
                    for class in &own.classes {
                        let each = r.visits[class * r.stations.len() + own.station].histogram.counts();
                        counts.resize(counts.len().max(each.len()), 0.0);
                        counts.iter_mut().zip(each).for_each(|(sum, &c)| *sum += c as f64);
                    }
                    counts
                })
            }
            "mean_busy_period" => ratio(move |r| {
                let busy = ticks(&r.stations[s].present, |level| level > 0);
                (r.units(busy as u128), r.stations[s].busy_periods as f64)
            }),
            "prob_blocked" | "prob_lost" => share(|v| v.turned_away, attempts),
            "prob_abandon" | "prob_removed_untreated" => share(|v| v.abandoned, attempts),
            "time_prob_full" => share_from(s, 0),
            "time_prob_full_or_one_free" => share_from(s, 1),
            "time_prob_busy" => share_of_time(level_at(|s| &s.occupied, s), |level| level > 0),
            "time_prob_up" => average(move |r| r.stations[s].open.area() as f64),
            "mean_busy" => average(move |r| r.stations[s].busy.area() as f64),
            "time_prob_busy_exceeds_roster" => average(move |r| r.stations[s].over.area() as f64),
            "mean_list_over" => {
                let t = self.target(metric)?;
                let own = visits;
                average(move |r| own.sum(r, |v| v.over_area[t] as f64))
            }
            "fraction_list_within" => {
                let t = self.target(metric)?;
                let own = visits;
                ratio(move |r| {
                    let all = own.sum(r, |v| v.queue.area() as f64);
                    (all - own.sum(r, |v| v.over_area[t] as f64), all)
                })
            }
            "throughput" if by_class => {
                let own = visits;
                ratio(move |r| (own.sum(r, |v| joined(v) as f64), r.length()))
            }
            "throughput" => ratio(move |r| (r.stations[s].completions as f64, r.length())),
            "mean_in_network" => average(|r| r.present.area() as f64),
            "mean_total_time" | "mean_total_time_per_patient" => {
                totals(Combine::Ratio, |n, sum, _| vec![sum, n])
            }
            "sd_total_time" => totals(Combine::Sd, |n, sum, squares| vec![n, sum, squares]),
            "prob_total_time_gt" => {
                let t = self.target(metric)?;
                ratio(move |r| {
                    let over: u64 = r.classes.iter().map(|c| c.total_times.over()[t]).sum();
                    (over as f64, r.classes.iter().map(|c| c.offered as f64).sum())
                })
            }
            "mean_visits_per_customer" | "attempts_per_customer" => ratio(|r| {
                (
                    r.classes.iter().map(|c| c.visits as f64).sum(),
                    r.classes.iter().map(|c| c.offered as f64).sum(),
                )
            }),
            "departure_rate_cv2" => reading(Combine::Scv, move |r| {
                let (n, sum, squares) = r.stations[s].gaps;
                vec![n as f64, sum, squares]
            }),
            "prob_first_attempt_blocked" => {
                let own = visits;
                ratio(move |r| {
                    let offered = r.classes.iter().map(|c| c.offered as f64).sum();
                    (own.sum(r, |v| v.first_turned_away as f64), offered)
                })
            }
            "mean_in_orbit" => average(|r| r.classes.iter().map(|c| c.orbit.area() as f64).sum()),
            "retry_rate" => ratio(|r| (r.classes.iter().map(|c| c.retries as f64).sum(), r.length())),
            "prob_eventually_served" => ratio(|r| {
                (
                    r.classes.iter().map(|c| c.cohort_left[0] as f64).sum(),
                    r.classes.iter().map(|c| c.offered as f64).sum(),
                )
            }),
            "fraction_of_attempts_blocked" => visits.share(|v| v.turned_away, attempts),
            "workload" => {
                let server = metric.index("server")?;
                average(move |r| r.stations[s].busy_by_server.get(server).map_or(f64::NAN, area))
            }
            "dispatch_fraction" => {
                let (server, atom) = (metric.index("server")?, metric.index("atom")?);
                ratio(move |r| {
                    let all: u64 = r.visits.iter().flat_map(|v| &v.by_server).sum();
                    let own = r.visits.get(atom).and_then(|v| v.by_server.get(server));
                    (own.map_or(f64::NAN, |&n| n as f64), all as f64)
                })
            }
            "fraction_by_first_choice" => ratio(|r| {
                let all: u64 = r.visits.iter().flat_map(|v| &v.by_server).sum();
                (r.visits.iter().map(|v| v.by_first_choice as f64).sum(), all as f64)
            }),
            "autocorrelation" => {
                let lag = (metric.qualifier("lag")? / self.series_every).round() as usize;
                reading(Combine::Correlation, move |r| pairs(&r.series[s], &r.series[s], lag))
            }
            "covariance_between_stations" => {
                let names =
                    metric.qualifiers.get("stations").and_then(|v| v.as_array()).ok_or("no stations")?;
                let find = |i: usize| {
                    let name = names.get(i)?.as_str()?;
                    self.network.stations().position(|n| n == name)
                };
                let (a, b) = (find(0).ok_or("no such station")?, find(1).ok_or("no such station")?);
                reading(Combine::Covariance, move |r| pairs(&r.series[a], &r.series[b], 0))
            }
            name if name.ends_with("_at_phase") || name.ends_with("_at") => self.looks(metric, s)?,
            "amplitude_of_mean" => self.curve(s, Combine::Amplitude),
            "peak_lag" => self.curve(s, Combine::PeakLag { from: self.peak_rate, period: self.cycle }),
            other => return Err(format!("unknown metric `{other}`")),
        })
    }

    fn looks(&self, metric: &Metric, s: usize) -> Result<Reading, String> {
        let probe = self.probe(metric)?;
        let name = metric.name.trim_end_matches("_at_phase").trim_end_matches("_at");
        let level = |keep: Box<dyn Fn(usize) -> bool + Send + Sync>| {
            ratio(move |r| {
                let look = &r.probes[probe][s];
                let kept = look.present.iter().enumerate().filter(|(n, _)| keep(*n));
                (kept.map(|(_, &c)| c as f64).sum(), look.looks as f64)
            })
        };
        let moment = move |r: &Results, n: i32| {
            let levels = r.probes[probe][s].present.iter().enumerate();
            levels.map(|(at, &c)| (at as f64).powi(n) * c as f64).sum::<f64>()
        };
        Ok(match name {
            "mean_in_system" => ratio(move |r| (moment(r, 1), moment(r, 0))),
            "var_in_system" => {
                reading(Combine::SampleVariance, move |r| vec![moment(r, 0), moment(r, 1), moment(r, 2)])
            }
            "mean_queue" => {
                ratio(move |r| (r.probes[probe][s].queue as f64, r.probes[probe][s].looks as f64))
            }
            "mean_busy" => {
                ratio(move |r| (r.probes[probe][s].occupied as f64, r.probes[probe][s].looks as f64))
            }
            "prob_all_busy" => {
                ratio(move |r| (r.probes[probe][s].all_occupied as f64, r.probes[probe][s].looks as f64))
            }
            "prob_empty" => level(Box::new(|n| n == 0)),
            "prob_in_system_gt" => {
                let k = metric.qualifier("k")?;
                level(Box::new(move |n| n as f64 > k))
            }
            other => return Err(format!("unknown metric `{other}` at a time")),
        })
    }

    fn curve(&self, s: usize, combine: Combine) -> Reading {
        let (phases, first) = self.curve;
        reading(combine, move |r| {
            let mut sums = vec![0.0; 3];
            for phase in 0..phases {
                let look = &r.probes[first + phase][s];
                let mean = look.present.iter().enumerate().map(|(n, &c)| n as f64 * c as f64).sum::<f64>()
                    / look.looks as f64;
                let angle = phase as f64 / phases as f64 * std::f64::consts::TAU;
                sums[0] += 1.0;
                sums[1] += mean * angle.cos();
                sums[2] += mean * angle.sin();
            }
            sums
        })
    }
}

fn area(area: &Area) -> f64 {
    area.area() as f64
}

// all but `spare` servers in use
fn share_from(s: usize, spare: u32) -> Reading {
    ratio(move |r| {
        let station = &r.stations[s];
        let from = station.open.now().saturating_sub(spare) as usize;
        (ticks(&station.occupied, |level| level >= from), station.occupied.ticks() as f64)
    })
}

fn totals(combine: Combine, sums: fn(f64, f64, f64) -> Vec<f64>) -> Reading {
    reading(combine, move |r| {
        let tick = r.ticks_per_unit();
        let tallies = || r.classes.iter().map(|c| &c.total_times);
        sums(
            tallies().map(|t| t.count() as f64).sum(),
            tallies().map(|t| t.sum() as f64).sum::<f64>() / tick,
            tallies().map(Tally::squares).sum::<f64>() / tick / tick,
        )
    })
}

fn pairs(a: &[u32], b: &[u32], lag: usize) -> Vec<f64> {
    let mut sums = vec![0.0; 6];
    for (&x, &y) in a.iter().zip(b.iter().skip(lag)) {
        let (x, y) = (f64::from(x), f64::from(y));
        for (sum, term) in sums.iter_mut().zip([1.0, x, y, x * y, x * x, y * y]) {
            *sum += term;
        }
    }
    sums
}
