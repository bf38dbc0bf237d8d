//! Text in, text out: hand-made reports and what every renderer makes of them.

mod formats;
mod golden;
mod hostile;
mod pictures;
mod samples;
