//! The locking of `transfer`, as scenarios inside ordinary Rust tests. Reports
//! point at lines of this file.

use threadbare::{scenario, unchecked};

/// Checked like any other test: it fails, with the report as its message, if
/// some interleaving is wrong.
#[test]
fn transfers_in_one_order_never_deadlock() {
    scenario! {
        scenario "smaller number first" {
            lock first
            lock second
            var balance1 = 100 guarded_by first
            var balance2 = 100 guarded_by second

            thread there {
                with first { with second { balance1 -= 10  balance2 += 10 } }
            }
            thread back {
                with first { with second { balance1 += 10  balance2 -= 10 } }
            }

            finally assert balance1 + balance2 == 200
        }
    }
}

/// To look at the report oneself, or to give options.
#[test]
fn transfers_in_both_orders_deadlock() {
    let scenario = unchecked! {
        scenario "from first, then to" {
            lock first
            lock second

            thread there { with first { with second { skip } } }
            thread back { with second { with first { skip } } }
        }
    };

    let report = scenario.max_states(10_000).check();

    assert!(!report.passed());
    let deadlock = report.finding("deadlock").expect("both can hold one lock");
    assert_eq!(deadlock.actors, ["there", "back"]);
    assert_eq!(deadlock.steps().len(), 2);
}
