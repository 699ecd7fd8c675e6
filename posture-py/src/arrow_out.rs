//! Rows of the package as a stream of Arrow.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{
    ArrayRef, BooleanArray, Float64Array, Int64Array, RecordBatch, RecordBatchIterator,
    RecordBatchOptions, StringArray, TimestampSecondArray,
};
use arrow_schema::{Field, Schema};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// A stream of one batch, of columns with a name, what they hold, and values.
#[pyfunction]
pub(crate) fn arrow_stream<'py>(
    py: Python<'py>,
    columns: Vec<(String, String, Bound<'py, PyAny>)>,
    rows: usize,
) -> PyResult<Bound<'py, PyCapsule>> {
    let (mut fields, mut arrays) = (Vec::new(), Vec::new());
    for (name, kind, values) in columns {
        let array = array(&kind, &values)?;
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let schema = Arc::new(Schema::new(fields));
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let wrong = |error: arrow_schema::ArrowError| PyValueError::new_err(error.to_string());
    let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options);
    let batches = RecordBatchIterator::new([Ok(batch.map_err(wrong)?)], schema);
    let stream = FFI_ArrowArrayStream::new(Box::new(batches));
    PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
}

fn array(kind: &str, values: &Bound<'_, PyAny>) -> PyResult<ArrayRef> {
    Ok(match kind {
        "text" => Arc::new(StringArray::from(values.extract::<Vec<Option<String>>>()?)),
        "number" => Arc::new(Float64Array::from(values.extract::<Vec<Option<f64>>>()?)),
        "integer" => Arc::new(Int64Array::from(values.extract::<Vec<Option<i64>>>()?)),
        "bool" => Arc::new(BooleanArray::from(values.extract::<Vec<Option<bool>>>()?)),
        "time" => {
            let seconds = TimestampSecondArray::from(values.extract::<Vec<Option<i64>>>()?);
            Arc::new(seconds.with_timezone("UTC"))
        }
        "texts" => {
            let mut lists = ListBuilder::new(StringBuilder::new());
            for list in values.extract::<Vec<Vec<String>>>()? {
                lists.append_value(list.into_iter().map(Some));
            }
            Arc::new(lists.finish())
        }
        other => return Err(PyValueError::new_err(format!("no kind of column: {other}"))),
    })
}
