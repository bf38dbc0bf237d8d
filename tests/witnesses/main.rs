//! loom and shuttle, which know nothing of us, say the same as we do.

#[path = "../oracle/mod.rs"]
mod explorer;

mod conformance;
mod led;
mod random;

use threadbare::bridge::{Bounds, Engine, Sight, Trust, Unfinished, lead, orders, trust};
use threadbare::checker::witness::{Led, Ours};
use threadbare::program::Program;

/// Ends to which shuttle is led, for each program.
const ENDS_MAX: usize = 200;

/// The same, where shuttle can be believed and has not met something that it cannot say.
fn leads_where_exact(
    engine: Engine,
    program: &Program,
    sight: &Sight,
    ours: &Ours,
) -> Result<(), String> {
    let refused = matches!(sight.unfinished, Some(Unfinished::Refused(_)));
    let is_exact = engine == Engine::Shuttle && trust(engine, program) == Trust::Exact;
    match is_exact && !refused {
        true => leads_along_all(program, ours),
        false => Ok(()),
    }
}

/// shuttle, led along our schedules, comes to the same ends.
fn leads_along_all(program: &Program, ours: &Ours) -> Result<(), String> {
    for (end, schedule) in ours.ends.iter().take(ENDS_MAX) {
        let orders = orders(program, schedule).expect("it is a schedule of the program");
        let sight = lead(program, &orders, Bounds::default()).expect("built with witnesses");
        let led = Led::of(end, &orders, &sight);
        // Some things turn out only in a run to be what shuttle has not.
        if !matches!(led, Led::Reached | Led::Refused(_)) {
            let token = schedule.token(program);
            return Err(format!(
                "{token}: {led:?} instead of {end:?}, but {sight:?}"
            ));
        }
    }
    Ok(())
}

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
