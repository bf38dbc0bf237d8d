//! Files, folders, standard input, and what is none of these.

use crate::{Folder, GOOD, RACY, run, run_with};

#[test]
fn standard_input_is_a_file_named_dash() {
    run_with(&["check", "-"], RACY.as_bytes())
        .exits(1)
        .says("--> -:3:");
    run_with(&["check", "-", "-"], GOOD.as_bytes())
        .exits(2)
        .says("named twice");
    run_with(&["list", "-"], GOOD.as_bytes()).exits(0);
}

#[test]
fn folders_are_walked_and_ignored_files_left_out() {
    let folder = Folder::new();
    folder.file("a/one.tb", GOOD);
    folder.file("b/two.tb", GOOD.replace("good", "two"));
    folder.file("b/other.txt", "not a scenario");
    folder.file("out/three.tb", RACY);
    folder.file(".hidden/four.tb", RACY);
    folder.file(".gitignore", "out/\n");
    let all = run(&["check", folder.name()]);
    all.exits(0).says("2 scenarios");
    let (one, two) = (all.out.find("one.tb"), all.out.find("two.tb"));
    assert!(one < two, "in order of their paths");
    // What is named is meant.
    let ignored = folder.path("out/three.tb");
    run(&["check", ignored.to_str().expect("UTF-8")]).exits(1);
}

#[test]
fn what_cannot_be_read_is_an_error_that_names_it() {
    let folder = Folder::new();
    run(&["check", "none.tb"])
        .exits(2)
        .says("none.tb")
        .says("there is no such file");
    run(&["check", folder.name()])
        .exits(2)
        .says("holds no scenario file");
    run(&["check", &folder.file("empty.tb", "")])
        .exits(2)
        .says("no scenario in this file");
    run(&["check", &folder.file("comment.tb", "// nothing\n")]).exits(2);
    let binary: Vec<u8> = (0..=255).cycle().take(5000).collect();
    run(&["check", &folder.file("binary.tb", binary)])
        .exits(2)
        .says("not UTF-8");
    run(&["check", &folder.file("bad.tb", b"// ok\n// \xff\n")])
        .exits(2)
        .says("line 2");
    // What else there is, is checked all the same.
    run(&["check", "none.tb", &folder.file("good.tb", GOOD)])
        .exits(2)
        .says("ok  good");
}

#[test]
fn a_byte_order_mark_and_other_line_ends_are_fine() {
    let windows = format!("\u{feff}{}", GOOD.replace('\n', "\r\n"));
    run_with(&["check", "-"], windows.as_bytes()).exits(0);
}

#[test]
fn too_much_is_refused_at_once() {
    let folder = Folder::new();
    let large = folder.file("large.tb", "// x\n".repeat(2 << 20));
    run(&["check", &large]).exits(2).says("larger than");
    run_with(&["check", "-"], &vec![b' '; 10 << 20])
        .exits(2)
        .says("larger than");
}

#[cfg(target_os = "linux")]
#[test]
fn pipes_and_devices_are_refused() {
    let folder = Folder::new();
    let pipe = folder.path("pipe.tb");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    if made.is_ok_and(|status| status.success()) {
        run(&["check", pipe.to_str().expect("UTF-8")])
            .exits(2)
            .says("not a regular file");
        run(&["check", folder.name()]).exits(2);
        run(&["fmt", folder.name()]).exits(2);
    }
    run(&["check", "/dev/zero"])
        .exits(2)
        .says("not a regular file");
    let zero = std::fs::File::open("/dev/zero").expect("it is there");
    let output = crate::command(&["check", "-"]).stdin(zero).output();
    assert_eq!(output.expect("it ends").status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let secret = folder.file("secret.tb", GOOD);
    let nobody = std::fs::Permissions::from_mode(0o000);
    std::fs::set_permissions(&secret, nobody).expect("it is ours");
    if std::fs::read(&secret).is_ok() {
        return; // The superuser may read anything.
    }
    run(&["check", &secret]).exits(2).says("no permission");
}

#[cfg(unix)]
#[test]
fn links_in_circles_end() {
    let folder = Folder::new();
    folder.file("a/good.tb", GOOD);
    std::os::unix::fs::symlink(folder.path("a"), folder.path("a/again")).expect("a link");
    std::os::unix::fs::symlink("self.tb", folder.path("self.tb")).expect("a link");
    run(&["check", folder.name()]).exits(2).says("ok  good");
}
