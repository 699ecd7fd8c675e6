//! Flow logs in columns.

#![cfg_attr(
    not(test),
    warn(
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::todo,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

mod alike;
mod asked;
mod batches;
mod columns;
mod contain;
mod error;
mod index;
mod ipc;
mod known;
mod memory;
mod numbers;
mod parquet;
mod read;
mod record;
mod rows;
mod short;
mod stand_ins;
mod tally;
mod texts;
mod write;

pub use ::parquet::file::reader::ChunkReader;
pub use batches::TallyReader;
pub use columns::{ColumnError, Columns};
pub use contain::is_of_decoder;
pub use error::FileError;
pub use ipc::ArrowLog;
pub use parquet::ParquetFile;
pub use read::RecordReader;
pub use tally::Target;
pub use write::{Form, Writer};

/// What batches are made of.
pub mod arrow {
    pub use arrow_array::RecordBatch;
    pub use arrow_schema::{ArrowError, Schema};
}
