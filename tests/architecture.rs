//! The tree tells the story: each folder of `src/` uses only those above it.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// The layers, lowest first. `prelude` and `lib` may use everything.
const LAYERS: [&str; 12] = [
    "units",
    "random",
    "engine",
    "theory",
    "measure",
    "network",
    "care",
    "system",
    "policy",
    "scenario",
    "experiment",
    "output",
];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the entry can be read").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Names of the folders that a text of Rust refers to by `crate::folder`, outside documentation.
fn folders_used(text: &str) -> Vec<String> {
    text.lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .flat_map(|line| line.split("crate::").skip(1))
        .flat_map(|rest| {
            let first = |name: &str| {
                name.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
            };
            match rest.strip_prefix('{') {
                Some(group) => group.split(", ").map(first).collect::<Vec<_>>(),
                None => vec![first(rest)],
            }
        })
        .collect()
}

#[test]
fn each_folder_uses_only_those_above_it() {
    for (level, layer) in LAYERS.iter().enumerate() {
        let folder = source().join(layer);
        if !folder.exists() {
            continue;
        }
        for file in rust_files(&folder) {
            let text = fs::read_to_string(&file).expect("the file can be read");
            for used in folders_used(&text) {
                if let Some(other) = LAYERS.iter().position(|name| *name == used) {
                    assert!(other <= level, "{} uses {used}, which is below {layer}", file.display());
                }
            }
        }
    }
}

#[test]
fn every_folder_has_its_layer() {
    for entry in fs::read_dir(source()).expect("src can be read") {
        let path = entry.expect("the entry can be read").path();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let is_known = LAYERS.contains(&name.as_str()) || ["lib", "prelude", "bin"].contains(&name.as_str());
        assert!(is_known, "{} has no place in the layers", path.display());
    }
}

#[test]
fn services_do_not_know_each_other() {
    let services = ["ambulance", "emergency", "ward", "discharge", "elective"];
    for service in services {
        let file = source().join("care").join(format!("{service}.rs"));
        let files = if file.exists() { vec![file] } else { rust_files(&source().join("care").join(service)) };
        for file in files {
            let text = fs::read_to_string(&file).expect("the file can be read");
            for other in services.iter().filter(|other| **other != service) {
                let knows =
                    text.contains(&format!("care::{other}")) || text.contains(&format!("super::{other}"));
                assert!(!knows, "{} knows {other}", file.display());
            }
        }
    }
}

#[test]
fn the_engine_knows_nothing_of_health() {
    for folder in ["engine", "theory", "network"] {
        let folder = source().join(folder);
        if !folder.exists() {
            continue;
        }
        for file in rust_files(&folder) {
            let text = fs::read_to_string(&file).expect("the file can be read");
            for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
                for word in ["nhs", "hospital", "ambulance"] {
                    assert!(!line.to_lowercase().contains(word), "{}: {line}", file.display());
                }
            }
        }
    }
}

/// A development dependency turns `num-traits/std` on for tests, benches and examples; the program must not have other logarithms.
#[test]
fn every_build_has_the_same_logarithms() {
    let manifest = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
    let manifest = manifest.expect("Cargo.toml can be read");
    let line = manifest.lines().find(|line| line.starts_with("rand_distr")).unwrap_or_default();
    assert!(
        line.contains("\"std_math\""),
        "rand_distr has feature std_math, which turns num-traits/std on: {line}"
    );
}

#[test]
fn every_example_is_in_the_readme() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("the README can be read");
    for file in rust_files(&root.join("examples")) {
        let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
        assert!(readme.contains(name), "README.md does not mention the example {name}");
    }
}

#[test]
fn the_scan_finds_what_it_should() {
    assert_eq!(folders_used("use crate::units::{Span, Time};"), ["units"]);
    assert_eq!(folders_used("use crate::{units::Span, care::ward};"), ["units", "care"]);
    assert!(folders_used("// crate::output").is_empty());
    assert_eq!(folders_used("fn f(x: crate::care::PatientId) {}"), ["care"]);
}
