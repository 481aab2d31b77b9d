//! The API as its callers see it: what is described is there, who may do what, and what screens get.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod api_support;

use api_support::{Caller, SOON, blob, enrol, sha256, start};
use motcua_server::http::{openapi, routes};
use serde_json::{Value, json};
use ureq::http::Method;

/// Every path of the document, with a value in each of its places.
fn described() -> Vec<(String, Vec<Method>)> {
    let api: Value = serde_json::to_value(openapi::api()).unwrap();
    let paths = api["paths"].as_object().unwrap();
    let methods = |item: &Value| {
        let names = item.as_object().unwrap().keys();
        names
            .filter_map(|name| name.to_uppercase().parse().ok())
            .collect()
    };
    paths
        .iter()
        .map(|(path, item)| (path.clone(), methods(item)))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_document_says_what_the_router_does() {
    let running = start(|_| {}).await;
    let stranger = running.stranger();
    let mut in_document: Vec<String> = described().into_iter().map(|(path, _)| path).collect();
    let mut in_router: Vec<String> = routes()
        .iter()
        .map(|(path, _)| path.replace("{*", "{"))
        .collect();
    in_document.sort();
    in_router.sort();
    assert_eq!(in_document, in_router);

    for (path, methods) in described() {
        let asked = path
            .replace("{sha256}", &"a".repeat(64))
            .replace(['{', '}'], "");
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ] {
            let (status, _) = stranger.call(method.clone(), &asked, None);
            assert_eq!(
                status != 405,
                methods.contains(&method),
                "{method} {path} answered {status}"
            );
        }
    }
    let (status, document) = stranger.get("/openapi.json");
    assert_eq!(
        (status, document["openapi"].as_str().is_some()),
        (200, true)
    );
    assert_eq!(stranger.get("/no/such/thing").0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_gets_in_without_a_token_but_to_what_is_public() {
    let running = start(|_| {}).await;
    let stranger = running.stranger();
    for public in [
        "/healthz",
        "/metrics",
        "/openapi.json",
        "/accept",
        "/api/v1/time",
        "/api/v1/proofs/key",
        "/repository/metadata/timestamp.json",
        "/repository/metadata/1.root.json",
    ] {
        assert_eq!(stranger.get(public).0, 200, "{public}");
    }
    for (path, methods) in described() {
        let is_public = [
            "/healthz",
            "/metrics",
            "/openapi.json",
            "/accept",
            "/api/v1/time",
            "/repository/metadata/{file}",
            "/api/v1/proofs/key",
        ]
        .contains(&path.as_str())
            || path.starts_with("/api/v1/enrolments")
            || path.starts_with("/p/");
        for method in methods.into_iter().filter(|_| !is_public) {
            let asked = path
                .replace("{sha256}", &"a".repeat(64))
                .replace("{start}", "aa")
                .replace(['{', '}'], "");
            let (status, answer) = stranger.call(method.clone(), &asked, Some(json!({})));
            assert_eq!(status, 401, "{method} {path}: {answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_of_one_unit_reads_nothing_of_others() {
    let running = start(|_| {}).await;
    let admin = running.admin();
    let city = admin.unit("Thành phố Cần Thơ", None);
    let ward = admin.unit("Phường Phú Lợi", Some(&city));
    let other = admin.unit("Phường Sóc Trăng", Some(&city));
    for (unit, show) in [
        (&city, "the city's"),
        (&ward, "the ward's"),
        (&other, "theirs"),
    ] {
        admin.publish(unit, show.as_bytes());
    }
    let operator = running.with_token(&admin.token("operator", Some(&ward)));
    let reads = |caller: &Caller, show: &str| caller.get(&blob(&sha256(show.as_bytes()))).0;
    assert_eq!(reads(&operator, "the ward's"), 200);
    assert_eq!(
        reads(&operator, "the city's"),
        200,
        "its screens may show it"
    );
    assert_eq!(reads(&operator, "theirs"), 404);
    assert_eq!(reads(&admin, "theirs"), 200);
    assert_eq!(operator.get("/api/v1/unsigned").0, 403);
    assert_eq!(operator.get("/api/v1/export").0, 403);
    assert_eq!(operator.get(&format!("/api/v1/export?unit={other}")).0, 403);
    assert_eq!(operator.get(&format!("/api/v1/export?unit={ward}")).0, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_reaches_as_far_as_it_says() {
    let running = start(|_| {}).await;
    let admin = running.admin();
    let city = admin.unit("Thành phố Cần Thơ", None);
    let ward = admin.unit("Phường Phú Lợi", Some(&city));
    let other = admin.unit("Phường Sóc Trăng", Some(&city));
    let author = running.with_token(&admin.token("author", Some("Phường Phú Lợi")));
    let operator = running.with_token(&admin.token("operator", Some(&city)));

    author.publish(&ward, b"title = 'x'");
    let (status, refusal) = author.call(
        Method::POST,
        &format!("/api/v1/units/{other}/releases"),
        Some(json!({"title": "x", "files": {}})),
    );
    assert_eq!(status, 403, "{refusal}");
    for (method, path) in [
        (Method::GET, "/api/v1/tokens"),
        (Method::POST, "/api/v1/units"),
        (Method::POST, "/api/v1/screens/accept"),
    ] {
        assert_eq!(author.call(method, path, Some(json!({}))).0, 403, "{path}");
    }
    assert_eq!(
        operator
            .call(
                Method::PATCH,
                &format!("/api/v1/units/{ward}"),
                Some(json!({"kind": "xã"}))
            )
            .0,
        200
    );
    assert_eq!(
        operator
            .call(
                Method::POST,
                "/api/v1/units",
                Some(json!({"name": "B", "kind": "tỉnh"}))
            )
            .0,
        403
    );
    assert_eq!(
        operator
            .call(
                Method::PUT,
                &format!("/api/v1/blobs/{}", "a".repeat(64)),
                Some(json!({}))
            )
            .0,
        403
    );

    let (_, list) = admin.get("/api/v1/tokens");
    assert!(
        !list.to_string().contains(author.token.as_deref().unwrap()),
        "secrets are never listed"
    );
    let id = list["tokens"]
        .as_array()
        .unwrap()
        .iter()
        .find(|token| token["kind"] == "author")
        .unwrap()["id"]
        .clone();
    assert_eq!(
        admin
            .call(
                Method::DELETE,
                &format!("/api/v1/tokens/{}", id.as_str().unwrap()),
                None
            )
            .0,
        204
    );
    assert_eq!(author.get("/api/v1/units").0, 401, "revoked at once");
    assert_eq!(
        admin
            .call(
                Method::POST,
                "/api/v1/tokens",
                Some(json!({"name": "a", "kind": "author"}))
            )
            .0,
        400
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guessing_tokens_is_slowed_down() {
    let running = start(|_| {}).await;
    let guesser = running.with_token("guess");
    let statuses: Vec<u16> = (0..140).map(|_| guesser.get("/api/v1/units").0).collect();
    assert_eq!(statuses[0], 401);
    // Even where a minute ends in between, one of two windows overflows.
    assert!(statuses.contains(&429), "{statuses:?}");
    assert_eq!(
        running.admin().get("/api/v1/units").0,
        200,
        "who has a token is not kept out"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_screen_reads_the_blobs_of_its_own_units_only() {
    let running = start(|_| {}).await;
    let admin = running.admin();
    let city = admin.unit("Thành phố", None);
    let (ward, other) = (
        admin.unit("Phường A", Some(&city)),
        admin.unit("Phường B", Some(&city)),
    );
    let (of_city, of_ward, of_other) = (b"title = 'city'", b"title = 'ward'", b"title = 'other'");
    admin.publish(&city, of_city);
    admin.publish(&other, of_other);
    let screen = enrol(&admin, &ward);
    let published = admin.publish(&ward, of_ward);
    assert_eq!(
        (&published["state"], &published["screens"]),
        (&json!("current"), &json!(1))
    );

    let status = |bytes: &[u8]| screen.caller.get(&blob(&api_support::sha256(bytes))).0;
    assert_eq!(status(of_ward), 200);
    assert_eq!(
        status(of_city),
        200,
        "what the unit above shows may be needed when the ward has nothing"
    );
    assert_eq!(status(of_other), 404, "another ward's");
    assert_eq!(
        running
            .stranger()
            .get(&blob(&api_support::sha256(of_ward)))
            .0,
        401
    );
    assert_eq!(
        screen.caller.get("/api/v1/units").0,
        403,
        "a screen's token is no operator's"
    );

    let screens = admin.get("/api/v1/screens").1;
    assert_eq!(screens["screens"][0]["unit"], ward.as_str());
    let (status, _) = admin.call(
        Method::PATCH,
        &format!("/api/v1/screens/{}", screen.acceptance.screen),
        Some(json!({"unit": "Phường B"})),
    );
    assert_eq!(status, 200);
    assert_eq!(
        screen.caller.get(&blob(&api_support::sha256(of_other))).0,
        200,
        "it moved there"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn blobs_resume_where_they_broke_off() {
    let running = start(|_| {}).await;
    let admin = running.admin();
    let bytes: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
    let hash = admin.upload(&bytes);
    let etag = format!("\"{hash}\"");
    let get = |headers: &[(&str, &str)]| {
        let mut answer = admin.send(Method::GET, &blob(&hash), headers, Vec::new());
        let body = answer.body_mut().read_to_vec().unwrap();
        (answer.status().as_u16(), body, answer.headers().clone())
    };
    let (status, body, headers) = get(&[]);
    assert_eq!(
        (status, &body, headers["etag"].to_str().unwrap()),
        (200, &bytes, etag.as_str())
    );
    let (status, body, headers) = get(&[("range", "bytes=1000-"), ("if-range", &etag)]);
    assert_eq!((status, body.as_slice()), (206, &bytes[1000..]));
    assert_eq!(
        headers["content-range"],
        format!("bytes 1000-{}/{}", bytes.len() - 1, bytes.len())
    );
    assert_eq!(get(&[("range", "bytes=5-9")]).1, &bytes[5..10]);
    let (status, body, _) = get(&[("range", "bytes=1000-"), ("if-range", "\"another\"")]);
    assert_eq!(
        (status, body.len()),
        (200, bytes.len()),
        "what it has is of another blob"
    );
    let (status, _, headers) = get(&[("range", &format!("bytes={}-", bytes.len()))]);
    assert_eq!(status, 416);
    assert_eq!(headers["content-range"], format!("bytes */{}", bytes.len()));
    assert_eq!(get(&[("if-none-match", &etag)]).0, 304);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uploads_must_be_what_their_name_says() {
    let running = start(|settings| settings.max_blob_bytes = 1000).await;
    let admin = running.admin();
    let put = |hash: &str, bytes: &[u8]| {
        let mut answer = admin.send(
            Method::PUT,
            &format!("/api/v1/blobs/{hash}"),
            &[],
            bytes.to_vec(),
        );
        (
            answer.status().as_u16(),
            answer.body_mut().read_to_string().unwrap(),
        )
    };
    let hash = api_support::sha256(b"right");
    let (status, sentence) = put(&hash, b"wrong");
    assert_eq!(status, 400, "{sentence}");
    let missing = |admin: &api_support::Caller| {
        admin.post(
            "/api/v1/blobs/missing",
            json!({"blobs": [{"sha256": hash, "length": 5}]}),
        )
    };
    assert_eq!(missing(&admin)["missing"], json!([hash]));
    assert_eq!(put(&hash, b"right").0, 204);
    assert_eq!(missing(&admin)["missing"], json!([]));
    let long = vec![0; 1001];
    assert_eq!(put(&api_support::sha256(&long), &long).0, 400);
    assert_eq!(put("nonsense", b"x").0, 400);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_serves_blobs_when_it_is_told_to() {
    let running =
        start(|settings| settings.accel_redirect = Some("/motcua-blobs/".to_owned())).await;
    let admin = running.admin();
    let hash = admin.upload(b"bytes");
    let answer = admin.send(Method::GET, &blob(&hash), &[], Vec::new());
    assert_eq!(
        answer.headers()["x-accel-redirect"],
        format!("/motcua-blobs/sha256/{}/{hash}", &hash[..2])
    );
    assert_eq!(running.stranger().get(&blob(&hash)).0, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connected_screen_is_told_at_once() {
    let running = start(|_| {}).await;
    let admin = running.admin();
    let city = admin.unit("Thành phố", None);
    let (ward, other) = (
        admin.unit("Phường A", Some(&city)),
        admin.unit("Phường B", Some(&city)),
    );
    let (screen, neighbour) = (enrol(&admin, &ward), enrol(&admin, &other));
    let (mut events, mut of_neighbour) = (screen.listen(), neighbour.listen());
    for events in [&mut events, &mut of_neighbour] {
        assert_eq!(
            events.next().unwrap().0,
            "look",
            "whoever connects looks once"
        );
    }
    admin.publish(&ward, b"title = 'x'");
    assert_eq!(events.next().unwrap().0, "look");

    // The neighbour was told nothing of that: the next that it hears is its own command.
    let order = json!({"command": "screenshot"});
    let path = format!("/api/v1/screens/{}/commands", neighbour.acceptance.screen);
    let id = admin.post(&path, order)["id"].as_str().unwrap().to_owned();
    let (name, data) = of_neighbour.next().unwrap();
    let data: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(
        (name.as_str(), &data["command"], &data["id"]),
        ("command", &json!("screenshot"), &json!(id))
    );
    let report = |id: &str| admin.get(&format!("/api/v1/commands/{id}")).1;
    assert_eq!(report(&id)["state"], "delivered");

    let answer = json!({"done": true, "message": "Here it is.", "picture": "iVBORw0KGgo="});
    let path = format!("/api/v1/screen/commands/{id}");
    assert_eq!(
        screen
            .caller
            .call(Method::POST, &path, Some(answer.clone()))
            .0,
        404,
        "it is not this screen's"
    );
    assert_eq!(
        neighbour
            .caller
            .call(Method::POST, &path, Some(answer.clone()))
            .0,
        204
    );
    assert_eq!(report(&id)["state"], "done");
    assert_eq!(report(&id)["picture"], answer["picture"]);
    assert_eq!(
        neighbour.caller.call(Method::POST, &path, Some(answer)).0,
        404,
        "one answer is enough"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_waits_for_the_screen_and_is_not_given_twice() {
    let running = start(|_| {}).await;
    let admin = running.admin();
    let ward = admin.unit("Phường A", None);
    let screen = enrol(&admin, &ward);
    let path = format!("/api/v1/screens/{}/commands", screen.acceptance.screen);
    let id = admin.post(&path, json!({"command": "restart"}))["id"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        admin.get(&format!("/api/v1/commands/{id}")).1["state"],
        "waiting"
    );
    let mut events = screen.listen();
    assert_eq!(events.next().unwrap().0, "look");
    assert_eq!(events.next().unwrap().0, "command");
    drop(events);
    // The restart cut the connection. What comes next is another command, not the same again.
    admin.post(&path, json!({"command": "identify"}));
    let mut events = screen.listen();
    assert_eq!(events.next().unwrap().0, "look");
    assert!(events.next().unwrap().1.contains("identify"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn revoking_counts_at_once() {
    let running = start(|_| {}).await;
    let admin = running.admin();
    let ward = admin.unit("Phường A", None);
    let screen = enrol(&admin, &ward);
    admin.publish(&ward, b"title = 'x'");
    let events = screen.listen();
    let id = &screen.acceptance.screen;
    assert_eq!(
        admin
            .call(Method::DELETE, &format!("/api/v1/screens/{id}"), None)
            .0,
        200
    );
    events.until_the_end();
    assert_eq!(
        screen
            .caller
            .get(&blob(&api_support::sha256(b"title = 'x'")))
            .0,
        401
    );
    assert_eq!(screen.heartbeat(&json!({"version": "1"})), 401);
    assert_eq!(admin.get("/api/v1/screens").1["screens"], json!([]));
    assert_eq!(
        admin
            .call(Method::DELETE, &format!("/api/v1/screens/{id}"), None)
            .0,
        404
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn heartbeats_count_only_with_the_screens_signature() {
    let running = start(|_| {}).await;
    let admin = running.admin();
    let ward = admin.unit("Phường A", None);
    let (screen, other) = (enrol(&admin, &ward), enrol(&admin, &ward));
    let heartbeat =
        json!({"version": "0.1.0", "problems": ["The network is slow."], "free_bytes": 7});
    assert_eq!(screen.heartbeat(&heartbeat), 204);
    let forger = api_support::Taken {
        key: other.key,
        acceptance: screen.acceptance.clone(),
        caller: screen.caller.clone(),
    };
    assert_eq!(forger.heartbeat(&json!({"version": "forged"})), 403);
    let listed = admin.get("/api/v1/screens").1;
    let listed = listed["screens"]
        .as_array()
        .unwrap()
        .iter()
        .find(|listed| listed["id"] == screen.acceptance.screen.as_str())
        .unwrap();
    assert_eq!(listed["heartbeat"]["version"], "0.1.0");
    assert_eq!(listed["heartbeat"]["problems"], heartbeat["problems"]);
    assert!(listed["heartbeat_at"].as_i64().is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_of_one_process_count_for_themselves() {
    let (one, other) = (start(|_| {}).await, start(|_| {}).await);
    let admin = one.admin();
    let ward = admin.unit("Phường A", None);
    admin.publish(&ward, b"title = 'x'");
    let text = |running: &api_support::Running| {
        let mut answer = running
            .stranger()
            .send(Method::GET, "/metrics", &[], Vec::new());
        answer.body_mut().read_to_string().unwrap()
    };
    let (of_one, of_other) = (text(&one), text(&other));
    assert!(
        of_one.contains("motcua_releases_published_total 1"),
        "{of_one}"
    );
    assert!(
        of_one.contains(r#"route="POST /api/v1/units",status="200""#),
        "{of_one}"
    );
    assert!(of_one.contains("motcua_screens_connected 0"), "{of_one}");
    assert!(
        !of_other.contains("motcua_releases_published_total"),
        "{of_other}"
    );
    assert_eq!(
        one.stranger().get("/healthz"),
        (
            200,
            json!({"is_well": true, "database": "well", "storage": "well"})
        )
    );
    let stopped = tokio::time::timeout(SOON, one.server.stop()).await;
    assert!(stopped.is_ok());
}
