//! Arrow's `PyCapsule` interface, from Python to here.
#![expect(
    unsafe_code,
    reason = "a capsule is a pointer: that it is what its name says is the promise of the interface"
)]

use arrow_array::ffi::{FFI_ArrowArray, FFI_ArrowSchema, from_ffi};
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::{RecordBatch, StructArray};
use arrow_schema::DataType;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use crate::errors;

/// The batches of a stream, which is taken out of its capsule.
pub(crate) fn stream(capsule: &Bound<'_, PyCapsule>) -> PyResult<RecordBatchStreamReader> {
    let pointer = capsule.pointer_checked(Some(c"arrow_array_stream"))?;
    // SAFETY: a capsule of this name holds a stream, and `from_raw` leaves a released one in it.
    let stream = unsafe { FFI_ArrowArrayStream::from_raw(pointer.cast().as_ptr()) };
    RecordBatchStreamReader::try_new(stream).map_err(errors::posture)
}

/// A batch, which is taken out of its capsules: an array of structs.
pub(crate) fn batch(
    schema: &Bound<'_, PyCapsule>,
    array: &Bound<'_, PyCapsule>,
) -> PyResult<RecordBatch> {
    let schema = schema.pointer_checked(Some(c"arrow_schema"))?;
    let array = array.pointer_checked(Some(c"arrow_array"))?;
    // SAFETY: a capsule of this name holds a schema, which lives as long as the capsule.
    let schema: &FFI_ArrowSchema = unsafe { schema.cast().as_ref() };
    // SAFETY: a capsule of this name holds an array, and `from_raw` leaves a released one in it.
    let array = unsafe { FFI_ArrowArray::from_raw(array.cast().as_ptr()) };
    // SAFETY: the two come out of one call, so the schema is the array's.
    let data = unsafe { from_ffi(array, schema) }.map_err(errors::posture)?;
    match (data.data_type(), data.null_count()) {
        (DataType::Struct(_), 0) => Ok(StructArray::from(data).into()),
        (DataType::Struct(_), nulls) => Err(errors::posture(format!(
            "{nulls} rows are null, expected none"
        ))),
        (other, _) => Err(errors::posture(format!(
            "an array of `{other}`, expected one of structs: a column for each field"
        ))),
    }
}
