//! loom and shuttle, which know nothing of us, say the same as we do.

#[path = "../oracle/mod.rs"]
mod explorer;

mod conformance;
mod led;
mod random;

use threadbare::bridge::{Bounds, End, Engine, NotBuilt, Sight, Trust, Unfinished, lead, trust};
use threadbare::checker::witness::{Led, Ours, led_along};
use threadbare::program::Program;

/// Ends to which an engine is led, for each program.
const ENDS_MAX: usize = 200;

/// The same, where an engine can be believed and has not met something that it cannot say.
fn leads_where_exact(
    engine: Engine,
    program: &Program,
    sight: &Sight,
    ours: &Ours,
) -> Result<(), String> {
    let refused = matches!(sight.unfinished, Some(Unfinished::Refused(_)));
    match trust(engine, program) == Trust::Exact && !refused {
        true => leads_along_all(engine, program, ours),
        false => Ok(()),
    }
}

/// An engine, led along our schedules, comes to the same ends.
fn leads_along_all(engine: Engine, program: &Program, ours: &Ours) -> Result<(), String> {
    for (end, schedule) in ours.ends.iter().take(ENDS_MAX) {
        let mut sights = Vec::new();
        let led = led_along(program, (end, schedule), |orders| {
            let sight = lead(engine, program, orders, Bounds::default())?;
            sights.push(sight.clone());
            Ok::<_, NotBuilt>(sight)
        });
        let led = led.expect("built with witnesses");
        let fails =
            |sight: &Sight| { sight.ends.iter() }.any(|(end, _)| matches!(end, End::Fault { .. }));
        let is_fine = match led {
            // Some things turn out only in a run to be what an engine has not.
            Led::Reached | Led::Refused(_) => true,
            // loom ends at its first failure.
            Led::Raced(half) => ours
                .ends
                .keys()
                .any(|end| matches!(end, End::Race(race) if half.is_half_of(*race))),
            // Of two that race, whoever comes first fails before the other comes.
            Led::Otherwise => matches!(end, End::Race(_)) && sights.iter().all(fails),
            _ => false,
        };
        if !is_fine {
            let token = schedule.token(program);
            return Err(format!(
                "{token}: {led:?} instead of {end:?}, but {sights:?}"
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
