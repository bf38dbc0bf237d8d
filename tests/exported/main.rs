//! Exported scenarios, compiled and run against the crates they were written for.
//!
//! The files beside this one were made by `threadbare export rust`, and a test sees
//! to it that they would be made in the same way today. `THREADBARE_EXPORT=1 cargo
//! test --test exported` makes them anew.

use std::path::Path;
use threadbare::base::Source;
use threadbare::checker::Checker;
use threadbare::export::{self, Library};

macro_rules! exported {
    ($($module:ident: $library:ident, $file:literal;)*) => {
        $(mod $module;)*

        /// Module, library, scenario.
        const ALL: &[(&str, Library, &str)] =
            &[$((stringify!($module), Library::$library, $file)),*];
    };
}

exported! {
    std_bounded_buffer: Std, "clean/bounded_buffer";
    std_latch_start: Std, "clean/latch_start";
    std_after_join: Std, "clean/after_join";
    loom_lost_update: Loom, "race/lost_update";
    loom_lost_update_repaired: Loom, "clean/lost_update";
    loom_opposite_locks: Loom, "deadlock/opposite_locks";
    loom_bank_transfer_repaired: Loom, "clean/bank_transfer";
    loom_full_queues: Loom, "deadlock/full_queues";
    loom_free_for_all: Loom, "outcomes/free_for_all";
    shuttle_lost_update: Shuttle, "race/lost_update";
    shuttle_philosophers: Shuttle, "deadlock/philosophers";
    shuttle_condition_repaired: Shuttle, "clean/condition_without_lock";
    shuttle_barrier_one_short: Shuttle, "deadlock/barrier_one_short";
    shuttle_queue_under_lock: Shuttle, "deadlock/queue_under_lock";
}

fn exported(library: Library, file: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("scenarios").join(file).with_extension("tb");
    let text = std::fs::read_to_string(path).expect("it is in the library");
    let source = Source::new(format!("{file}.tb"), text);
    let loaded = Checker::new().load(&source);
    let scenarios: Vec<_> = { loaded.scenarios.iter() }
        .filter_map(|it| it.program.as_ref().map(|(hir, _)| hir))
        .collect();
    let written = export::rust(&scenarios, source.name(), library);
    written.unwrap_or_else(|refused| panic!("{file}: {}", refused.what))
}

#[test]
fn they_would_be_written_in_the_same_way_today() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exported");
    for (module, library, file) in ALL {
        let path = folder.join(module).with_extension("rs");
        let written = exported(*library, file);
        if std::env::var_os("THREADBARE_EXPORT").is_some() {
            std::fs::write(&path, &written).expect("the file can be written");
        }
        let kept = std::fs::read_to_string(&path).expect("the file is there");
        assert!(
            kept == written,
            "{module} would be written differently today"
        );
    }
}
