//! loom and shuttle, which know nothing of us, say the same as we do.

#[path = "../oracle/mod.rs"]
mod explorer;

mod conformance;
mod random;

/// Failures are how an engine talks; only those of the tests themselves are shown.
fn quiet() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location();
        if place.is_some_and(|place| place.file().contains("witnesses")) {
            eprintln!("{panic}");
        }
    }));
}
