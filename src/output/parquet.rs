//! The tables of a study as Parquet files, for programs that read columns: the columns of the CSV files under the
//! same names. Behind the feature `parquet`.
//!
//! Text columns are required, numbers may be null where a cell of the CSV file is empty. Numbers are the same to
//! the last bit.

use super::csv::{sync_folder, temporary_name};
use super::study::TidyTable;
use crate::experiment::Results;
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::parser::parse_message_type;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why a Parquet file was not written. The old file, if there was one, is whole.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ParquetFileError {
    /// The operating system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file to be written.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// The rows do not make a Parquet file.
    #[error("{}: {source}", path.display())]
    Parquet {
        /// The file to be written.
        path: PathBuf,
        /// Why.
        source: ParquetError,
    },
}

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cells {
    Text,
    Number,
    Whole,
}

impl Cells {
    fn of(column: &str) -> Self {
        match column {
            "scenario" | "baseline" | "area" | "period" | "measure" | "unit" | "cost_not_known_because" => {
                Self::Text
            }
            "replication" | "replications" | "price_year" => Self::Whole,
            _ => Self::Number,
        }
    }

    fn declared(self, column: &str) -> String {
        match self {
            Self::Text => format!("REQUIRED BYTE_ARRAY {column} (UTF8);"),
            Self::Number => format!("OPTIONAL DOUBLE {column};"),
            Self::Whole => format!("OPTIONAL INT64 {column};"),
        }
    }
}

impl Results {
    /// Writes the tables of [`write_csv`](Self::write_csv) as `summary.parquet`, `comparison.parquet` (against
    /// `baseline`), `pairs.parquet`, `monthly.parquet`, `by_provider.parquet`, `costs.parquet` and `replications.parquet` into a
    /// folder, each complete or not at all.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write_parquet(&self, folder: impl AsRef<Path>, baseline: &str) -> Result<(), ParquetFileError> {
        let folder = folder.as_ref();
        fs::create_dir_all(folder)
            .map_err(|source| ParquetFileError::Io { path: folder.to_owned(), source })?;
        self.tidy_tables(baseline)
            .try_for_each(|table| write(&folder.join(table.name).with_extension("parquet"), &table))
    }
}

fn write(path: &Path, table: &TidyTable) -> Result<(), ParquetFileError> {
    let temporary = temporary_name(path);
    let io = |source| ParquetFileError::Io { path: path.to_owned(), source };
    let written = File::create_new(&temporary)
        .map_err(io)
        .and_then(|mut file| {
            write_table(&mut file, table)
                .map_err(|source| ParquetFileError::Parquet { path: path.to_owned(), source })?;
            file.sync_all().map_err(io)
        })
        .and_then(|()| fs::rename(&temporary, path).and_then(|()| sync_folder(path)).map_err(io));
    if written.is_err() {
        // already failing: what cannot be removed either is only litter
        let _ = fs::remove_file(&temporary);
    }
    written
}

fn write_table(file: impl Write + Send, table: &TidyTable) -> Result<(), ParquetError> {
    let columns: String = table.header.iter().map(|column| Cells::of(column).declared(column)).collect();
    let schema = parse_message_type(&format!("message {} {{{columns}}}", table.name))?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = SerializedFileWriter::new(file, Arc::new(schema), Arc::new(properties))?;
    let mut rows = writer.next_row_group()?;
    for (position, name) in table.header.iter().enumerate() {
        let Some(mut column) = rows.next_column()? else { break };
        let cells = table.rows.iter().map(|row| row.get(position).map_or("", String::as_str));
        match Cells::of(name) {
            Cells::Text => {
                let values: Vec<ByteArray> = cells.map(ByteArray::from).collect();
                column.typed::<ByteArrayType>().write_batch(&values, None, None)?;
            }
            Cells::Number => write_present::<DoubleType>(&mut column, cells)?,
            Cells::Whole => write_present::<Int64Type>(&mut column, cells)?,
        }
        column.close()?;
    }
    rows.close()?;
    writer.close()?;
    Ok(())
}

/// The cells that hold a value; the others are null.
fn write_present<'a, T: DataType<T: std::str::FromStr>>(
    column: &mut SerializedColumnWriter<'_>,
    cells: impl Iterator<Item = &'a str>,
) -> Result<(), ParquetError> {
    let values: Vec<Option<T::T>> = cells.map(|cell| cell.parse().ok()).collect();
    let levels: Vec<i16> = values.iter().map(|value| i16::from(value.is_some())).collect();
    let present: Vec<T::T> = values.into_iter().flatten().collect();
    column.typed::<T>().write_batch(&present, Some(&levels), None)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Study;
    use crate::policy::Beds;
    use crate::system::pack::england;
    use crate::units::date;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    fn shown(field: &Field) -> String {
        match field {
            Field::Str(text) => text.clone(),
            Field::Double(value) => super::super::cell(*value),
            Field::Long(value) => value.to_string(),
            Field::Null => String::new(),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn a_parquet_file_reads_back_as_the_csv_file_beside_it() {
        let from = date(2022, 10, 1);
        let results = Study::new(england().place("R1F").unwrap())
            .period(from..=date(2022, 10, 31))
            .warm_up_months(0)
            .replications(1) // so that intervals are absent
            .scenario("as it was", [])
            .scenario("20 \"more\"", [Beds::added(20).opens_from(from).open_by(from).into()])
            .run()
            .unwrap();
        let folder = std::env::temp_dir().join(format!("nhs-capacity-parquet-{}", std::process::id()));
        results.write_csv(&folder, "as it was").unwrap();
        results.write_parquet(&folder, "as it was").unwrap();
        for name in ["summary", "comparison", "pairs", "monthly", "by_provider", "costs", "replications"] {
            let mut csv = csv::Reader::from_path(folder.join(name).with_extension("csv")).unwrap();
            let header: Vec<String> = csv.headers().unwrap().iter().map(str::to_owned).collect();
            let rows: Vec<Vec<String>> =
                csv.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
            let file = File::open(folder.join(name).with_extension("parquet")).unwrap();
            let file = SerializedFileReader::new(file).unwrap();
            let schema = file.metadata().file_metadata().schema_descr();
            let columns: Vec<String> = schema.columns().iter().map(|c| c.name().to_owned()).collect();
            assert_eq!(columns, header, "{name}");
            let found: Vec<Vec<String>> = file
                .get_row_iter(None)
                .unwrap()
                .map(|row| row.unwrap().get_column_iter().map(|(_, field)| shown(field)).collect())
                .collect();
            assert!(!rows.is_empty());
            assert_eq!(found, rows, "{name}");
        }
        let files = fs::read_dir(&folder).unwrap().count();
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(files, 14);
    }
}
