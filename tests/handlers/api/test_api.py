"""The JSON doors: keys and roles, problems, the description, gates."""

import json
import re
from urllib.parse import urlencode

import pytest
from openapi_spec_validator import validate

import app
from chalicelib.errors import Invalid, NotKnown
from chalicelib.flows.access import keys
from chalicelib.handlers.http import DOORS
from chalicelib.models import Key
from chalicelib.models.base import connection
from tests import stores
from tests.desk import GATES, LINE, Answer, html_of, text_of

EVERY = [
    (door.method, door.path.replace("{", "").replace("}", ""), door.role)
    for door in DOORS
    if door.role
]


@pytest.mark.parametrize(("method", "path", "role"), EVERY)
def test_no_door_opens_without_a_key_of_its_role(desk, method, path, role):
    assert desk.call(method, path, role=None).status == 401
    for wrong in (
        "",
        "Bearer",
        "Bearer dwb_",
        "Bearer dwb_x_y",
        f"Bearer dwb_{'a' * 3000}_x",
        "Bearer é",
        "Basic eDp5",
        "Bearer " + desk.key("admin")[:-1] + "x",
    ):
        assert desk.call(method, path, role=None, authorization=wrong).status == 401
    lower = {"office": "operator", "admin": "office"}.get(role)
    if lower:
        assert desk.call(method, path, role=lower).status == 403


def test_a_key_of_a_house_that_is_no_longer_here(desk):
    gone = desk.get("/v1/lines/0300000000", role="operator", house="closed")
    assert gone.status == 401
    assert "運用されていません" in gone.detail


def asks_for_key(desk, owner: str = "tanaka") -> Answer:
    return desk.post("/v1/keys", {"owner": owner, "role": "operator"}, role="admin")


def asks_with(desk, key: str) -> Answer:
    """Ask with a key for a line that nobody has."""
    return desk.get("/v1/lines/0300000000", role=None, authorization=f"Bearer {key}")


def test_a_key_is_shown_once_and_revoked(desk):
    answer = asks_for_key(desk)
    assert answer.status == 201
    key, path = answer.json["key"], f"/v1/keys/{answer.json['id']}"
    assert asks_with(desk, key).status == 404
    assert desk.call("DELETE", path, role="admin", house="mk").status == 404
    assert desk.call("DELETE", path, role="admin").status == 200
    assert asks_with(desk, key).status == 401


@pytest.mark.parametrize(
    "name",
    [
        "【当選】 https://evil.example/win",
        "www.evil.example",
        "evil.example/win",
        "ｅｖｉｌ．ｅｘａｍｐｌｅ",
        "evil\u200b.example",
        "evil。example",
    ],
)
@pytest.mark.parametrize("house", ["mk", "smile"])
def test_no_stranger_is_sent_to_an_address_of_anothers_in_our_name(desk, house, name):
    desk.signs_up(house, company=name, contact_name=name, person1_name=name)
    desk.presses("お申し込みを受け付けました")
    letters = [
        mail
        for mail in desk.mails()
        if "確認をお願い" in mail["subject"] or "確認)" in mail["subject"]
    ]
    assert len(letters) >= 2
    for letter in letters:
        for words in (text_of(letter), html_of(letter)):
            assert name not in words
            assert "ご登録者" in words
    assert desk.look()["client"] == name


@pytest.mark.parametrize("name", ["J.フロント", "㈱髙橋.", "山田No.1商店", "A.B株式会社"])
def test_a_name_with_a_dot_is_shown_as_it_is(desk, name):
    desk.signs_up("mk", company=name)
    assert name in text_of(desk.mails()[-1])


@pytest.mark.parametrize("secret", ["", "x", "guessed" * 6])
def test_a_wrong_secret_is_no_use_of_the_key(desk, secret):
    identity = desk.key("office", "mk").split("_")[1]
    keys.forget()
    headers = {"authorization": f"Bearer dwb_{identity}_{secret}"}
    assert desk.call("GET", "/v1/contracts", role=None, **headers).status == 401
    assert Key.get(identity).last_used_on is None
    assert desk.get("/v1/contracts", house="mk").status == 200
    assert Key.get(identity).last_used_on == "2026-09-01"


@pytest.mark.parametrize("secret", ["\ud800", "\udfff" * 3, "あ", "\0"])
def test_a_key_of_letters_that_are_none_is_not_known(desk, secret):
    identity = desk.key("office", "mk").split("_")[1]
    with pytest.raises(NotKnown):
        keys.check(f"dwb_{identity}_{secret}", desk.moment)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/mk",
        "/mk/signup",
        "/healthz",
        "/static/style.css",
        "/v1/contracts",
        "/nope",
    ],
)
def test_head_is_get_without_a_body(desk, path):
    got, head = desk.call("GET", path, role=None), desk.call("HEAD", path, role=None)
    assert head.status == got.status
    assert head.text == ""
    assert head.headers.get("content-type") == got.headers.get("content-type")


@pytest.mark.parametrize("event", [[], "mk", None, 3])
@pytest.mark.parametrize(
    "job", ["issue_key", "recount", "redrive", "redate", "nightly", "close", "books"]
)
def test_an_event_that_is_no_object_gets_a_sentence(desk, job, event):
    assert "JSON object" in getattr(app, job)(event, None)["error"]


@pytest.mark.parametrize("house", [["mk"], {"mk": 1}, None, 3, True])
@pytest.mark.parametrize("job", ["issue_key", "recount"])
def test_a_house_that_is_no_word_gets_a_sentence(desk, job, house):
    assert "house" in getattr(app, job)({"house": house}, None)["error"]


@pytest.mark.parametrize(
    "typed", [{"owner": ["suzuki"]}, {"owner": "suzuki", "role": ["admin"]}, {"owner": None}]
)
def test_a_wish_for_a_key_of_another_shape_gets_a_sentence(desk, typed):
    assert "error" in app.issue_key({"house": "mk"} | typed, None)


def test_a_key_revoked_elsewhere_dies_within_a_minute(desk, monkeypatch):
    assert asks_with(desk, desk.key("operator")).status == 404
    key = Key.find(desk.key("operator").split("_")[1])
    key.update([Key.revoked_at.set(desk.moment)])
    real = keys.time.monotonic
    monkeypatch.setattr(keys.time, "monotonic", lambda: real() + 60)
    assert asks_with(desk, desk.key("operator")).status == 401


def test_two_live_keys_an_owner(desk):
    for status in (201, 201, 409):
        assert asks_for_key(desk).status == status


def test_an_owner_is_the_local_part_of_an_address(desk):
    assert asks_for_key(desk, "田中").status == 422


def test_only_a_digest_of_a_key_is_kept(desk):
    secret = desk.key("operator").split("_", 2)[2]
    assert all(secret not in json.dumps(key.to_simple_dict(), default=str) for key in Key.scan())


def test_the_first_key_comes_from_the_console(desk):
    key = app.issue_key({"house": "mk", "owner": "suzuki"}, None)
    assert desk.get("/v1/contracts", role=None, authorization=f"Bearer {key['key']}").status == 200
    assert "house" in app.issue_key({"house": "nobody", "owner": "x"}, None)["error"]
    assert "error" in app.issue_key({}, None)


BODIES = [
    (b"{", 400),
    (b"\xff\xfe", 400),
    (b'{"a": NaN}', 400),
    (b"[" * 100_000, 400),
    *[(b"[" * depth + b"]" * depth, 400) for depth in (22, 100, 960, 970, 980)],
    (b"[]", 422),
    (b'"x"', 422),
    (b"null", 422),
    (b"", 400),
    (b'{"line": "\\ud800"}', 422),
    (b'{"\\ud800": 1}', 422),
    (b'{"line": 1e400}', 422),
    (b'{"line": "' + b"0" * 300_000 + b'"}', 413),
]


@pytest.mark.parametrize(("body", "status"), BODIES, ids=range(len(BODIES)))
@pytest.mark.parametrize("path", ["/v1/memos", "/v1/keys"])
def test_unreadable_bodies_are_problems(desk, path, body, status):
    answer = desk.post(path, body, role="admin", **{"idempotency-key": "x"})
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert set(answer.json) >= {"type", "title", "status", "detail"}
    assert answer.json["status"] == status


def test_another_content_type_is_a_problem(desk):
    answer = desk.post(
        "/v1/memos",
        b"a=b",
        role="operator",
        **{"content-type": "text/plain", "idempotency-key": "x"},
    )
    assert (answer.status, answer.json["type"]) == (415, "/problems/wrong-content-type")


@pytest.mark.parametrize("key", ["", " ", "a b", "あ", "x" * 201])
def test_a_memo_needs_its_idempotency_key(desk, key):
    header = {"idempotency-key": key} if key else {}
    answer = desk.post("/v1/memos", {}, role="operator", **header)
    assert answer.status == 422
    assert answer.faults[0] == "Idempotency-Key"


@pytest.mark.parametrize(
    "part", ["x", "%00", "%ff", "%F0%9F%98%80", "a" * 3000, "..%2f..", "mk-%0d%0aX"]
)
def test_strange_paths_find_nothing(desk, part):
    for path in (
        f"/v1/contracts/{part}",
        f"/v1/memos/{part}",
        f"/v1/lines/{part}",
        f"/confirm/{part}",
        f"/static/{part}",
    ):
        assert desk.get(path).status == 404
    assert desk.get(f"/v1/contracts/{part}/usage/2026-09").status == 404


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=x", "status=odd", "cursor=x", "cursor=e30%3D", "odd=1", "q=" + "x" * 61],
)
def test_strange_questions_are_refused(desk, query):
    assert desk.get(f"/v1/contracts?{query}").status == 422


def test_contracts_are_listed_newest_first_in_pages(desk):
    contracts = []
    for place in range(5):
        desk.later(minutes=1)
        form = {"mail": f"m{place}@a.example", "company": f"会社{place}"}
        contracts.append(desk.signs_up("mk", **form))
    first = desk.get("/v1/contracts?limit=2").json
    second = desk.get(f"/v1/contracts?limit=2&cursor={first['cursor']}").json
    third = desk.get(f"/v1/contracts?limit=2&cursor={second['cursor']}").json
    rows = first["contracts"] + second["contracts"] + third["contracts"]
    assert [row["id"] for row in rows] == contracts[::-1]
    assert third["cursor"] is None
    (row,) = desk.get("/v1/contracts?q=会社3").json["contracts"]
    assert row["client"] == "会社3"
    assert len(desk.get("/v1/contracts?status=applied&waiting_for=identity").json["contracts"]) == 5
    assert desk.get(f"/v1/contracts?cursor={first['cursor']}", house="smile").status == 422


@pytest.mark.parametrize(
    "typed",
    [
        "03-6800-1000",
        "０３－６８００－１０００",
        "(03)6800-10",
        "高橋",
        "高橋美咲",
        "桜フーズ",
        "SAKURA.EXAMPLE",
        "the receipt number",
    ],
)
def test_a_contract_is_found_as_people_write_what_they_know(desk, typed):
    found = desk.signs_up(
        "mk",
        company="櫻フーズ",
        contact_name="髙橋 美咲",
        phone="03-6800-1000",
        mail="misaki@sakura.example",
    )
    desk.signs_up(
        "mk", company="別の会社", contact_name="森 葵", phone="03-6800-2000", mail="a@b.example"
    )
    q = found.upper() if typed == "the receipt number" else typed
    rows = desk.get(f"/v1/contracts?{urlencode({'q': q})}").json["contracts"]
    assert [row["id"] for row in rows] == [found]


@pytest.mark.parametrize("nothing", ["・", "()", "様様"])
def test_a_search_for_marks_alone_finds_nobody(desk, nothing):
    desk.signs_up("mk")
    assert desk.get(f"/v1/contracts?{urlencode({'q': nothing})}").json["contracts"] == []


def instants(value):
    """Every instant anywhere in an answer."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [instant for each in value for instant in instants(each)]
    is_one = isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT.*", value)
    return [value] if is_one else []


def test_every_instant_of_every_answer_has_one_offset(desk):
    desk.starts("mk")
    memo = desk.memo().json["id"]
    desk.corrects(memo)
    asked = [
        desk.look(),
        desk.get(f"/v1/contracts/{desk.contract}/history").json,
        desk.memo_screen(memo),
        desk.screen("0367001234"),
        desk.get("/v1/contracts").json,
        desk.get("/v1/held").json,
        asks_for_key(desk, "tanaka").json,
        app.issue_key({"house": "mk", "owner": "suzuki"}, None),
    ]
    said = [instant for answer in asked for instant in instants(answer)]
    assert len(said) > 20
    assert {instant[-6:] for instant in said} == {"+09:00"}


def test_gates_are_passed_once_and_on_a_ground(desk):
    desk.signs_up("smile")
    path = f"/v1/contracts/{desk.contract}/gates/"
    paid = {"yen": 5500, "paid_on": "2026-09-01", "ground": "通帳"}
    early = desk.post(path + "payment", paid)
    assert early.status == 409
    assert "メールアドレスがまだ確認されていません" in early.detail
    desk.presses("お申し込みを受け付けました")
    assert desk.post(path + "nonsense", {}).status == 404
    # Smile asks only on a match.
    assert desk.post(path + "eligibility", {"eligible": True, "ground": "x"}).status == 404
    assert desk.post(path + "mail", {"ground": "電話"}).status == 409
    assert desk.post(path + "address", {"ground": "電話"}).status == 409
    missing = desk.post(path + "payment", {})
    assert set(missing.faults) == {"yen", "paid_on", "ground"}
    assert desk.post(path + "payment", paid | {"paid_on": "2026-09-02"}).status == 422
    first = desk.post(path + "payment", paid).json
    assert desk.post(path + "payment", paid).json == first
    other = desk.post(path + "payment", paid | {"yen": 9000})
    assert other.status == 409
    assert "yen: 5500" in other.detail
    assert desk.call("DELETE", path + "payment").status == 200
    assert desk.call("DELETE", path + "payment").status == 404
    assert desk.call("DELETE", path + "mail").status == 404
    assert "payment" in desk.look()["waits_for"]
    assert desk.look()["paid_yen"] is None
    # Before the application.
    assert desk.post(path + "payment", paid | {"paid_on": "2026-08-31"}).status == 422
    first = desk.post(path + "payment", paid).json
    gate = next(each for each in first["gates"] if each["gate"] == "payment")
    assert (gate["passed"], gate["by"], gate["ground"]) == (True, "office1", "通帳")


@pytest.mark.parametrize(
    ("method", "checked_on", "status"),
    [
        ("image", "2026-09-01", 200),
        ("ic_chip", "2026-09-01", 200),
        ("nonsense", "2026-09-01", 422),
        ("image", "2026-09-02", 422),
    ],
)
def test_identity_is_checked_by_a_method_of_the_day(desk, method, checked_on, status):
    desk.signs_up("smile")
    desk.presses("お申し込みを受け付けました")
    facts = GATES["identity"] | {"method": method, "checked_on": checked_on, "ground": "確認"}
    assert desk.office("gates/identity", facts).status == status


def test_image_only_identity_ends_with_march_2027(desk):
    desk.at("2027-04-01").signs_up("smile")
    desk.presses("お申し込みを受け付けました")
    body = {
        "method": "image",
        "document": "運転免許証",
        "checked_on": "2027-04-01",
        "ground": "確認",
    }
    refused = desk.office("gates/identity", body)
    assert refused.status == 422
    assert "image(" not in refused.json["errors"][0]["message"]


def test_a_number_is_on_one_contract_at_a_time(desk):
    first = desk.on("2026-09-01").starts("mk")
    desk.signs_up("mk", mail="other@a.example", phone="03-6800-9999")
    desk.presses("お申し込みを受け付けました", to="other@a.example")
    desk.presses("テストメール")
    desk.passes("eligibility", "identity")
    path = f"/v1/contracts/{desk.contract}/gates/number"
    body = {"number": LINE, "use": "forwarding", "ground": "割り当て"}
    assert "ほかのご契約" in desk.post(path, body).detail
    assert desk.post(path, body | {"number": "06-6700-1234"}).status == 422  # mk lends 03 and 050
    desk.post(f"/v1/contracts/{first}/stop")
    assert "2026年11月30日(月)まで" in desk.post(path, body).detail  # ninety days of quarantine
    desk.at("2026-12-01")
    assert desk.post(path, body).status == 200
    assert desk.screen()["contract"] == desk.contract


def test_stops_lie_within_the_trial(desk):
    desk.on("2026-09-01").starts("smile")
    assert desk.office("stop", b"").status == 400  # nothing ends by an empty request
    for day in ("2026-08-31", "2026-09-16", "soon"):
        assert desk.office("stop", {"on": day}).status == 422


def test_the_description_is_true_openapi(desk):
    description = desk.get("/openapi.json", role=None).json
    validate(description)
    assert description["openapi"] == "3.1.0"
    paths = description["paths"]
    assert ways_in(paths) == {way for way in ways_in(app.app.routes) if way[1] != "head"}
    body = paths["/v1/memos"]["post"]["requestBody"]["content"]["application/json"]
    assert "received_at" in body["schema"]["required"]
    parameters = paths["/v1/contracts/{contract}/routing"]["get"]["parameters"]
    assert [parameter["name"] for parameter in parameters] == ["contract", "for"]


def ways_in(paths: dict) -> set[tuple[str, str]]:
    """(path, method) of every JSON door."""
    return {
        (path, method.lower())
        for path, methods in paths.items()
        for method in methods
        if path.startswith("/v1")
    }


def test_every_question_that_is_described_is_understood(desk):
    paths = desk.get("/openapi.json", role=None).json["paths"]
    doors = [door for door in DOORS if door.query]
    assert doors
    for door in doors:
        parameters = paths[door.path][door.method.lower()]["parameters"]
        names = {each["name"] for each in parameters if each["in"] == "query"}
        try:
            door.query.read(dict.fromkeys(names, "x"))
        except Invalid as wrong:
            assert not [fault for fault in wrong.errors if "綴り" in fault.message], door.path


def test_one_name_for_each_place_in_a_path():
    names: dict[str, str] = {}
    for path in app.app.routes:
        parts = path.split("/")
        for place, part in enumerate(parts):
            if part.startswith("{"):
                assert names.setdefault("/".join(parts[:place]), part) == part, path


def test_health(desk):
    assert desk.get("/healthz", role=None).json == {
        "status": "ok",
        "version": "0.1.0",
        "stage": "test",
    }
    assert desk.get("/healthz?deep=1", role=None).status == 401
    deep = desk.get("/healthz?deep=1").json
    assert deep["status"] == "ok"
    assert deep["dynamodb"] == "ok"
    assert deep["settle_queue"] == 0
    assert "24 hours" in deep["ses"]


def test_pages_carry_their_headers(desk):
    for path in ("/", "/mk", "/mk/signup", "/docs", "/confirm/x", "/nobody"):
        headers = desk.open(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        for name in (
            "X-Content-Type-Options",
            "Strict-Transport-Security",
            "X-Frame-Options",
            "Permissions-Policy",
        ):
            assert headers[name]
        assert headers["Referrer-Policy"] == "same-origin"
    assert desk.open("/nobody").status == 404


def test_a_store_that_is_down_is_a_503(desk):
    key = desk.key("office")
    stores.use(f"http://127.0.0.1:{stores.free_port()}")
    try:
        answer = desk.get("/v1/contracts", role=None, authorization=f"Bearer {key}")
    finally:
        stores.use(None)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
    assert connection.client


def test_a_test_mail_is_sent_again_right_after_its_address_was_added(desk):
    desk.starts("mk")
    desk.does("people/p1/addresses", {"mail": "mobile@sakura.example"})
    desk.does("people/p1/addresses/p1a2/test-mail")
    assert [mail["to"] for mail in desk.mails()].count("mobile@sakura.example") == 2
