//! Flow records in columns, as Python hands them over: by reference, without a copy.

use std::cell::RefCell;

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, DataType, Schema, SchemaRef};
use posture::Tallying;
use posture::columns::Columns;
use posture_core::issue::{Issue, IssueKind, Issues};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList};

use crate::{capsules, errors};

type Batches = Box<dyn Iterator<Item = Result<RecordBatch, ArrowError>> + Send>;

/// Batches of one table, by the name that issues give it.
pub(crate) struct Table {
    name: String,
    schema: SchemaRef,
    batches: Batches,
}

/// Takes tables that are Arrow's streams, or batches.
pub(crate) fn tables(flows: &Bound<'_, PyList>) -> PyResult<Vec<Table>> {
    let name = |number: usize| match flows.len() {
        1 => "flows".to_owned(),
        _ => format!("flows[{number}]"),
    };
    let each = flows.iter().enumerate();
    each.map(|(number, flows)| table(name(number), &flows))
        .collect()
}

fn table(name: String, flows: &Bound<'_, PyAny>) -> PyResult<Table> {
    match handed_over(flows) {
        Ok((schema, batches)) => Ok(Table {
            name,
            schema,
            batches,
        }),
        Err(error) => Err(not_handed_over(flows.py(), &name, error)),
    }
}

fn handed_over(flows: &Bound<'_, PyAny>) -> PyResult<(SchemaRef, Batches)> {
    if flows.hasattr("__arrow_c_stream__")? {
        let capsule = flows.call_method0("__arrow_c_stream__")?;
        let stream = capsules::stream(capsule.cast()?)?;
        return Ok((stream.schema(), Box::new(stream)));
    }
    let pair = flows.call_method0("__arrow_c_array__")?;
    let (schema, array): (Bound<'_, PyCapsule>, Bound<'_, PyCapsule>) = pair.extract()?;
    let batch = capsules::batch(&schema, &array)?;
    Ok((batch.schema(), Box::new([Ok(batch)].into_iter())))
}

/// What a library says of its own table, such as a column of values that Arrow has no type for, in the words of
/// this package; what stops the program stays what it is.
fn not_handed_over(py: Python<'_>, name: &str, error: PyErr) -> PyErr {
    if !error.is_instance_of::<PyException>(py) {
        return error;
    }
    let told = unusable(name, error.value(py));
    told.set_cause(py, Some(error));
    told
}

/// Tallies tables. One that is no flow log is an exception, so is one with a column of another type, and
/// one that cannot be read to its end: rows and columns are never left out in silence.
pub(crate) fn tally(
    tables: Vec<Table>,
    tallying: &mut Tallying<'_>,
    issues: &mut Issues,
) -> PyResult<()> {
    for Table {
        name,
        schema,
        batches,
    } in tables
    {
        let columns = Columns::new(&schema).map_err(|error| unusable(&name, &error))?;
        if let Some(error) = columns.not_used().first() {
            return Err(unusable(&name, error));
        }
        let failed = RefCell::new(None);
        let all = batches.map_while(|batch| match batch {
            Ok(batch) => Some(Ok(batch)),
            Err(error) => {
                *failed.borrow_mut() = Some(error);
                None
            }
        });
        let read = tallying.read_batches(&name, &schema, all, issues);
        read.map_err(|error| unusable(&name, &error))?;
        if let Some(error) = failed.into_inner() {
            return Err(unusable(&name, &broken(&schema, &error)));
        }
    }
    Ok(())
}

/// Why a table breaks off. Where libraries hand over columns without a type in another way than Arrow says, Arrow's
/// error does not tell which.
fn broken(schema: &Schema, error: &ArrowError) -> String {
    let fields = schema.fields().iter();
    let untyped = fields.filter(|field| field.data_type() == &DataType::Null);
    let names: Vec<String> = untyped.map(|field| format!("`{}`", field.name())).collect();
    match (error, names.as_slice()) {
        (ArrowError::CDataInterface(_), [_, ..]) => format!(
            "the columns {} have no type, expected one of text, numbers or times: {error}",
            names.join(", ")
        ),
        _ => error.to_string(),
    }
}

fn unusable(name: &str, error: &impl ToString) -> PyErr {
    let message = error.to_string();
    let issue = Issue {
        severity: IssueKind::Unreadable.severity(),
        kind: IssueKind::Unreadable,
        file: name.to_owned(),
        at: String::new(),
        message: message.clone(),
        count: 1,
    };
    errors::input(format!("`{name}`: {message}"), &issue)
}
