//! loom and shuttle, which know nothing of us, say the same as we do.

#[path = "../oracle/mod.rs"]
mod explorer;

mod conformance;
mod random;

/// Failures are how an engine talks: those of the engines, and of the bridges that stop
/// them, are not shown.
fn quiet() {
    std::panic::set_hook(Box::new(|panic| {
        let file = panic.location().map_or("", |place| place.file());
        let is_ours = file.starts_with("src") || file.starts_with("tests");
        if is_ours && !file.contains("bridge") {
            eprintln!("{panic}");
        }
    }));
}
