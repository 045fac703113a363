//! What people and scripts see: stdout is the result and nothing else, stderr is
//! all the rest.

pub mod ask;
pub mod chart;
pub mod echo;
#[cfg(unix)]
mod hidden;
pub mod metrics;
pub mod output;
pub mod overview;
pub mod progress;
pub mod qr;
pub mod render;
pub mod report;
pub mod rows;
pub mod screen;
pub mod stream;
pub mod tone;
pub mod views;
