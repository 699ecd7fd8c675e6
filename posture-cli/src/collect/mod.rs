//! Asking a cluster: what `kubectl` and Whisker tell of it, and the archive that is made of that.

mod archive;
mod flows;
mod kubectl;
mod objects;
mod secret;
mod whisker;

pub(crate) use archive::write;
pub(crate) use flows::{FlowSources, take};
pub(crate) use kubectl::Kubectl;
pub(crate) use objects::ask;
pub(crate) use secret::key;
pub(crate) use whisker::Address;
