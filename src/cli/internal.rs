//! Panics: a short message that asks for a report, and exit status 101.
//!
//! **Deliberately absent:** backtraces. Whoever debugs the checker runs its tests.

use crate::report::escape;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::{Mutex, PoisonError};

/// The first panic since the last look, and where it happened.
static SEEN: Mutex<Option<String>> = Mutex::new(None);

/// Makes panics silent until they are reported here.
pub fn install() {
    std::panic::set_hook(Box::new(note));
}

fn note(panic: &PanicHookInfo<'_>) {
    let payload = panic.payload();
    let message = (payload.downcast_ref::<&str>().copied())
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic");
    let place = panic
        .location()
        .map(|at| format!(" ({}:{})", at.file(), at.line()));
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    // A worker's panic makes its scope panic, too; the first one says why.
    if seen.is_none() {
        let first = message.lines().next().unwrap_or_default();
        *seen = Some(format!("{first}{}", place.unwrap_or_default()));
    }
}

/// Does `work`.
///
/// # Errors
///
/// If it panics: one line that says where.
pub fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
        let what = seen.take().unwrap_or_else(|| "a panic".to_owned());
        escape::line(&what).into_owned()
    })
}

/// The message for the user.
pub fn message(doing: &str, what: &str) -> String {
    format!(
        "internal error while {doing}: {what}\n  \
         this is a mistake in threadbare {}, not in your scenario; please report it with the file",
        env!("CARGO_PKG_VERSION")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_one_line() {
        assert_eq!(guarded(|| 7), Ok(7));
        let hook = std::panic::take_hook();
        install();
        let caught = guarded(|| panic!("no \u{1b}[31m such row\nsecond line"));
        std::panic::set_hook(hook);
        let line = caught.expect_err("it panics");
        assert!(line.contains(r"no \u{1b}[31m such row ("), "{line}");
        assert!(message("checking `a` in b.tb", &line).contains("please report"));
    }
}
