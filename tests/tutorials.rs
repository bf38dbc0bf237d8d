//! The tables of the guide that name scenarios are complete, and what they name
//! exists and passes.
//!
//! What the tutorials teach stands here once more, so that no row of the guide can
//! be lost unnoticed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use threadbare::checker::Checker;
use threadbare::guide;
use threadbare::report::Status;

/// Each thing that the tutorials teach.
const TOPICS: &[&str] = &[
    "Thread: create, target, args",
    "start()",
    "join(), and whether it is optional",
    "is_alive()",
    "Timer",
    "daemon threads, killed at exit",
    "main exits early",
    "shared memory of threads",
    "race condition, lost update",
    "Lock, with lock",
    "RLock",
    "Semaphore",
    "Event",
    "polling with sleep",
    "queue.Queue producer-consumer",
    "message passing, IPC",
    "ThreadPoolExecutor submit",
    "executor.map, result order",
    "as_completed",
    "Future.result re-raises",
    "bounded max_workers",
    "too many threads",
    "Process, isolated memory",
    "multiprocessing Queue, Pipe",
    "shared memory Value, Array",
    "Pool.map / Pool size / more tasks than cores",
    "ProcessPoolExecutor",
    "`if __name__ == \"__main__\"`",
    "batch processing",
    "asyncio coroutines, gather, run, run_in_executor",
    "event loop, callbacks",
    "gevent, eventlet green threads",
    "Celery task queue",
    "GIL, bytecode",
    "I/O-bound vs CPU-bound, speed-up",
    "starvation",
    "deadlock, lock order",
    "swallowed exceptions",
    "print interleaving",
    "thread-local, no sharing",
    "with-statement lifecycle of executors",
    "profile before threading, GPU",
];

/// The one that is advice, and has no scenario.
const OUT_OF_SCOPE: &[&str] = &["profile before threading, GPU"];

/// Each program of the tutorials.
const PROGRAMS: &[&str] = &[
    "s000_pool_submit",
    "s000_print_square",
    "s001_asyncio_process_pool",
    "s001_batches",
    "s001_celery_model",
    "s001_counter_lock",
    "s001_counter_race",
    "s001_fetch_urls",
    "s001_mp_queue",
    "s001_numbers_letters",
    "s001_pool_map",
    "s001_pool_tasks",
    "s001_pool_tasks_no_guard",
    "s001_process_cpu",
    "s001_process_pool_as_completed",
    "s001_process_pool_as_completed_broken",
    "s001_shared_value_lock",
    "s001_shared_value_race",
    "s002_bounded_pool",
    "s002_counter_2000",
    "s002_counter_2000_nolock",
    "s002_daemon_killed",
    "s002_deadlock_lock_order",
    "s002_event",
    "s002_forgot_join",
    "s002_future_result_reraises",
    "s002_is_alive",
    "s002_lock_order_fixed",
    "s002_movie_streams",
    "s002_polling",
    "s002_pool_map",
    "s002_queue_producer_consumer",
    "s002_semaphore",
    "s002_sequential_vs_threads",
    "s002_site_status",
    "s002_swallowed_exception",
    "s002_swallowed_in_future",
    "s002_too_many_threads",
    "s003_download_files",
    "s003_eventlet",
    "s003_fibonacci",
    "s003_gevent",
    "s003_gevent_race",
    "s003_print_numbers",
    "s003_print_numbers_no_join",
    "s004_as_completed",
    "s004_isolated_memory",
    "s004_worker_threads",
];

/// Programs as they are, not cut down: their number of outputs.
const IN_FULL: &[(&str, usize)] = &[
    ("s001_numbers_letters", 252),
    ("s003_print_numbers", 252),
    ("s003_print_numbers_no_join", 2772),
    ("s004_worker_threads", 90),
    ("s004_as_completed", 90),
];

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// The rows of a chapter's tables, without heads: first cell and names in the last.
fn rows(markdown: &str) -> Vec<(String, Vec<String>)> {
    let mut rows = Vec::new();
    let mut lines = markdown.lines().peekable();
    while let Some(line) = lines.next() {
        let is_head = lines.peek().is_some_and(|next| next.starts_with("|---"));
        let Some(cells) = line.strip_prefix("| ").and_then(|it| it.strip_suffix(" |")) else {
            continue;
        };
        if is_head {
            continue;
        }
        let cells: Vec<&str> = cells.split(" | ").collect();
        let last = cells.last().copied().unwrap_or_default();
        let names = last.split('`').skip(1).step_by(2).map(str::to_owned);
        rows.push((cells[0].to_owned(), names.collect()));
    }
    rows
}

/// The rows of the table of topics.
fn topics() -> BTreeMap<String, Vec<String>> {
    let rows = rows(guide::tutorials::MARKDOWN).into_iter();
    rows.collect()
}

#[test]
fn every_topic_names_its_scenarios() {
    let table = topics();
    for topic in TOPICS {
        let names = table.get(*topic);
        let names = names.unwrap_or_else(|| panic!("the guide has no row for {topic}"));
        let excused = OUT_OF_SCOPE.contains(topic);
        assert_eq!(names.is_empty(), excused, "scenarios of {topic}: {names:?}");
    }
}

#[test]
fn every_program_has_a_scenario() {
    for program in PROGRAMS {
        let path = scenarios().join(format!("tutorials/{program}.tb"));
        assert!(path.is_file(), "no scenario for {program}");
    }
}

#[test]
fn every_scenario_of_the_tutorials_stands_in_the_table() {
    let named: BTreeSet<String> = topics().into_values().flatten().collect();
    let entries = fs::read_dir(scenarios().join("tutorials")).expect("the folder can be read");
    for entry in entries {
        let path = entry.expect("an entry can be read").path();
        let name = path.file_stem().expect("a file has a name");
        let name = name.to_string_lossy().into_owned();
        assert!(
            named.contains(&name),
            "{name} stands in no row of the guide"
        );
    }
}

/// Checks that the files exist and that all that is in them passes.
#[track_caller]
fn assert_pass(files: &BTreeSet<String>) {
    for file in files {
        let path = scenarios().join(format!("{file}.tb"));
        assert!(path.is_file(), "the guide names {file}, which is not there");
        let report = Checker::new().check_path(&path);
        assert!(!report.scenarios.is_empty(), "{file} is empty");
        for scenario in &report.scenarios {
            assert_eq!(scenario.status, Status::Passed, "{file}: {}", scenario.name);
        }
    }
}

#[test]
fn whatever_the_table_names_passes() {
    let names = topics().into_values().flatten();
    assert_pass(&names.map(|name| format!("tutorials/{name}")).collect());
}

#[test]
fn every_claim_about_choosing_is_a_scenario_that_passes() {
    let rows = rows(guide::choosing::MARKDOWN);
    assert!(rows.len() > 20, "the tables were read");
    for (claim, names) in &rows {
        assert!(!names.is_empty(), "nothing stands behind: {claim}");
    }
    assert_pass(&rows.into_iter().flat_map(|(_, names)| names).collect());
}

#[test]
fn programs_in_full_have_as_many_outputs_as_the_guide_says() {
    for (program, n) in IN_FULL {
        let row = format!("| {program} | {n} |");
        assert!(guide::tutorials::MARKDOWN.contains(&row), "{row}");
        let path = scenarios().join(format!("tutorials/{program}.tb"));
        let report = Checker::new().only("in full").check_path(path);
        let [scenario] = report.scenarios.as_slice() else {
            panic!("one scenario of {program} is in full");
        };
        let outcomes = scenario.outcomes.as_ref().expect("it observes `print`");
        assert_eq!(outcomes.rows.len(), *n, "{program}");
    }
}
