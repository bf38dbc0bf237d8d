//! Every scenario in the folder `scenarios` is a test.

threadbare::test_main!("scenarios");
