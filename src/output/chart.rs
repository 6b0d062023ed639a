//! Two charts as inline SVG: differences with their intervals, and months with published figures.
//!
//! Colours come from the style sheet of the page (`.s0`, `.s1` ...), so that a chart follows it into a
//! dark room and onto paper; series differ in shape as well as in colour.

use super::study::grouped;
use std::fmt::Write;

/// Text that is safe between tags and in attributes.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

/// A value and its interval.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bar {
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

/// One line of a chart of differences: what, and one bar a scenario.
pub(super) struct Group {
    pub label: String,
    pub bars: Vec<Option<Bar>>,
}

/// How many colours the style sheet has.
const COLOURS: usize = 6;

/// How a chart is drawn: for a desk and for paper, or for a phone. A page holds both and shows one.
struct Frame {
    class: &'static str,
    width: f64,
    // where the labels of rows stand: left of them, or above them
    row_label: Option<f64>,
    axis_label: f64,
    most_months: usize,
}

const WIDE: Frame =
    Frame { class: "wide", width: 760.0, row_label: Some(230.0), axis_label: 70.0, most_months: 12 };
const NARROW: Frame =
    Frame { class: "narrow", width: 380.0, row_label: None, axis_label: 58.0, most_months: 4 };

/// Round numbers that cover `low` to `high`: where marks on an axis stand, some five of them.
fn marks(low: f64, high: f64) -> Vec<f64> {
    let span = high - low;
    if !span.is_finite() || span <= 0.0 {
        return vec![low];
    }
    let raw = span / 5.0;
    let power = 10f64.powf(raw.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * power).into_iter().find(|step| *step >= raw).unwrap_or(raw);
    let first = (low / step).ceil() as i64;
    let last = (high / step).floor() as i64;
    (first..=last.min(first + 20)).map(|n| n as f64 * step).collect()
}

/// Decimals that tell the marks apart.
fn decimals(marks: &[f64]) -> usize {
    let step = marks.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(f64::INFINITY, f64::min);
    if step >= 1.0 || !step.is_finite() { 0 } else { (-step.log10()).ceil().clamp(0.0, 4.0) as usize }
}

/// Differences with their intervals, a line a group, a mark a scenario.
pub(super) fn differences(title: &str, unit: &str, groups: &[Group]) -> String {
    [WIDE, NARROW].map(|frame| differences_in(&frame, title, unit, groups)).concat()
}

fn differences_in(frame: &Frame, title: &str, unit: &str, groups: &[Group]) -> String {
    const ROW: f64 = 14.0;
    let left = frame.row_label.unwrap_or(20.0);
    // a line of text above each group
    let above = if frame.row_label.is_some() { 0.0 } else { 17.0 };
    let bars = || groups.iter().flat_map(|group| group.bars.iter().flatten());
    let mut low = bars().map(|bar| bar.low).fold(0.0, f64::min);
    let mut high = bars().map(|bar| bar.high).fold(0.0, f64::max);
    if high - low <= 0.0 || !(high - low).is_finite() {
        (low, high) = (-1.0, 1.0);
    }
    let margin = 0.04 * (high - low);
    (low, high) = (low - margin, high + margin);
    let x = |value: f64| left + (value - low) / (high - low) * (frame.width - left - 20.0);
    let rows: Vec<f64> =
        groups.iter().map(|group| above + group.bars.len().max(1) as f64 * ROW + 12.0).collect();
    let bottom = 10.0 + rows.iter().sum::<f64>();
    let mut svg = open(frame, title, bottom + 44.0);
    let ticks = marks(low, high);
    let places = decimals(&ticks);
    for mark in &ticks {
        let class = if mark.abs() < 1e-12 { "zero" } else { "grid" };
        let (at, text) = (x(*mark), grouped(*mark, places));
        let _ = write!(
            svg,
            "<line class=\"{class}\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"4\" y2=\"{bottom:.1}\"/>\
             <text class=\"axis\" x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{text}</text>",
            bottom + 15.0
        );
    }
    let mut top = 10.0;
    for (group, height) in groups.iter().zip(&rows) {
        let label = escape(&group.label);
        let (at, y, anchor) = match frame.row_label {
            Some(left) => (left - 10.0, top + (height - 12.0) / 2.0 + 4.0, "end"),
            None => (0.0, top + 11.0, "start"),
        };
        // what is written over lines of the grid has the paper behind it
        let _ = write!(
            svg,
            "<text class=\"over\" x=\"{at:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{label}</text>"
        );
        for (scenario, bar) in group.bars.iter().enumerate() {
            let Some(bar) = bar else { continue };
            let y = top + above + scenario as f64 * ROW + ROW / 2.0;
            let colour = scenario % COLOURS;
            let _ = write!(
                svg,
                "<line class=\"s{colour}\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>",
                x(bar.low),
                x(bar.high)
            );
            svg.push_str(&mark_of(scenario, x(bar.mean), y));
        }
        top += height;
    }
    let _ = write!(
        svg,
        "<text class=\"axis\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text></svg>",
        (left + frame.width - 20.0) / 2.0,
        bottom + 34.0,
        escape(unit)
    );
    svg
}

/// A line over months.
pub(super) struct Line {
    pub values: Vec<Option<f64>>,
    pub bands: Vec<Option<(f64, f64)>>,
}

/// Months: a line with its interval a scenario, and published figures as crosses.
pub(super) fn months(
    title: &str,
    unit: &str,
    names: &[String],
    lines: &[Line],
    published: &[Option<f64>],
) -> String {
    [WIDE, NARROW].map(|frame| months_in(&frame, title, unit, names, lines, published)).concat()
}

fn months_in(
    frame: &Frame,
    title: &str,
    unit: &str,
    names: &[String],
    lines: &[Line],
    published: &[Option<f64>],
) -> String {
    const HEIGHT: f64 = 245.0;
    const TOP: f64 = 26.0;
    let values = || {
        let of_lines = lines.iter().flat_map(|line| {
            let bands = line.bands.iter().flatten().flat_map(|&(low, high)| [low, high]);
            line.values.iter().flatten().copied().chain(bands)
        });
        of_lines.chain(published.iter().flatten().copied()).filter(|value| value.is_finite())
    };
    let greatest = values().fold(f64::NEG_INFINITY, f64::max);
    let least = values().fold(f64::INFINITY, f64::min);
    // from zero, unless that would flatten what there is to see
    let (mut low, mut high) =
        if least > 0.6 * greatest { (least, greatest) } else { (least.min(0.0), greatest) };
    if !(high - low).is_finite() || high <= low {
        (low, high) = (low.min(0.0), low.max(0.0) + 1.0);
    }
    if !(high - low).is_finite() {
        (low, high) = (0.0, 1.0);
    }
    high += 0.05 * (high - low);
    let left = frame.axis_label;
    let step = (frame.width - left - 60.0) / (names.len().saturating_sub(1).max(1)) as f64;
    let x = |month: usize| left + 20.0 + month as f64 * step;
    let y = |value: f64| TOP + (high - value) / (high - low) * (HEIGHT - TOP - 10.0);
    let mut svg = open(frame, title, HEIGHT + 22.0);
    let ticks = marks(low, high);
    let places = decimals(&ticks);
    for mark in &ticks {
        let (at, text) = (y(*mark), grouped(*mark, places));
        let _ = write!(
            svg,
            "<line class=\"grid\" x1=\"{left:.1}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\
             <text class=\"axis\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{text}</text>",
            frame.width,
            left - 8.0,
            at + 4.0
        );
    }
    let every = names.len().div_ceil(frame.most_months).max(1);
    for (month, name) in names.iter().enumerate().step_by(every) {
        let _ = write!(
            svg,
            "<text class=\"axis\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
            x(month),
            HEIGHT + 14.0,
            escape(name)
        );
    }
    let _ = write!(svg, "<text class=\"axis\" x=\"4\" y=\"12\">{}</text>", escape(unit));
    for (scenario, line) in lines.iter().enumerate() {
        // lines of scenarios stand a little apart, so that intervals can be told from each other
        let aside = (scenario as f64 - (lines.len() as f64 - 1.0) / 2.0) * 4.0;
        let colour = scenario % COLOURS;
        let points: Vec<String> = line
            .values
            .iter()
            .enumerate()
            .filter_map(|(month, value)| value.map(|v| format!("{:.1},{:.1}", x(month) + aside, y(v))))
            .collect();
        let _ = write!(svg, "<polyline class=\"s{colour}\" points=\"{}\"/>", points.join(" "));
        for (month, value) in line.values.iter().enumerate() {
            let Some(value) = value else { continue };
            let at = x(month) + aside;
            if let Some(Some((low, high))) = line.bands.get(month) {
                let (low, high) = (y(*low), y(*high));
                let _ = write!(
                    svg,
                    "<line class=\"s{colour}\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{low:.1}\" y2=\"{high:.1}\"/>"
                );
            }
            svg.push_str(&mark_of(scenario, at, y(*value)));
        }
    }
    for (month, value) in published.iter().enumerate() {
        let Some(value) = value else { continue };
        let (x, y) = (x(month), y(*value));
        let _ = write!(svg, "<path class=\"published\" d=\"M{:.1} {:.1}l8 8m0 -8l-8 8\"/>", x - 4.0, y - 4.0);
    }
    svg.push_str("</svg>");
    svg
}

/// What a series looks like, for the key under a chart.
pub(super) fn key(scenario: usize) -> String {
    format!(
        "<svg class=\"key\" viewBox=\"0 0 24 12\" aria-hidden=\"true\"><polyline class=\"s{}\" \
         points=\"1,6 23,6\"/>{}</svg>",
        scenario % COLOURS,
        mark_of(scenario, 12.0, 6.0)
    )
}

fn open(frame: &Frame, title: &str, height: f64) -> String {
    let (title, class, width) = (escape(title), frame.class, frame.width);
    format!(
        "<svg class=\"{class}\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-label=\"{title}\"><title>{title}</title>"
    )
}

/// A circle, a square, a diamond or a triangle.
fn mark_of(scenario: usize, x: f64, y: f64) -> String {
    let colour = scenario % COLOURS;
    match scenario % 4 {
        0 => format!("<circle class=\"m{colour}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>"),
        1 => format!(
            "<rect class=\"m{colour}\" x=\"{:.1}\" y=\"{:.1}\" width=\"7\" height=\"7\"/>",
            x - 3.5,
            y - 3.5
        ),
        2 => format!("<path class=\"m{colour}\" d=\"M{x:.1} {:.1}l5 5l-5 5l-5 -5z\"/>", y - 5.0),
        _ => format!("<path class=\"m{colour}\" d=\"M{x:.1} {:.1}l5 9h-10z\"/>", y - 5.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_and_inside() {
        assert_eq!(marks(-3.0, 21.0), [0.0, 5.0, 10.0, 15.0, 20.0]);
        assert_eq!(marks(2.0, 2.0), [2.0]);
        assert_eq!(decimals(&marks(0.0, 0.9)), 1);
        assert!(marks(0.0, f64::INFINITY).len() == 1 && marks(f64::NAN, 1.0).len() == 1);
    }

    #[test]
    fn charts_of_nothing_and_of_one_value_are_whole() {
        for svg in [
            differences("t", "u", &[]),
            differences("<t>", "u", &[Group { label: "a & b".into(), bars: vec![None] }]),
            months("t", "u", &[], &[], &[]),
            months(
                "t",
                "u",
                &["2022-10".to_owned()],
                &[Line { values: vec![Some(0.0)], bands: vec![None] }],
                &[None],
            ),
        ] {
            assert!(svg.starts_with("<svg") && svg.ends_with("</svg>") && !svg.contains("NaN"), "{svg}");
            assert!(!svg.contains("inf") && !svg.contains("<t>"), "{svg}");
        }
    }
}
