//! The service from end to end: a real client over real connections, and a real browser.

mod browser;
mod client;
mod cycle;
mod deploy;
mod description;
mod durability;
mod garbage;
mod gone;
mod hours;
mod limits;
mod schedule;
mod start;
mod tokens;
