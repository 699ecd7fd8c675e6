//! What the score would be: changes as they are written, and an assessment that holds all that it is
//! made of.

mod changes;
mod held;
mod policies;

pub use changes::{ChangeError, Changes};
pub use held::HeldWhatIf;
pub(crate) use policies::as_enforced;
pub use policies::{PoliciesError, enforced, try_policies};
