//! The command line: what it says of itself, how it answers mistakes, and the protocol of `render --serve`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use serde_json::{Value, json};
use support::server::{Server, open};
use support::{SAMPLE, Said, has, motcua, root, run};

#[test]
fn help_says_what_each_command_does_and_shows_an_example() {
    let said = run("--help");
    assert_eq!(said.status, 0);
    for word in [
        "play",
        "sync",
        "push",
        "keys",
        "sign",
        "lookup",
        "tally",
        "proof",
        "check",
        "simulate",
        "render",
        "schema",
        "Exit status: 0 fine",
        "--config",
        "MOTCUA_CONFIG",
    ] {
        assert!(
            unwrapped(&said.out).contains(word),
            "{word} is missing in\n{}",
            said.out
        );
    }
    for command in [
        "play", "sync", "push", "keys", "sign", "lookup", "tally", "proof", "check", "simulate",
        "render",
    ] {
        let said = run(&format!("{command} --help"));
        let example = format!("Example: motcua {command} ");
        assert!(
            said.out.contains(&example),
            "{example:?} is missing in\n{}",
            said.out
        );
        assert_eq!(said.status, 0);
    }
    let render = run("render --help").out;
    for default in ["[default: 1920x1080]", "[default: 1]"] {
        assert!(
            render.contains(default),
            "{default} is missing in\n{render}"
        );
    }
    // Without a command there is nothing to do: the same help, as a mistake.
    let said = run("");
    assert_eq!((said.status, said.out.as_str()), (2, ""));
    assert!(said.err.contains("Usage: motcua"));
}

/// A sentence for every flag: a line of help that is indented further than the flag.
#[test]
fn help_explains_every_flag() {
    for command in ["play", "lookup", "tally", "check", "render", "schema"] {
        let help = run(&format!("{command} --help")).out;
        let lines: Vec<&str> = help.lines().collect();
        let flags = lines
            .iter()
            .enumerate()
            .filter(|(_, line)| line.trim_start().starts_with('-'));
        for (index, line) in flags {
            let beside = line
                .trim_start()
                .split_once("  ")
                .is_some_and(|(_, text)| !text.trim().is_empty());
            let below = lines
                .get(index + 1)
                .is_some_and(|next| next.trim().len() > 10);
            assert!(beside || below, "{command}: {line} is not explained");
        }
    }
}

#[test]
fn the_version_is_the_package_s() {
    assert_eq!(
        run("--version").out,
        format!("motcua {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn mistakes_on_the_command_line_end_with_2() {
    let check = |arguments: &str, expected: &str| {
        let said = run(arguments);
        assert_eq!(said.status, 2, "{arguments}");
        assert!(
            said.err.contains(expected),
            "{arguments}: {expected:?} is missing in\n{}",
            said.err
        );
    };
    check("ply x", "'play'");
    check("check", "<SHOW>");
    check("render x", "--item <NAME|INDEX>");
    check("render x --item a", "--out <PNG>");
    check("render x --all --item a --out b", "cannot be used with");
    check(
        "render x --item a --out b --size 5x5",
        "a screen of 5x5 pixels cannot be drawn; each side is 320 to 8192",
    );
    check(
        "render x --item a --out b --size big",
        "\"big\" is not a size; write it as 1920x1080",
    );
    check(
        "render x --item a --out b --theme blue",
        "\"blue\" is not a theme; write \"light\" or \"dark\"",
    );
    check(
        "render x --item a --out b --language kh",
        "the language \"kh\" is not known; write \"vi\", \"km\" or \"en\"",
    );
    check("render x --item a --out b --page 0", "--page");
    check("play x --at tomorrow", "--at");
    check("play x --volume loud", "--volume");
}

#[test]
fn problems_end_with_1() {
    let check = |arguments: &str, expected: &str| {
        let said = run(arguments);
        assert_eq!(said.status, 1, "{arguments}");
        let all = format!("{}{}", said.out, said.err);
        assert!(
            all.contains(expected),
            "{arguments}: {expected:?} is missing in\n{all}"
        );
    };
    check("check nowhere", "nowhere: error: ");
    check(
        "render nowhere --item a --out target/a.png",
        "nowhere: error: ",
    );
    check(
        &render("closd"),
        "there is no item \"closd\"; did you mean \"closed\"?",
    );
    check(
        &format!("{} --page 9", render("closed")),
        "there is no page 9",
    );
    check(
        &format!("render {SAMPLE} --item closed --out target/no-such-folder/a.png"),
        "target/no-such-folder/a.png",
    );
    // Nothing here has a display.
    check(
        &format!("play {SAMPLE}"),
        "start the player in a graphical session",
    );
}

#[test]
fn an_item_is_drawn_by_its_name_and_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let draw = |item: &str| {
        let out = folder.path().join(format!("{item}.png"));
        let said = run(&format!(
            "render {SAMPLE} --item {item} --size 640x360 --at 2026-11-23T08:24 --out {}",
            out.display()
        ));
        assert_eq!(
            (said.status, said.out.as_str(), said.err.as_str()),
            (0, "", "")
        );
        open(&out)
    };
    let by_name = draw("half-fee-online");
    assert_eq!(by_name.dimensions(), (640, 360));
    assert!(by_name == draw("1"));
    assert!(by_name != draw("2"));
}

#[test]
fn a_server_answers_each_line_in_order_and_goes_on_after_a_mistake() {
    let folder = tempfile::tempdir().unwrap();
    let out = |name: &str| folder.path().join(name);
    let mut server = Server::start(SAMPLE);
    let request = json!({ "item": "closed", "out": out("a.png"), "size": "640x360" });
    let drawn = json!({ "ok": true, "out": out("a.png"), "pages": 1, "width": 640, "height": 360 });
    assert_eq!(server.ask(&request.to_string()), drawn);
    let mut refuse = |request: &str, expected: &str| {
        let answer = server.ask(request);
        assert_eq!(answer["ok"], false, "{request}");
        let error = answer["error"].as_str().unwrap();
        assert!(
            error.contains(expected),
            "{request}: {expected:?} is missing in {error:?}"
        );
    };
    refuse(
        "{",
        "the request cannot be read; write for example {\"item\":",
    );
    refuse("{\"itm\":1}", "unknown field `itm`");
    refuse(
        "{\"item\":\"closd\",\"out\":\"a.png\"}",
        "did you mean \"closed\"?",
    );
    refuse(
        "{\"item\":\"closed\",\"out\":\"a.png\",\"page\":7}",
        "there is no page 7",
    );
    refuse(
        "{\"item\":\"closed\",\"out\":\"a.png\",\"page\":0}",
        "there is no page 0",
    );
    refuse(
        "{\"item\":\"closed\",\"out\":\"a.png\",\"size\":\"1x1\"}",
        "each side is 320 to 8192",
    );
    refuse(
        "{\"item\":\"closed\",\"touch\":\"home\",\"out\":\"a.png\"}",
        "it takes one of them",
    );
    refuse("{\"out\":\"a.png\"}", "neither an item nor a touch");
    refuse(
        "{\"touch\":\"open 9.999999\",\"out\":\"a.png\"}",
        "there is no procedure 9.999999",
    );
    refuse(
        "{\"touch\":\"shout\",\"out\":\"a.png\"}",
        "nobody can press shout",
    );
    let request =
        json!({ "item": "sipas", "out": out("b.png"), "theme": "dark", "size": "360x640" });
    assert_eq!(server.ask(&request.to_string())["ok"], true);
    assert_eq!(open(&out("b.png")).dimensions(), (360, 640));
    assert_eq!(server.finish(), 0);
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 2, "something besides the two pictures was left");
}

#[test]
fn a_server_draws_what_was_written_a_moment_ago() {
    let folder = tempfile::tempdir().unwrap();
    let write = |title: &str| {
        let show = format!(
            "title = \"x\"\n[[playlist]]\nname = \"loop\"\ndefault = true\n[[playlist.item]]\n\
             kind = \"announcement\"\nname = \"a\"\ntitle = \"{title}\"\n"
        );
        std::fs::write(folder.path().join("show.toml"), show).unwrap();
    };
    write("Mở cửa lúc 07:00");
    let mut server = Server::start(folder.path().to_str().unwrap());
    let page = json!({ "item": "a", "size": "640x360" });
    let before = server.draw(page.clone());
    assert!(before == server.draw(page.clone()));
    write("Mở cửa lúc 13:00");
    assert!(before != server.draw(page));
}

#[test]
fn the_schema_describes_every_key() {
    for arguments in ["schema", "schema --procedure"] {
        let schema: Value = serde_json::from_str(&run(arguments).out).unwrap();
        let mut keys = 0;
        describe(&schema, "", &mut keys);
        assert!(keys >= 10, "{arguments} describes only {keys} keys");
    }
}

/// Asserts that everything below `schema` that is a key has a sentence.
fn describe(schema: &Value, place: &str, keys: &mut usize) {
    let children: Vec<(String, &Value)> = match schema {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (format!("{place}/{key}"), value))
            .collect(),
        Value::Array(list) => list.iter().map(|value| (place.to_owned(), value)).collect(),
        _ => return,
    };
    if let Some(Value::Object(properties)) = schema
        .get("properties")
        .filter(|_| !place.ends_with("/properties"))
    {
        for (key, property) in properties {
            // The word that chooses a kind says nothing but itself.
            let sentence = property
                .get("description")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let is_sentence = sentence.len() > 4 && sentence.ends_with('.');
            let is_choice = property.get("const").is_some();
            assert!(
                is_sentence || is_choice,
                "{place}: {key} is described as {sentence:?}"
            );
            *keys += 1;
        }
    }
    for (place, child) in children {
        describe(child, &place, keys);
    }
}

/// The one test here that needs a display: settings are the player's.
#[test]
fn a_wrong_setting_is_named_on_standard_error() {
    if !has("Xvfb", "-help") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("motcua.toml");
    std::fs::write(&settings, "volume = 300\nvolum = 3\n").unwrap();
    let show = "title = \"x\"\n[[playlist]]\nname = \"loop\"\ndefault = true\n[[playlist.item]]\n\
                kind = \"announcement\"\ndwell = \"1s\"\ntitle = \"Chào\"\n";
    std::fs::write(folder.path().join("show.toml"), show).unwrap();
    let program = motcua();
    let output = std::process::Command::new(root().join("tests/session/x11"))
        .arg(program.get_program())
        .args(["play", "--once", "--windowed", "640x360", "--config"])
        .args([&settings, &folder.path().to_owned()])
        .env("SESSION_SIZE", "800x600")
        .output()
        .unwrap();
    let said = Said::of(&output);
    assert_eq!(said.status, 0, "{}", said.err);
    for expected in [
        "motcua.toml:1: `volume` is 300, but it must be 0 to 100; 100 is used",
        "motcua.toml:2: `volum` is not a setting (did you mean `volume`?); leave it out",
    ] {
        assert_eq!(
            said.err.matches(expected).count(),
            1,
            "{expected:?} once in\n{}",
            said.err
        );
    }
}

/// A text without the breaks that make its lines fit.
fn unwrapped(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The arguments that draw an item of the sample into a file that is never written.
fn render(item: &str) -> String {
    format!("render {SAMPLE} --item {item} --out target/never.png")
}

/// What visitors ask for, in both forms of lists, compressed or not.
#[test]
fn a_procedure_is_looked_up_in_a_list() {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("list.json");
    let crawled = json!([
        {"ma": "1.001193", "ten": "Thủ tục đăng ký khai sinh", "linh_vuc": "Hộ tịch", "cap_thuc_hien": ["Cấp xã"], "loai": "x"},
        {"code": "1.004194", "name": "Đăng ký tạm trú", "linh_vuc": "Cư trú", "cap": ["Cấp xã"]},
        {"code": "2.001583", "name": "Đăng ký thành lập công ty TNHH một thành viên", "cap": ["Cấp tỉnh"]},
    ]);
    std::fs::write(&list, crawled.to_string()).unwrap();
    let data = list.to_str().unwrap();
    let ask = |more: &[&str]| {
        let mut lookup = motcua();
        lookup.args(["lookup", "--data", data]).args(more);
        Said::of(&lookup.output().unwrap())
    };

    let said = ask(&["giay", "khai", "sanh"]);
    assert_eq!(said.status, 0, "{}", said.err);
    assert!(
        said.out
            .starts_with("1.001193  Thủ tục đăng ký khai sinh  (Cấp xã)"),
        "{}",
        said.out
    );
    let said = ask(&["--json", "--limit", "1", "ddawng kys tajm trus"]);
    let line: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(line["codes"], json!(["1.004194"]));
    assert_eq!(line["query"], "ddawng kys tajm trus");
    assert!(line["micros"].is_u64());
    let said = ask(&["--level", "tinh", "--json", "đăng ký"]);
    let line: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(line["codes"], json!(["2.001583"]));
    let said = ask(&["ឯកសារ"]);
    assert_eq!(
        (said.status, said.out.as_str()),
        (1, "Nothing is like it.\n")
    );

    let table = folder.path().join("words.toml");
    std::fs::write(
        &table,
        "[[synonym]]\nsays = ['giấy ở trọ']\nmeans = ['đăng ký tạm trú']\n",
    )
    .unwrap();
    let said = ask(&["--synonyms", table.to_str().unwrap(), "giay o tro"]);
    assert!(said.out.starts_with("1.004194"), "{}", said.out);
    std::fs::write(&table, "says = 1").unwrap();
    let said = ask(&["--synonyms", table.to_str().unwrap(), "giay o tro"]);
    assert_eq!(said.status, 1);
    assert!(
        said.err.contains("words.toml") && said.err.contains("line 1"),
        "{}",
        said.err
    );

    std::fs::write(&list, "{}").unwrap();
    let said = ask(&["x"]);
    assert_eq!(said.status, 1);
    assert!(
        said.err.contains("is no list of procedures"),
        "{}",
        said.err
    );
    assert_eq!(ask(&[]).status, 2);
}
