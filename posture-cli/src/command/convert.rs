//! `posture convert`: writes flow logs in columns.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use clap::Args;
use posture::columns::{Form, Writer};
use posture_core::issue::{Issues, Severity};

use crate::exit::{Failure, Outcome};
use crate::input::{self, Source};
use crate::output::{self, print, width};
use crate::records;
use crate::render::{self, Converted};

/// Write flow logs in columns: a file that is a fiftieth of the size and read many times as fast
///
/// Reads flow logs of every format, and those in Parquet or Arrow files. The score of the new file is
/// that of the logs it was written from.
#[derive(Args, Debug)]
#[command(after_help = crate::exit::STRICT_CODES)]
pub(crate) struct Arguments {
    /// Flow logs, directories or archives of them, or `-` for standard input
    #[arg(value_name = "FLOWS", required = true)]
    paths: Vec<PathBuf>,

    /// The file that is written: Parquet, or Arrow where its name ends in `.arrow`
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,

    /// Replace the file where there is one
    #[arg(long)]
    force: bool,

    /// Exit with 4 when there are warnings
    #[arg(long)]
    strict: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let form = form(&arguments.output)?;
    if arguments.output.exists() && !arguments.force {
        return Err(output::is_there(&arguments.output));
    }
    let mut issues = Issues::default();
    let sources = input::sources(&arguments.paths, &mut issues)?;
    // What breaks off leaves nothing behind under the name that was asked for.
    let partial = partial(&arguments.output);
    let mut done = Converted {
        records: 0,
        read: 0,
        written: 0,
        file: arguments.output.display().to_string(),
    };
    let written = write(sources, form, &partial, &mut done, &mut issues);
    if written.is_err() || done.records == 0 {
        // It may not even have been made.
        let _ = fs::remove_file(&partial);
    }
    written?;
    if done.records == 0 {
        print(&render::unconverted(&issues.into_list(), width()))?;
        let file = &done.file;
        let message = format!("no flow records were read, so `{file}` is not written");
        return Err(Failure::Nothing(message));
    }
    fs::rename(&partial, &arguments.output)?;
    let warnings = issues.count(Severity::Warning);
    print(&render::converted(&done, &issues.into_list(), width()))?;
    Ok(match arguments.strict && warnings > 0 {
        true => Outcome::Warnings,
        false => Outcome::Done,
    })
}

fn form(path: &Path) -> Result<Form, Failure> {
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension {
        Some("parquet") => Ok(Form::Parquet),
        Some("arrow" | "feather" | "ipc") => Ok(Form::Arrow),
        _ => Err(Failure::Usage(format!(
            "`--output {}`: expected a name that ends in `.parquet` or `.arrow`",
            path.display()
        ))),
    }
}

fn partial(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    path.with_file_name(name)
}

fn write(
    sources: Vec<Source>,
    form: Form,
    partial: &Path,
    done: &mut Converted,
    issues: &mut Issues,
) -> io::Result<()> {
    let mut writer = Writer::new(form, BufWriter::new(File::create(partial)?))?;
    done.read = records::read(sources, issues, &mut |record| writer.write(record))?;
    let (out, rows) = writer.finish()?;
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.sync_all()?;
    done.records = rows;
    done.written = file.metadata()?.len();
    Ok(())
}
