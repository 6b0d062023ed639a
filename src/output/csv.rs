//! CSV files that are either the old version or the new one, never half of it.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Why a table was not written. The file at the path is whole, the old one unless only the last
/// flush failed, and the run can go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CsvError {
    /// A row has more or fewer entries than the header.
    #[error("{}: row {row} has {found} entries, the header has {expected}", path.display())]
    RowLength {
        /// The file to be written.
        path: PathBuf,
        /// Which row, the first after the header being 1.
        row: u64,
        /// Its entries.
        found: usize,
        /// Entries of the header.
        expected: usize,
    },
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file to be written.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

/// A number as a cell: the shortest text that reads back as the same bits. Absent and NaN are empty.
///
/// ```
/// use nhs_capacity::output::cell;
/// assert_eq!((cell(0.1), cell(None), cell(f64::NAN)), ("0.1".into(), String::new(), String::new()));
/// ```
pub fn cell(value: impl Into<Option<f64>>) -> String {
    value.into().filter(|value| !value.is_nan()).map_or_else(String::new, |value| value.to_string())
}

/// Writes `header` and `rows` to `path`: first under a temporary name in the same folder, then
/// flushed to the disc, then renamed, so that a crash leaves no half-written table.
///
/// # Errors
/// If a row is not as long as the header or the file cannot be written.
pub fn write_rows<P, H, R>(path: P, header: H, rows: R) -> Result<(), CsvError>
where
    P: AsRef<Path>,
    H: IntoIterator<Item: AsRef<str>>,
    R: IntoIterator<Item: IntoIterator<Item: AsRef<str>>>,
{
    let path = path.as_ref();
    let temporary = temporary_name(path);
    let written = write_new(path, &temporary, header, rows)
        .and_then(|()| fs::rename(&temporary, path).and_then(|()| sync_folder(path)).map_err(failed(path)));
    if written.is_err() {
        // Already failing: what cannot be removed either is only litter.
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn failed(path: &Path) -> impl Fn(io::Error) -> CsvError + '_ {
    |source| CsvError::Io { path: path.to_owned(), source }
}

// Of this process and this call, so that two writers of one table do not meet.
pub(super) fn temporary_name(path: &Path) -> PathBuf {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}-{}.tmp", std::process::id(), CALLS.fetch_add(1, Ordering::Relaxed)));
    path.with_file_name(name)
}

fn write_new<H, R>(path: &Path, temporary: &Path, header: H, rows: R) -> Result<(), CsvError>
where
    H: IntoIterator<Item: AsRef<str>>,
    R: IntoIterator<Item: IntoIterator<Item: AsRef<str>>>,
{
    let file = BufWriter::new(File::create_new(temporary).map_err(failed(path))?);
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(file);
    let expected = write_record(&mut writer, header).map_err(failed(path))?;
    for (row, entries) in (1..).zip(rows) {
        let found = write_record(&mut writer, entries).map_err(failed(path))?;
        if found != expected {
            return Err(CsvError::RowLength { path: path.to_owned(), row, found, expected });
        }
    }
    let mut file = writer.into_inner().map_err(|error| failed(path)(error.into_error()))?;
    file.flush().and_then(|()| file.get_ref().sync_all()).map_err(failed(path))
}

// Field by field, because the entries may not live as long as the row.
fn write_record<W: Write>(
    writer: &mut csv::Writer<W>,
    entries: impl IntoIterator<Item: AsRef<str>>,
) -> io::Result<usize> {
    let mut count = 0;
    for entry in entries {
        writer.write_field(entry.as_ref())?;
        count += 1;
    }
    writer.write_record(None::<&[u8]>)?;
    Ok(count)
}

// The rename itself reaches the disc with the folder. Elsewhere a folder cannot be opened as a file.
#[cfg(unix)]
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("nhs-capacity-csv-{name}-{}", std::process::id()));
            fs::create_dir_all(&folder).unwrap();
            Self(folder)
        }

        fn files(&self) -> usize {
            fs::read_dir(&self.0).unwrap().count()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn rows_are_quoted_where_they_must_be() {
        let folder = Folder::new("quoted");
        let path = folder.0.join("waits.csv");
        let rows = [["King's, \"London\"".to_owned(), cell(1.0 / 3.0)], ["Łódź".to_owned(), cell(None)]];
        write_rows(&path, ["trust", "mean_wait_hours"], &rows).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, "trust,mean_wait_hours\n\"King's, \"\"London\"\"\",0.3333333333333333\nŁódź,\n");
        assert_eq!(folder.files(), 1);
    }

    #[test]
    fn a_failed_write_leaves_the_old_file() {
        let folder = Folder::new("failed");
        let path = folder.0.join("beds.csv");
        write_rows(&path, ["a", "b"], [["1", "2"]]).unwrap();
        let error = write_rows(&path, ["a", "b"], [vec!["1", "2"], vec!["3"]]).unwrap_err().to_string();
        assert!(error.ends_with("beds.csv: row 2 has 1 entries, the header has 2"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "a,b\n1,2\n");
        assert_eq!(folder.files(), 1);
        let nowhere = write_rows(folder.0.join("no/such.csv"), ["a"], [["1"]]).unwrap_err();
        assert!(matches!(nowhere, CsvError::Io { .. }) && nowhere.to_string().contains("such.csv"));
        assert!(write_rows("/", ["a"], [["1"]]).is_err());
    }

    proptest! {
        #[test]
        fn a_cell_reads_back_bit_for_bit(bits in any::<u64>()) {
            let value = f64::from_bits(bits);
            let text = cell(value);
            if value.is_nan() {
                prop_assert_eq!(text, "");
            } else {
                prop_assert_eq!(text.parse::<f64>().unwrap().to_bits(), bits);
            }
        }
    }
}
