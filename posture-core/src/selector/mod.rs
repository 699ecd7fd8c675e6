//! Selectors over labels.

mod label_selector;

pub use label_selector::{Expression, LabelSelector, Labels, Operator};
