//! What the guide gives to copy: the settings are settings, the workflows are
//! YAML, the hooks keep a bad scenario out.

use crate::{Folder, GOOD, RACY, command, finish, run};
use std::path::Path;
use std::process::Command;
use threadbare::guide::{CHAPTERS, blocks};
use yaml_rust2::{Yaml, YamlLoader};

/// The blocks of one language in the chapter about daily use.
fn copied(language: &str) -> Vec<&'static str> {
    let chapter = CHAPTERS.iter().find(|(name, _)| *name == "daily");
    let all = blocks(chapter.expect("it is there").1).into_iter();
    let found: Vec<&str> = { all }
        .filter(|(info, _)| *info == language)
        .map(|(_, text)| text)
        .collect();
    assert!(!found.is_empty(), "no {language}");
    found
}

fn yaml(text: &str) -> Yaml {
    let mut documents = YamlLoader::load_from_str(text).expect("it is YAML");
    assert_eq!(documents.len(), 1);
    documents.remove(0)
}

fn ours(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(path).expect("it is there")
}

#[test]
fn the_settings_of_the_guide_are_taken() {
    let folder = Folder::new();
    folder.file("threadbare.toml", copied("toml")[0]);
    folder.file(
        "scenarios/a.tb",
        "scenario \"n\" {\n    const N = 1\n    thread t * N { skip }\n}\n",
    );
    let mut check = command(&["check"]);
    let checked = finish(
        check
            .current_dir(folder.path(""))
            .output()
            .expect("it starts"),
    );
    checked.exits(0).says("for 3 actors t");
}

#[test]
fn workflows_are_workflows() {
    let init = ours("src/cli/init/scenarios.yml");
    let mut all = copied("yaml");
    let hooks = all.pop().expect("the last one is of pre-commit");
    all.push(&init);
    for text in all {
        let workflow = yaml(text);
        let steps = &workflow["jobs"]["scenarios"]["steps"];
        let steps = steps.as_vec().expect("a job has steps");
        let acts = |it: &Yaml| !it["uses"].is_badvalue() || !it["run"].is_badvalue();
        assert!(steps.len() > 1 && steps.iter().all(acts));
    }
    let hooks = yaml(hooks);
    let hooks = hooks["repos"][0]["hooks"].as_vec().expect("it has hooks");
    for hook in hooks {
        let entry = hook["entry"].as_str().expect("it runs something");
        let folder = Folder::new();
        let mut words = entry.split_whitespace().skip(1).collect::<Vec<_>>();
        let good = folder.file("good.tb", GOOD);
        words.push(&good);
        run(&words).exits(0);
    }
}

/// The steps of the action, with the built program in place of the installed one.
#[cfg(unix)]
#[test]
fn the_action_checks_and_leaves_a_report() {
    let action = yaml(&ours(".ci/action.yml"));
    let steps = action["runs"]["steps"].as_vec().expect("it has steps");
    let install = steps[0]["run"].as_str().expect("it runs something");
    assert!(install.starts_with("cargo install ") && install.contains("$GITHUB_ACTION_PATH/.."));
    let script = steps[1]["run"].as_str().expect("it runs something");
    let folder = Folder::new();
    let bin = folder.path("threadbare/bin");
    std::fs::create_dir_all(&bin).expect("a folder can be made");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_threadbare"), bin.join("threadbare"))
        .expect("a link");
    let racy = folder.file("racy.tb", RACY);
    let act = |paths: &str, args: &str| {
        let output = Command::new("bash")
            .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script])
            .envs([
                ("PATHS", paths),
                ("ARGS", args),
                ("RUNNER_TEMP", folder.name()),
            ])
            .env("GITHUB_OUTPUT", folder.path("output"))
            .current_dir(folder.path(""))
            .output();
        finish(output.expect("bash is there"))
    };
    act(&racy, "--max-states 1M").exits(1).says("::error file=");
    let sarif = std::fs::read_to_string(folder.path("threadbare.sarif")).expect("it was written");
    assert!(sarif.contains("\"2.1.0\""));
    let output = std::fs::read_to_string(folder.path("output")).expect("it was written");
    assert_eq!(
        output,
        format!("sarif={}/threadbare.sarif\n", folder.name())
    );
    // Without paths those of the settings count; nothing in them is run.
    folder.file("threadbare.toml", "paths = [\"good.tb\"]\n");
    folder.file("good.tb", GOOD);
    act("", "").exits(0);
    act("$(touch here) ;touch here", "").exits(2);
    assert!(!folder.path("here").exists());
}

#[cfg(unix)]
#[test]
fn the_hook_keeps_a_bad_scenario_out() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new();
    let git = |args: &[&str]| {
        let path = std::env::var("PATH").unwrap_or_default();
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@b.c"])
            .args(args)
            .env("PATH", format!("{}:{path}", folder.path("bin").display()))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .current_dir(folder.path(""))
            .output();
        output.map(finish)
    };
    let Ok(init) = git(&["init", "-q"]) else {
        return;
    };
    init.exits(0);
    let hook = folder.file(".git/hooks/pre-commit", copied("sh")[0]);
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&hook, mode).expect("it is ours");
    folder.file("bin/.keep", "");
    symlink(
        env!("CARGO_BIN_EXE_threadbare"),
        folder.path("bin/threadbare"),
    )
    .expect("a link");
    let commit = || git(&["commit", "-q", "-m", "a change"]).expect("git is there");
    folder.file("notes.txt", "nothing to check");
    git(&["add", "notes.txt"]).expect("git is there").exits(0);
    commit().exits(0);
    folder.file("a b.tb", RACY);
    git(&["add", "a b.tb"]).expect("git is there").exits(0);
    commit().says("error[R001]");
    folder.file("a b.tb", GOOD);
    git(&["add", "a b.tb"]).expect("git is there").exits(0);
    commit().exits(0);
}
