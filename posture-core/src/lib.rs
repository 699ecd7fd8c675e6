pub mod issue;
pub mod model;
pub mod points;
pub mod selector;
