//! Networks of queues whose stations can be judged one by one (product form).

use super::error::{TheoryError, check, length, not_negative, positive, servers, share};
use super::mmc::Mmc;

/// A station of a network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Station {
    /// Arrivals from outside per unit of time.
    pub arrival_rate: f64,
    /// Mean service [time units].
    pub mean_service: f64,
    /// Servers; `None` for as many as are needed (then service may have any distribution).
    pub servers: Option<u32>,
}

impl Station {
    fn check(&self) -> Result<(), TheoryError> {
        not_negative("arrival_rate", self.arrival_rate)?;
        positive("mean_service", self.mean_service)?;
        self.servers.map(|c| servers("servers", c)).transpose().map(|_| ())
    }
}

/// An open network: Poisson arrivals, exponential service, random routing, unlimited waiting room.
///
/// `routing[i][j]` is the chance to go from station `i` to `j`; the rest leaves. Each station then
/// behaves as an M/M/c of its own whose rate solves `rate_j = outside_j + sum_i rate_i routing[i][j]`.
/// Jackson (1957, 1963). Stations without a limit are Poisson and independent for any service law.
///
/// ```
/// use nhs_capacity::theory::{Jackson, Station};
/// // Triage, doctor, observation, one after the other.
/// let stations = [
///     Station { arrival_rate: 6.0, mean_service: 0.25, servers: Some(2) },
///     Station { arrival_rate: 0.0, mean_service: 0.6, servers: Some(5) },
///     Station { arrival_rate: 0.0, mean_service: 1.5, servers: Some(11) },
/// ];
/// let ed = Jackson::new(&stations, &[vec![0.0, 1.0, 0.0], vec![0.0, 0.0, 1.0], vec![0.0; 3]])?;
/// assert!((ed.mean_total_time() - 3.17).abs() < 5e-3); // 2.35 hours of care take 3.17
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Jackson {
    stations: Vec<Station>,
    throughputs: Vec<f64>,
    queues: Vec<Option<Mmc>>,
}

impl Jackson {
    /// Stations and the chances to go from each to each.
    ///
    /// # Errors
    /// If a parameter is out of range, somebody can never leave, or a station is overloaded.
    pub fn new(stations: &[Station], routing: &[Vec<f64>]) -> Result<Self, TheoryError> {
        let n = stations.len();
        check("number of stations", n as f64, (1..=500).contains(&n), "from 1 to 500")?;
        stations.iter().try_for_each(Station::check)?;
        let outside: Vec<f64> = stations.iter().map(|station| station.arrival_rate).collect();
        let throughputs = traffic(&outside, routing)?;
        let queue = |(station, &rate): (&Station, &f64)| match station.servers {
            Some(servers) if rate > 0.0 => Mmc::new(rate, station.mean_service, servers).map(Some),
            _ => Ok(None),
        };
        let queues = stations.iter().zip(&throughputs).map(queue).collect::<Result<_, _>>()?;
        Ok(Self { stations: stations.to_vec(), throughputs, queues })
    }

    /// Visits to `station` per unit of time; 0 if there is no such station.
    pub fn throughput(&self, station: usize) -> f64 {
        self.throughputs.get(station).copied().unwrap_or(0.0)
    }

    /// `station` as a queue of its own; `None` if it has no limit, no visitors, or does not exist.
    pub fn queue(&self, station: usize) -> Option<&Mmc> {
        self.queues.get(station)?.as_ref()
    }

    /// Mean number at `station`, waiting and in service.
    pub fn mean_in_system(&self, station: usize) -> f64 {
        let in_service =
            self.stations.get(station).map_or(0.0, |s| s.mean_service * self.throughput(station));
        self.queue(station).map_or(in_service, Mmc::mean_in_system)
    }

    /// Mean number in the whole network.
    pub fn mean_in_network(&self) -> f64 {
        (0..self.stations.len()).map(|station| self.mean_in_system(station)).sum()
    }

    /// Mean time from entering to leaving the network [time units].
    pub fn mean_total_time(&self) -> f64 {
        self.mean_in_network() / self.entering()
    }

    /// Mean number of visits to stations of one customer.
    pub fn mean_visits(&self) -> f64 {
        self.throughputs.iter().sum::<f64>() / self.entering()
    }

    fn entering(&self) -> f64 {
        self.stations.iter().map(|station| station.arrival_rate).sum()
    }
}

fn check_routing(routing: &[Vec<f64>], n: usize) -> Result<(), TheoryError> {
    length("routing", routing.len(), n)?;
    for row in routing {
        length("row of routing", row.len(), n)?;
        row.iter().try_for_each(|&p| share("routing", p).map(|_| ()))?;
        let sum: f64 = row.iter().sum();
        check("sum of a row of routing", sum, sum <= 1.0 + 1e-9, "at most 1")?;
    }
    Ok(())
}

/// Solves the traffic equations by elimination.
fn traffic(outside: &[f64], routing: &[Vec<f64>]) -> Result<Vec<f64>, TheoryError> {
    let n = outside.len();
    check_routing(routing, n)?;
    // rows of (I - P^T | outside)
    let mut rows: Vec<Vec<f64>> = (0..n)
        .map(|j| {
            let identity = |i: usize| if i == j { 1.0 } else { 0.0 };
            (0..n).map(|i| identity(i) - routing[i][j]).chain([outside[j]]).collect()
        })
        .collect();
    for pivot in 0..n {
        let best = (pivot..n).max_by(|&a, &b| rows[a][pivot].abs().total_cmp(&rows[b][pivot].abs()));
        rows.swap(pivot, best.unwrap_or(pivot));
        let head = rows[pivot].clone();
        check("chance to leave ever", head[pivot], head[pivot].abs() > 1e-12, "above 0 from every station")?;
        for row in rows.iter_mut().enumerate().filter(|(i, _)| *i != pivot).map(|(_, row)| row) {
            let factor = row[pivot] / head[pivot];
            row.iter_mut().zip(&head).for_each(|(cell, h)| *cell -= factor * h);
        }
    }
    Ok(rows.iter().enumerate().map(|(i, row)| (row[n] / row[i]).max(0.0)).collect())
}

/// A closed network: a fixed number of customers go round for ever, such as crews between calls.
///
/// Product form with the normalising constants of Buzen (1973); Gordon and Newell (1967).
/// `arrival_rate` of the stations is ignored; every row of `routing` sums to 1, and every station
/// leads to every other.
///
/// ```
/// use nhs_capacity::theory::{ClosedNetwork, Station};
/// // Eight crews: an hour with a patient, then one hand-over nurse who takes a quarter of an hour.
/// let scene = Station { arrival_rate: 0.0, mean_service: 1.0, servers: None };
/// let nurse = Station { arrival_rate: 0.0, mean_service: 0.25, servers: Some(1) };
/// let cycle = ClosedNetwork::new(8, &[scene, nurse], &[vec![0.0, 1.0], vec![1.0, 0.0]])?;
/// assert!((cycle.mean_sojourn(1) * 60.0 - 63.8).abs() < 0.05); // a 15-minute handover takes an hour
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ClosedNetwork {
    throughputs: Vec<f64>,
    in_system: Vec<f64>,
}

impl ClosedNetwork {
    /// Number of customers (at most 10,000), stations, and the chances to go from each to each.
    ///
    /// # Errors
    /// If a parameter is out of range or a row does not sum to 1.
    pub fn new(population: u32, stations: &[Station], routing: &[Vec<f64>]) -> Result<Self, TheoryError> {
        let n = stations.len();
        check("number of stations", n as f64, (1..=500).contains(&n), "from 1 to 500")?;
        check("population", f64::from(population), (1..=10_000).contains(&population), "from 1 to 10,000")?;
        let work = (n as f64 * f64::from(population)).powi(2);
        check("stations times population", work.sqrt(), work <= 4e9, "at most 63,000")?;
        stations.iter().try_for_each(Station::check)?;
        check_routing(routing, n)?;
        for row in routing {
            let sum: f64 = row.iter().sum();
            check("sum of a row of routing", sum, (sum - 1.0).abs() < 1e-9, "1: nobody leaves")?;
        }
        let visits = visits_per_visit_to_the_first(routing)?;
        let population = population as usize;
        let weights: Vec<Vec<f64>> = stations
            .iter()
            .zip(&visits)
            .map(|(station, v)| station_weights(station, v * station.mean_service, population))
            .collect();
        let normal = convolve_all(weights.iter(), population);
        let scale = normal[population - 1] / normal[population];
        let is_known = scale.is_finite() && scale > 0.0;
        check(
            "normalising constant",
            normal[population],
            is_known,
            "within 1e-300 and 1e300: use another unit of time",
        )?;
        let in_system = (0..n).map(|m| {
            let others = weights.iter().enumerate().filter(|(i, _)| *i != m).map(|(_, w)| w);
            let rest = convolve_all(others, population);
            let at = |k: usize| weights[m][k] * rest[population - k] / normal[population];
            (0..=population).map(|k| k as f64 * at(k)).sum()
        });
        Ok(Self { in_system: in_system.collect(), throughputs: visits.iter().map(|v| v * scale).collect() })
    }

    /// Visits to `station` per unit of time; 0 if there is no such station.
    pub fn throughput(&self, station: usize) -> f64 {
        self.throughputs.get(station).copied().unwrap_or(0.0)
    }

    /// Mean number at `station`.
    pub fn mean_in_system(&self, station: usize) -> f64 {
        self.in_system.get(station).copied().unwrap_or(0.0)
    }

    /// Mean time of a visit to `station` [time units].
    pub fn mean_sojourn(&self, station: usize) -> f64 {
        self.mean_in_system(station) / self.throughput(station)
    }
}

// visits to each station between visits to station 0: cut the loop there and count
fn visits_per_visit_to_the_first(routing: &[Vec<f64>]) -> Result<Vec<f64>, TheoryError> {
    let n = routing.len();
    let cut: Vec<Vec<f64>> = routing
        .iter()
        .map(|row| row.iter().enumerate().map(|(j, p)| if j == 0 { 0.0 } else { *p }).collect())
        .collect();
    let mut outside = vec![0.0; n];
    outside[0] = 1.0;
    traffic(&outside, &cut)
}

// weight of k customers at the station: load^k / (min(1, c) ... min(k, c))
fn station_weights(station: &Station, load: f64, population: usize) -> Vec<f64> {
    let most = station.servers.map_or(usize::MAX, |c| c as usize);
    let mut weights = vec![1.0];
    for k in 1..=population {
        weights.push(weights[k - 1] * load / k.min(most) as f64);
    }
    weights
}

fn convolve_all<'a>(parts: impl Iterator<Item = &'a Vec<f64>>, population: usize) -> Vec<f64> {
    let mut nothing = vec![0.0; population + 1];
    nothing[0] = 1.0;
    parts.fold(nothing, |sum, part| {
        (0..=population).map(|k| (0..=k).map(|j| sum[j] * part[k - j]).sum()).collect()
    })
}

/// Total time through two single servers in a row, each first come first served.
///
/// The two times are independent and exponential with rates `mu - lambda`. Reich (1957).
///
/// ```
/// use nhs_capacity::theory::TandemSojourn;
/// // Nurse for 12 minutes, consultant for 15, three patients an hour: an hour and a half.
/// let clinic = TandemSojourn::new(3.0, 0.2, 0.25)?;
/// assert!((clinic.mean() - 1.5).abs() < 1e-12);
/// assert!((clinic.prob_over(4.5)? - 0.022).abs() < 5e-4);
/// # Ok::<(), nhs_capacity::theory::TheoryError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TandemSojourn {
    means: [f64; 2],
}

impl TandemSojourn {
    /// Arrivals per unit of time, and the mean services of the two servers.
    ///
    /// # Errors
    /// If a parameter is out of range, or arrivals outrun a server.
    pub fn new(arrival_rate: f64, first: f64, second: f64) -> Result<Self, TheoryError> {
        let sojourn = |service| Mmc::new(arrival_rate, service, 1).map(|queue| queue.mean_sojourn());
        Ok(Self { means: [sojourn(first)?, sojourn(second)?] })
    }

    /// Mean time from arrival to the last departure [time units].
    pub fn mean(&self) -> f64 {
        self.means.iter().sum()
    }

    /// Standard deviation of that time [time units].
    pub fn sd(&self) -> f64 {
        self.means[0].hypot(self.means[1])
    }

    /// Share of customers who take longer than `time` \[0-1\].
    ///
    /// # Errors
    /// If `time` is negative or not a number.
    pub fn prob_over(&self, time: f64) -> Result<f64, TheoryError> {
        not_negative("time", time)?;
        let [a, b] = self.means;
        // the closed form divides by a - b: near equality use the limit
        if (a - b).abs() < 1e-6 * a {
            let x = time * 2.0 / (a + b);
            return Ok((1.0 + x) * (-x).exp());
        }
        Ok((a * (-time / a).exp() - b * (-time / b).exp()) / (a - b))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::agreement::agrees;

    fn station(arrival_rate: f64, mean_service: f64, servers: u32) -> Station {
        Station { arrival_rate, mean_service, servers: (servers > 0).then_some(servers) }
    }

    /// jack-01 and jack-02: throughput, wait, in system, P(wait) by station.
    #[test]
    fn open_networks_match_the_cases() {
        let series = Jackson::new(
            &[station(6.0, 0.25, 2), station(0.0, 0.6, 5), station(0.0, 1.5, 11)],
            &[vec![0.0, 1.0, 0.0], vec![0.0, 0.0, 1.0], vec![0.0; 3]],
        )
        .unwrap();
        agrees(series.mean_in_network(), 19.020985901);
        agrees(series.mean_total_time(), 3.17016431683);
        agrees(series.mean_visits(), 3.0);
        agrees(series.queue(1).unwrap().mean_wait(), 0.175883060358);
        let loops = Jackson::new(
            &[station(8.0, 0.45, 9), station(0.0, 0.35, 3), station(0.0, 0.2, 2), station(20.0, 0.2, 6)],
            &[
                vec![0.0, 0.35, 0.3, 0.0],
                vec![0.6, 0.0, 0.0, 0.0],
                vec![0.5, 0.1, 0.0, 0.0],
                vec![0.1, 0.0, 0.0, 0.0],
            ],
        )
        .unwrap();
        for (i, [rate, wait, inside, waits]) in [
            [16.077170418, 0.112357059534, 9.0411102819, 0.440757596886],
            [6.10932475884, 0.207620784909, 3.40668646729, 0.511183926097],
            [4.8231511254, 0.0606297409089, 1.25705662818, 0.313871005991],
            [20.0, 0.0284760845384, 4.56952169077, 0.284760845384],
        ]
        .into_iter()
        .enumerate()
        {
            agrees(loops.throughput(i), rate);
            agrees(loops.mean_in_system(i), inside);
            let queue = loops.queue(i).unwrap();
            agrees(queue.mean_wait(), wait);
            agrees(queue.prob_wait(), waits);
        }
        agrees(loops.mean_in_network(), 18.2743750681);
        agrees(loops.mean_total_time(), 0.652656252433);
        agrees(loops.mean_visits(), 1.67891593937);
    }

    /// infnet-01.
    #[test]
    fn discharge_pathways_match_the_case() {
        let pathways = Jackson::new(
            &[station(20.0, 6.0, 0), station(0.0, 21.0, 0), station(0.0, 28.0, 0), station(0.0, 40.0, 0)],
            &[vec![0.0, 0.25, 0.1, 0.05], vec![0.0; 4], vec![0.0, 0.3, 0.0, 0.0], vec![0.0; 4]],
        )
        .unwrap();
        for (i, rate, inside) in [(0, 20.0, 120.0), (1, 5.6, 117.6), (2, 2.0, 56.0), (3, 1.0, 40.0)] {
            agrees(pathways.throughput(i), rate);
            agrees(pathways.mean_in_system(i), inside);
        }
        agrees(pathways.mean_total_time(), 16.68);
    }

    /// closed-01: throughput, in system, sojourn.
    #[test]
    fn cycling_crews_match_the_case() {
        let crews = ClosedNetwork::new(
            14,
            &[station(0.0, 0.5, 0), station(0.0, 0.7, 0), station(0.0, 0.5, 4), station(0.0, 0.2, 1)],
            &[
                vec![0.0, 1.0, 0.0, 0.0],
                vec![0.4, 0.0, 0.6, 0.0],
                vec![0.9, 0.0, 0.0, 0.1],
                vec![1.0, 0.0, 0.0, 0.0],
            ],
        )
        .unwrap();
        for (i, [rate, inside, sojourn]) in [
            [9.011654053, 4.505827027, 0.5],
            [9.011654053, 6.308157837, 0.7],
            [5.406992432, 3.065817149, 0.5670096985],
            [0.5406992432, 0.1201979873, 0.2223010089],
        ]
        .into_iter()
        .enumerate()
        {
            agrees(crews.throughput(i), rate);
            agrees(crews.mean_in_system(i), inside);
            agrees(crews.mean_sojourn(i), sojourn);
        }
    }

    /// tandem-01.
    #[test]
    fn a_one_stop_clinic_matches_the_case() {
        let clinic = TandemSojourn::new(3.0, 0.2, 0.25).unwrap();
        agrees(clinic.mean(), 1.5);
        agrees(clinic.sd(), 1.11803398875);
        agrees(clinic.prob_over(4.5).unwrap(), 0.0220945832724);
        let equal = TandemSojourn::new(3.0, 0.2, 0.2).unwrap();
        let nearly = TandemSojourn::new(3.0, 0.2, 0.200_01).unwrap();
        assert!((equal.prob_over(1.0).unwrap() - nearly.prob_over(1.0).unwrap()).abs() < 1e-4);
    }

    #[test]
    fn networks_nobody_can_leave_are_refused() {
        let stuck = [vec![0.0, 1.0], vec![1.0, 0.0]];
        assert!(Jackson::new(&[station(1.0, 0.1, 1), station(0.0, 0.1, 1)], &stuck).is_err());
        assert!(Jackson::new(&[station(1.0, 0.1, 1)], &stuck).is_err());
        assert!(ClosedNetwork::new(2, &[station(0.0, 1.0, 1)], &[vec![0.5]]).is_err());
    }
}
